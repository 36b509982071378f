import NNBlas

/// The operands of an operation in memory, made once.
protocol OperandSet: AnyObject {
  /// So many calls: the loop is here, where the compiler knows the types.
  func call(times: Int) throws
  /// The most by which an element of the first call's result is off, relative to the sum of the absolute values of its summands.
  func residual() throws -> Double
}

/// C ← op(A) op(B).
final class GemmOperands<S: Scalar>: OperandSet {
  private let a: Matrix<S>
  private let b: Matrix<S>
  @exclusivity(unchecked) private var c: Matrix<S>

  init(m: Int, k: Int, n: Int, _ transposes: Operation.Transposes) throws {
    let a: Matrix<S> = try tiled(transposes.a ? k : m, transposes.a ? m : k)
    let b: Matrix<S> = try tiled(transposes.b ? n : k, transposes.b ? k : n)
    self.a = transposes.a ? a.transposed : a
    self.b = transposes.b ? b.transposed : b
    c = try Matrix(rows: m, columns: n)
  }

  func call(times: Int) throws {
    for _ in 0..<times {
      try BLAS.gemm(a, b, into: &c)
      Machine.barrier()
    }
  }

  /// By a random vector: C x against A (B x), which takes m n + k n operations and not m n k (as in BLIS's test suite).
  func residual() throws -> Double {
    let x = doubles(try tiled(1, c.columns, of: S.self))
    let (y, z) = (product(c, x), product(b, x))
    let expected = product(a, z.value)
    // The bound of A (B x) is |A| (|B| |x|).
    let bound = product(a, z.bound).bound
    return zip(zip(y.value, expected.value), bound).map { relative($0.0, $0.1, of: $1) }.max() ?? 0
  }
}

/// y ← op(A) x.
final class GemvOperands<S: Scalar>: OperandSet {
  private let a: Matrix<S>
  private let x: Vector<S>
  @exclusivity(unchecked) private var y: Vector<S>

  init(rows: Int, columns: Int, isTransposed: Bool) throws {
    let a: Matrix<S> = try tiled(rows, columns)
    self.a = isTransposed ? a.transposed : a
    x = try tiled(1, self.a.columns).row(0)
    y = try Vector(count: self.a.rows)
  }

  func call(times: Int) throws {
    for _ in 0..<times {
      try BLAS.gemv(a, x, into: &y)
      Machine.barrier()
    }
  }

  func residual() throws -> Double {
    let expected = product(a, doubles(x))
    return zip(zip(doubles(y), expected.value), expected.bound).map { relative($0.0, $0.1, of: $1) }.max() ?? 0
  }
}

/// A ← x yᵀ + A, from A = 0.
final class GerOperands<S: Scalar>: OperandSet {
  private let x: Vector<S>
  private let y: Vector<S>
  @exclusivity(unchecked) private var a: Matrix<S>

  init(rows: Int, columns: Int) throws {
    (x, y) = (try tiled(1, rows).row(0), try tiled(1, columns).row(0))
    a = try Matrix(rows: rows, columns: columns)
  }

  func call(times: Int) throws {
    for _ in 0..<times {
      try BLAS.ger(x, y, into: &a)
      Machine.barrier()
    }
  }

  func residual() throws -> Double {
    let (x, y, a) = (doubles(x), doubles(y), doubles(a))
    var worst = 0.0
    for i in x.indices {
      for j in y.indices {
        let exact = x[i] * y[j]
        worst = max(worst, relative(a[i * y.count + j], exact, of: abs(exact)))
      }
    }
    return worst
  }
}

// MARK: - Numbers

/// Numbers from −½ to ½, so that sums stay small; the same few thousand again and again, since drawing takes time.
private func tiled<S: Scalar>(_ rows: Int, _ columns: Int, of: S.Type = S.self) throws -> Matrix<S> {
  var matrix = try Matrix<S>(rows: rows, columns: columns)
  var generator = Philox(seed: 1)
  // A prime number, so that rows differ.
  let count = rows * columns
  let tile = (0..<min(4099, count)).map { _ in S(generator.nextUnit() - 0.5) }
  matrix.withMutableElements { elements in
    for start in stride(from: 0, to: count, by: tile.count) {
      (elements + start).update(from: tile, count: min(tile.count, count - start))
    }
  }
  return matrix
}

/// The elements in double precision, row after row.
private func doubles<S: Scalar>(_ elements: some Elements<S>) -> [Double] {
  let count = elements.elementCount
  return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
    initialized = count
    guard let target = buffer.baseAddress else { return }
    elements.withElements { source in
      let source = UnsafeRawPointer(source)
      switch S.precision {
      case .f32: Double._convert(source.assumingMemoryBound(to: Float.self), into: target, count)
      case .f64: Double._convert(source.assumingMemoryBound(to: Double.self), into: target, count)
      }
    }
  }
}

/// M x in double precision, by plain loops, and |M| |x|.
private func product<S: Scalar>(_ matrix: Matrix<S>, _ x: [Double]) -> (value: [Double], bound: [Double]) {
  let (elements, columns) = (doubles(matrix), matrix.columns)
  var (value, bound) = ([Double](repeating: 0, count: matrix.rows), [Double](repeating: 0, count: matrix.rows))
  elements.withUnsafeBufferPointer { elements in
    for i in value.indices {
      var (sum, size) = (0.0, 0.0)
      for j in 0..<columns {
        let term = elements[i * columns + j] * x[j]
        sum += term
        size += abs(term)
      }
      (value[i], bound[i]) = (sum, size)
    }
  }
  return (value, bound)
}

/// How far a value is off, relative to a bound; infinite for what is no number, which comparisons would overlook.
private func relative(_ value: Double, _ expected: Double, of bound: Double) -> Double {
  let difference = abs(value - expected)
  if difference == 0 { return 0 }
  return (difference / bound).isNaN ? .infinity : difference / bound
}
