private import CLAPACKE

// The door to LAPACKE: the only file that imports CLAPACKE.

/// The factorizations of the Linear Algebra Package, through LAPACKE.
///
/// LAPACKE finds LAPACK as the system's alternatives have it; `nnbench info` tells whose it is. Where that is OpenBLAS's, as it is
/// beside NNBlas's own, it runs on one thread, so that results do not depend on how many there are; of another library's threads
/// NNBlas knows nothing.
///
/// Names and definitions: Anderson et al., "LAPACK Users' Guide", third edition, 1999.
public enum LAPACK {
  /// A (m×n, m ≥ n) = Q · R with orthonormal columns in Q (m×n) and an upper triangle R (n×n), by Householder's reflections (`geqrf`,
  /// `orgqr`).
  ///
  /// R's diagonal may have either sign.
  ///
  /// - Parameter a: The matrix, or a view.
  /// - Returns: Q and R.
  /// - Throws: `ShapeError.operand` where there are more columns than rows, or no column; `LAPACKError.notFinite` for an infinity or NaN;
  ///   `LAPACKError.failed` where LAPACK says so.
  public static func qr<S: Scalar>(_ a: Matrix<S>) throws -> (q: Matrix<S>, r: Matrix<S>) {
    let (m, n) = (a.rows, a.columns)
    guard m >= n, n > 0 else {
      throw ShapeError.operand(
        operation: "qr", name: "a", found: a.shape,
        expected: .property("at least one column, and as many rows as columns"),
        remedy: n > m && m > 0 ? "use a.transposed" : nil)
    }
    let elements = a.flattened
    if let index = elements.withElements({ S._firstNonFinite($0, elements.count) }) {
      throw LAPACKError.notFinite(
        operation: "qr", name: "a", value: shown(elements[index]), row: index / n, column: index % n)
    }
    var (q, r) = (Matrix<S>(uninitializedRows: m, columns: n), try Matrix<S>(rows: n, columns: n))
    q.copy(a)
    let factors = Storage<S>(uninitialized: n)
    BLASThreads.beginSingle()
    defer { BLASThreads.endSingle() }
    try check("geqrf", q.withMutableElements { S._geqrf(Int32(m), Int32(n), $0, factors.pointer) })
    q.withElements { q in
      r.withMutableElements { r in
        for row in 0..<n { (r + row * n + row).update(from: q + row * n + row, count: n - row) }
      }
    }
    try check("orgqr", q.withMutableElements { S._orgqr(Int32(m), Int32(n), $0, factors.pointer) })
    return (q, r)
  }

  private static func check(_ routine: String, _ info: Int32) throws(LAPACKError) {
    if info != 0 { throw .failed(routine: routine, info: Int(info)) }
  }
}

/// A factorization that cannot be made.
public enum LAPACKError: Error, Equatable, Sendable {
  /// An element is infinite or not a number.
  case notFinite(operation: String, name: String, value: String, row: Int, column: Int)
  /// LAPACK returns another `info` than 0: −1010 and −1011 where it finds no memory.
  case failed(routine: String, info: Int)
}

extension LAPACKError: CustomStringConvertible {
  /// The whole message: what, where, expected.
  public var description: String {
    switch self {
    case .notFinite(let operation, let name, let value, let row, let column):
      "\(operation): \(name) has \(value) in row \(row), column \(column), expected finite numbers"
    case .failed(let routine, let info):
      "LAPACK: \(routine) returned info \(info), expected 0"
        + ([-1010, -1011].contains(info) ? "; there is no memory for it" : "")
    }
  }
}

/// The calls of LAPACKE, row-major, as static requirements of `Scalar`.
public protocol _LAPACKScalar {
  /// A (m×n, without gaps) ← R in its upper triangle, reflections below, with their factors.
  static func _geqrf(
    _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<Self>, _ factors: UnsafeMutablePointer<Self>
  ) -> Int32
  /// What `_geqrf` leaves ← the first n columns of Q.
  static func _orgqr(
    _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<Self>, _ factors: UnsafePointer<Self>
  ) -> Int32
}

// The protocol documents these.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Float: _LAPACKScalar {
  public static func _geqrf(
    _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<Float>, _ factors: UnsafeMutablePointer<Float>
  ) -> Int32 { LAPACKE_sgeqrf(LAPACK_ROW_MAJOR, m, n, a, n, factors) }
  public static func _orgqr(
    _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<Float>, _ factors: UnsafePointer<Float>
  ) -> Int32 { LAPACKE_sorgqr(LAPACK_ROW_MAJOR, m, n, n, a, n, factors) }
}

// The protocol documents these.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Double: _LAPACKScalar {
  public static func _geqrf(
    _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<Double>, _ factors: UnsafeMutablePointer<Double>
  ) -> Int32 { LAPACKE_dgeqrf(LAPACK_ROW_MAJOR, m, n, a, n, factors) }
  public static func _orgqr(
    _ m: Int32, _ n: Int32, _ a: UnsafeMutablePointer<Double>, _ factors: UnsafePointer<Double>
  ) -> Int32 { LAPACKE_dorgqr(LAPACK_ROW_MAJOR, m, n, n, a, n, factors) }
}
