/// A matrix of bytes, row-major and immutable: pixels as a file stores them, an eighth of the size of doubles.
///
/// A byte k stands for the number k / 255.
public struct ByteMatrix: Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  private let storage: ByteStorage
  private let offset: Int

  /// The rows start `offset` bytes into the storage.
  init(storage: ByteStorage, offset: Int = 0, rows: Int, columns: Int) {
    self.storage = storage
    self.offset = offset
    self.rows = rows
    self.columns = columns
  }

  /// A matrix from its bytes, row after row.
  ///
  /// - Throws: `ShapeError.elementCount` when there are not rows · columns bytes, `ShapeError.extent` when an extent is
  ///   negative or beyond `Int32.max`, `ShapeError.memory` when there is no room for them.
  public init(rows: Int, columns: Int, bytes: [UInt8]) throws(ShapeError) {
    let shape = Shape.matrix(rows: rows, columns: columns)
    try ShapeRules.check(shape, named: "the result", in: "ByteMatrix")
    guard bytes.count == rows * columns else {
      throw .elementCount(operation: "ByteMatrix", found: bytes.count, expected: shape)
    }
    let storage = ByteStorage()
    let appended = storage.append(upTo: bytes.count) { buffer in buffer.update(fromContentsOf: bytes) }
    guard appended != nil else {
      throw .memory(
        operation: "ByteMatrix", name: "the result", found: shape, neededBytes: Double(bytes.count),
        limit: .process)
    }
    self.init(storage: storage, rows: rows, columns: columns)
  }

  /// A range of rows as a view on the same bytes; it traps when the range leaves the matrix.
  public subscript(rows range: Range<Int>) -> ByteMatrix {
    guard range.lowerBound >= 0, range.upperBound <= rows else {
      fatalError("ByteMatrix: rows \(range) are outside 0..<\(rows)")
    }
    return ByteMatrix(
      storage: storage, offset: offset + range.lowerBound * columns, rows: range.count, columns: columns)
  }

  /// All bytes, row after row.
  public var bytes: [UInt8] { withBytes { Array(UnsafeBufferPointer(start: $0, count: rows * columns)) } }

  /// Reads the bytes in place.
  func withBytes<R>(_ body: (UnsafePointer<UInt8>) throws -> R) rethrows -> R {
    try withExtendedLifetime(storage) { try body(UnsafePointer(storage.pointer + offset)) }
  }
}
