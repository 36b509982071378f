/// A matrix of rows × columns: a value, or a view of part of another that keeps the storage alive.
///
/// Elements are row-major: element (i, j) lies at i · leadingDimension + j. `transposed` and the row ranges are views: they copy
/// nothing, and every operation takes them as it takes any matrix. Assigning copies nothing either; whoever mutates first,
/// copies first, so that no two matrices ever change together.
public struct Matrix<S: Scalar>: Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  @usableFromInline package var storage: Storage<S>
  @usableFromInline var offset: Int
  /// The distance from one row to the next in memory; in a transposed view, from one column to the next. It fits BLAS's
  /// 32-bit integers: rows that are longer never come in twos.
  @usableFromInline package var leadingDimension: Int
  /// Whether memory holds the columns one after another, as a transposed view's does.
  @usableFromInline var isTransposed: Bool

  init(storage: Storage<S>, offset: Int, rows: Int, columns: Int, leadingDimension: Int, isTransposed: Bool = false) {
    self.storage = storage
    self.offset = offset
    self.rows = rows
    self.columns = columns
    self.leadingDimension = leadingDimension
    self.isTransposed = isTransposed
  }

  /// A matrix whose elements the caller sets before anybody reads them; the shape has been checked.
  init(uninitializedRows rows: Int, columns: Int) {
    self.init(
      storage: Storage(uninitialized: rows * columns), offset: 0, rows: rows, columns: columns,
      leadingDimension: max(columns, 1))
  }

  /// A matrix of rows × columns whose elements all equal `value`.
  ///
  /// - Throws: `ShapeError.extent` when an extent is negative or beyond `Int32.max`, `ShapeError.memory` when the matrix
  ///   does not fit the machine.
  public init(rows: Int, columns: Int, repeating value: S = 0) throws(ShapeError) {
    try ShapeRules.checkAllocation(
      .matrix(rows: rows, columns: columns), bytesPerElement: MemoryLayout<S>.stride, named: "the result", in: "Matrix")
    self.init(uninitializedRows: rows, columns: columns)
    S._fill(storage.pointer, value, rows * columns)
  }

  /// A matrix from its elements, row after row.
  ///
  /// - Throws: `ShapeError.elementCount` when there are not rows · columns elements, `ShapeError.extent` as above.
  public init(rows: Int, columns: Int, elements: [S]) throws(ShapeError) {
    let shape = Shape.matrix(rows: rows, columns: columns)
    try ShapeRules.check(shape, named: "the result", in: "Matrix")
    guard elements.count == rows * columns else {
      throw .elementCount(operation: "Matrix", found: elements.count, expected: shape)
    }
    self = Vector(elements).matrix(at: 0, rows: rows, columns: columns)
  }

  /// A matrix from its rows, `[[1, 2], [3, 4]]`.
  ///
  /// - Throws: `ShapeError.raggedRow` when the rows differ in length, `ShapeError.extent` as above.
  public init(_ rows: [[S]]) throws(ShapeError) {
    try self.init(rows, named: "Matrix")
  }

  /// A matrix from its rows, whose error names where they come from.
  package init(_ rows: [[S]], named name: String) throws(ShapeError) {
    let columns = rows.first?.count ?? 0
    for (index, row) in rows.enumerated() where row.count != columns {
      throw .raggedRow(operation: name, row: index, found: row.count, expected: columns)
    }
    try ShapeRules.check(.matrix(rows: rows.count, columns: columns), named: "the result", in: name)
    self = Vector(rows.flatMap { $0 }).matrix(at: 0, rows: rows.count, columns: columns)
  }

  /// The matrix's shape.
  public var shape: Shape { .matrix(rows: rows, columns: columns) }

  /// The elements as an array, row after row.
  public var elements: [S] { flattened.elements }

  /// The element in a row and a column, both from 0; like an array's, it traps outside the matrix.
  @inlinable
  public subscript(row: Int, column: Int) -> S {
    get { withExtendedLifetime(storage) { storage.pointer[position(row, column)] } }
    set {
      makeUnique()
      withExtendedLifetime(storage) { storage.pointer[position(row, column)] = newValue }
    }
  }

  @inlinable
  func position(_ row: Int, _ column: Int) -> Int {
    guard row >= 0, row < rows, column >= 0, column < columns else { outside(row, column) }
    return offset + (isTransposed ? column * leadingDimension + row : row * leadingDimension + column)
  }

  @usableFromInline
  func outside(_ row: Int, _ column: Int) -> Never { fatalError("Matrix: (\(row), \(column)) is outside \(shape)") }
}

// MARK: - Conformances

extension Matrix: Equatable {
  /// Whether both have the same shape and elements; as for numbers, NaN equals nothing.
  public static func == (left: Matrix, right: Matrix) -> Bool {
    left.shape == right.shape && left.flattened == right.flattened
  }
}

extension Matrix: CustomStringConvertible {
  /// Shape and rows, the middle of a large matrix left out: `2×2 [[1.0, 2.0], [3.0, 4.0]]`.
  public var description: String {
    let rows = abbreviated(self.rows) { row in abbreviated(columns) { "\(self[row, $0])" } }
    return "\(shape) \(rows)"
  }
}
