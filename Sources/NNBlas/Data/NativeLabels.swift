/// The label of every example in the number type that they came in: bytes stay bytes.
enum NativeLabels: Sendable {
  /// One row for each example, one column.
  case bytes(ByteMatrix)
  case integers(ArraySlice<Int32>)

  var count: Int {
    switch self {
    case .bytes(let matrix): matrix.rows
    case .integers(let labels): labels.count
    }
  }

  subscript(range: Range<Int>) -> NativeLabels {
    switch self {
    case .bytes(let matrix): .bytes(matrix[rows: range])
    case .integers(let labels): .integers(labels.dropFirst(range.lowerBound).prefix(range.count))
    }
  }

  /// Calls `body` with the place in the batch and the label of each of the examples at the given indices.
  @inline(__always)
  func forEach(_ indices: ArraySlice<Int32>, _ body: (_ row: Int, _ label: Int) -> Void) {
    switch self {
    case .bytes(let matrix):
      matrix.withBytes { labels in forEachRow(indices) { body($0, Int(labels[$1])) } }
    case .integers(let labels):
      forEachRow(indices) { body($0, Int(labels[labels.startIndex + $1])) }
    }
  }

  /// All labels in order.
  var all: [Int] {
    switch self {
    case .bytes(let matrix): matrix.bytes.map(Int.init)
    case .integers(let labels): labels.map(Int.init)
    }
  }
}
