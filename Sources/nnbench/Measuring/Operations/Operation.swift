import NNBlas

/// An operation of BLAS with its extents.
package enum Operation: Hashable, Sendable {
  /// C (m×n) ← op(A) (m×k) · op(B) (k×n).
  case gemm(m: Int, k: Int, n: Int, Transposes)
  /// y ← op(A) x, for A of rows × columns as it lies in memory.
  case gemv(rows: Int, columns: Int, isTransposed: Bool)
  /// A (rows × columns) ← x yᵀ + A.
  case ger(rows: Int, columns: Int)

  /// Which operands of a product are transposed views: `nt` is A · Bᵀ.
  package enum Transposes: String, CaseIterable, Sendable {
    case nn, nt, tn, tt

    package init(a: Bool, b: Bool) { self = a ? (b ? .tt : .tn) : (b ? .nt : .nn) }
    var a: Bool { self == .tn || self == .tt }
    var b: Bool { self == .nt || self == .tt }
  }

  /// What sort of operation it is.
  package enum Kind: String, Sendable { case gemm, gemv, ger }

  package var kind: Kind {
    switch self {
    case .gemm: .gemm
    case .gemv: .gemv
    case .ger: .ger
    }
  }

  /// The letters of the operands that are transposed, as they are written in flags; empty where there is no choice.
  package var transposes: String {
    switch self {
    case .gemm(_, _, _, let transposes): transposes.rawValue
    case .gemv(_, _, let isTransposed): isTransposed ? "t" : "n"
    case .ger: ""
    }
  }

  /// m, k and n of a product, else rows and columns.
  package var extents: [Int] {
    switch self {
    case .gemm(let m, let k, let n, _): [m, k, n]
    case .gemv(let rows, let columns, _), .ger(let rows, let columns): [rows, columns]
    }
  }

  /// Floating-point operations of one call, a multiplication and an addition each for every pair of factors.
  package var operations: Double { 2 * extents.reduce(1) { $0 * Double($1) } }

  /// The elements that one call has to read and to write at least: operands once, a destination it adds to twice.
  package var traffic: Double {
    switch self {
    case .gemm(let m, let k, let n, _): Double(m) * Double(k) + Double(k) * Double(n) + Double(m) * Double(n)
    case .gemv(let rows, let columns, _): Double(rows) * Double(columns) + Double(rows) + Double(columns)
    case .ger(let rows, let columns): 2 * Double(rows) * Double(columns) + Double(rows) + Double(columns)
    }
  }

  /// The elements of all operands.
  package var elements: Double {
    if case .ger(let rows, let columns) = self { return traffic - Double(rows) * Double(columns) }
    return traffic
  }

  /// Whether memory and not arithmetic bounds it: each element of a matrix has one use.
  package var isBoundByBandwidth: Bool { kind != .gemm }

  /// `dgemm nt 10x784x30`.
  package func name(_ precision: Precision) -> String {
    let words = [blasName(kind, precision), transposes, extents.map(String.init).joined(separator: "x")]
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }
}

/// `dgemm`, `sger`: what BLAS calls an operation in a precision.
func blasName(_ kind: Operation.Kind, _ precision: Precision) -> String {
  (precision == .f64 ? "d" : "s") + kind.rawValue
}
