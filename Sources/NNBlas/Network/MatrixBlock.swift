/// A block of a row-major matrix that somebody else owns, to be read: valid as long as the call that it was given to.
public struct MatrixBlock<S: Scalar> {
  @usableFromInline let pointer: UnsafePointer<S>
  /// The number of rows, each an example's.
  public let rows: Int
  /// The numbers of a row.
  public let columns: Int
  @usableFromInline let stride: Int

  init(_ pointer: UnsafePointer<S>, rows: Int, columns: Int, stride: Int) {
    (self.pointer, self.rows, self.columns, self.stride) = (pointer, rows, columns, stride)
  }

  /// A row's numbers.
  @inlinable
  public subscript(row: Int) -> UnsafeBufferPointer<S> {
    UnsafeBufferPointer(start: pointer + row * stride, count: columns)
  }

  var shape: _BlockShape { _BlockShape(rows: rows, columns: columns, stride: stride) }
}

/// A block of a row-major matrix that somebody else owns, to be written: valid as long as the call that it was given to.
public struct MutableMatrixBlock<S: Scalar> {
  @usableFromInline let pointer: UnsafeMutablePointer<S>
  /// The number of rows, each an example's.
  public let rows: Int
  /// The numbers of a row.
  public let columns: Int
  @usableFromInline let stride: Int

  init(_ pointer: UnsafeMutablePointer<S>, rows: Int, columns: Int, stride: Int) {
    (self.pointer, self.rows, self.columns, self.stride) = (pointer, rows, columns, stride)
  }

  /// A row's numbers.
  @inlinable
  public subscript(row: Int) -> UnsafeMutableBufferPointer<S> {
    UnsafeMutableBufferPointer(start: pointer + row * stride, count: columns)
  }

  /// The same block, to be read.
  public var readOnly: MatrixBlock<S> { MatrixBlock(pointer, rows: rows, columns: columns, stride: stride) }

  var shape: _BlockShape { _BlockShape(rows: rows, columns: columns, stride: stride) }

  /// Takes over a block's numbers, row by row.
  func copy(_ source: MatrixBlock<S>) {
    for row in 0..<rows { (pointer + row * stride).update(from: source.pointer + row * source.stride, count: columns) }
  }

  /// Multiplies its numbers by another block's.
  func multiply(by factors: MatrixBlock<S>) {
    if stride == factors.stride { return S._multiply(pointer, by: factors.pointer, shape) }
    for row in 0..<rows {
      S._multiply(pointer + row * stride, by: factors.pointer + row * factors.stride, _BlockShape(count: columns))
    }
  }
}
