extension NativeMatrix {
  /// Writes a range of rows one after another, converted to a scalar: bytes k as k / 255.
  func write<S: Scalar>(_ range: Range<Int>, to target: UnsafeMutablePointer<S>) {
    let count = range.count * columns
    switch self {
    case .bytes(let matrix):
      matrix.withBytes { bytes in
        var place = target
        for row in range {
          // One row at the address where it starts: an index of 32 bits is then enough for any matrix.
          var first: Int32 = 0
          S._gatherBytes(place, bytes + row * columns, width: columns, &first, 1)
          place += columns
        }
      }
    case .floats(let matrix):
      matrix.withElements { S._convert($0 + range.lowerBound * columns, into: target, count) }
    case .doubles(let matrix):
      matrix.withElements { S._convert($0 + range.lowerBound * columns, into: target, count) }
    }
  }

  /// The numbers in a precision.
  ///
  /// - Throws: `DataError.memory` when they do not fit.
  func converted<S: Scalar>(to scalar: S.Type, in operation: String) throws(DataError) -> Matrix<S> {
    switch self {
    case .floats(let matrix as Matrix<S>): matrix
    case .doubles(let matrix as Matrix<S>): matrix
    default:
      try Self.filled(rows: rows, columns: columns, in: operation) { target in
        write(0..<rows, to: target.assumingMemoryBound(to: S.self))
      }
    }
  }

  /// Calls `body` with block after block of rows as doubles: the number of the first row, and that of rows.
  ///
  /// A block is small enough for a cache, so that no copy of the data is made.
  func forEachBlock(_ body: (_ first: Int, _ count: Int, UnsafeMutablePointer<Double>) -> Void) {
    guard rows > 0, columns > 0 else { return }
    // 64 KiB, or a row where that is longer.
    let height = min(rows, max(1, 8_192 / columns))
    withUnsafeTemporaryAllocation(of: Double.self, capacity: height * columns) { buffer in
      guard let block = buffer.baseAddress else { return }
      for first in stride(from: 0, to: rows, by: height) {
        let count = min(height, rows - first)
        write(first..<first + count, to: block)
        body(first, count, block)
      }
    }
  }
}
