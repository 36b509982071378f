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

  /// All labels in order.
  var all: [Int] {
    switch self {
    case .bytes(let matrix): matrix.bytes.map(Int.init)
    case .integers(let labels): labels.map(Int.init)
    }
  }
}
