/// The rules by which shapes fit together, and fit memory: they decide on shapes alone, before anything is allocated.
///
/// Each rule of a BLAS operation returns the m, n, k that the C call takes, so that they are derived in one place and
/// passed by nobody.
package enum ShapeRules {
  /// C (m×n) ← A (m×k) · B (k×n).
  package static func gemm(a: Shape, b: Shape, c: Shape) throws(ShapeError) -> (m: Int, n: Int, k: Int) {
    let (m, k) = try extents(of: a, named: "a", in: "gemm")
    let (rowsOfB, n) = try extents(of: b, named: "b", in: "gemm")
    _ = try extents(of: c, named: "c", in: "gemm")
    guard rowsOfB == k else {
      // Where either transpose would fit, c says which product is meant.
      let aFits = m == rowsOfB
      let bFits = n == k && !(aFits && c == .matrix(rows: k, columns: n))
      let remedy: String? = if bFits { "use b.transposed" } else if aFits { "use a.transposed" } else { nil }
      throw .operand(
        operation: "gemm", name: "b", found: b, expected: .rows(k, because: "to match the columns of a, \(a)"),
        remedy: remedy)
    }
    let product = Shape.matrix(rows: m, columns: n)
    guard c == product else {
      throw .operand(
        operation: "gemm", name: "c", found: c, expected: .shape(product, because: "for \(a) · \(b)"),
        remedy: c == product.transposed ? "use b.transposed · a.transposed for the transposed product" : nil)
    }
    return (m, n, k)
  }

  /// y (m) ← A (m×n) · x (n).
  package static func gemv(a: Shape, x: Shape, y: Shape) throws(ShapeError) -> (m: Int, n: Int) {
    let (m, n) = try extents(of: a, named: "a", in: "gemv")
    let exchanged = x == .vector(m) && y == .vector(n)
    for (name, found, count, side) in [("x", x, n, "columns"), ("y", y, m, "rows")] {
      try check(found, named: name, in: "gemv")
      guard found == .vector(count) else {
        throw .operand(
          operation: "gemv", name: name, found: found,
          expected: .shape(.vector(count), because: "to match the \(side) of a, \(a)"),
          remedy: exchanged ? "use a.transposed" : nil)
      }
    }
    return (m, n)
  }

  /// A (m×n) ← x (m) · yᵀ (1×n) + A.
  package static func ger(x: Shape, y: Shape, a: Shape) throws(ShapeError) -> (m: Int, n: Int) {
    let (m, n) = try extents(of: a, named: "a", in: "ger")
    let exchanged = x == .vector(n) && y == .vector(m)
    for (name, found, count, side) in [("x", x, m, "rows"), ("y", y, n, "columns")] {
      try check(found, named: name, in: "ger")
      guard found == .vector(count) else {
        throw .operand(
          operation: "ger", name: name, found: found,
          expected: .shape(.vector(count), because: "to match the \(side) of a, \(a)"),
          remedy: exchanged ? "exchange x and y, or use a transposed destination" : nil)
      }
    }
    return (m, n)
  }

  /// Two vectors of one length.
  package static func pair(_ operation: String, x: Shape, y: Shape) throws(ShapeError) -> Int {
    try check(x, named: "x", in: operation)
    try check(y, named: "y", in: operation)
    guard case .vector(let count) = x, x == y else {
      throw .operand(operation: operation, name: "y", found: y, expected: .shape(x, because: "to match x"))
    }
    return count
  }

  /// One vector.
  package static func single(_ operation: String, x: Shape) throws(ShapeError) -> Int {
    try check(x, named: "x", in: operation)
    return x.extents.reduce(1, *)
  }

  /// Every extent fits BLAS's 32-bit integers.
  package static func check(_ shape: Shape, named name: String, in operation: String) throws(ShapeError) {
    let fits =
      switch shape {
      case .vector(let count): blasRange.contains(count)
      case .matrix(let rows, let columns): blasRange.contains(rows) && blasRange.contains(columns)
      }
    guard fits else { throw .extent(operation: operation, name: name, found: shape) }
  }

  /// The shape fits BLAS and its elements fit the memory that there is.
  package static func checkAllocation(
    _ shape: Shape, bytesPerElement: Int, named name: String, in operation: String
  ) throws(ShapeError) {
    try check(shape, named: name, in: operation)
    try checkMemory(
      shape.extents.reduce(Double(bytesPerElement)) { $0 * Double($1) }, for: shape, named: name, in: operation)
  }

  /// An operand, and what is done with it, fits the memory of the machine and of the process's control groups, `besides` other bytes
  /// that are there or are to be, and the system would give as much to this process.
  package static func checkMemory(
    _ bytes: Double, besides others: Double = 0, for shape: Shape, named name: String, in operation: String,
    remedy: String? = nil
  ) throws(ShapeError) {
    guard let limit = MemoryLimit.refusing(bytes, besides: others) else { return }
    throw .memory(
      operation: operation, name: name, found: shape, neededBytes: limit == .process ? bytes : bytes + others,
      limit: limit, remedy: remedy)
  }

  private static let blasRange = 0...Int(Int32.max)

  private static func extents(
    of shape: Shape, named name: String, in operation: String
  ) throws(ShapeError) -> (rows: Int, columns: Int) {
    try check(shape, named: name, in: operation)
    guard case .matrix(let rows, let columns) = shape else {
      throw .operand(operation: operation, name: name, found: shape, expected: .property("a matrix"))
    }
    return (rows, columns)
  }
}
