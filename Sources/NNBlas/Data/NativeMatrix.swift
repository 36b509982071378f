/// A matrix in the number type its data came in: bytes stay bytes, an eighth of the memory of doubles.
enum NativeMatrix: Sendable {
  case bytes(ByteMatrix)
  case floats(Matrix<Float>)
  case doubles(Matrix<Double>)

  /// The matrix row after row without gaps, so that gathering reads rows in place: views of other layouts are copied.
  init<S: Scalar>(_ matrix: Matrix<S>) {
    switch matrix.flattened.matrix(at: 0, rows: matrix.rows, columns: matrix.columns) {
    case let matrix as Matrix<Float>: self = .floats(matrix)
    case let matrix as Matrix<Double>: self = .doubles(matrix)
    default: invariantBroken("a scalar that is neither Float nor Double")
    }
  }

  var rows: Int {
    switch self {
    case .bytes(let matrix): matrix.rows
    case .floats(let matrix): matrix.rows
    case .doubles(let matrix): matrix.rows
    }
  }

  var columns: Int {
    switch self {
    case .bytes(let matrix): matrix.columns
    case .floats(let matrix): matrix.columns
    case .doubles(let matrix): matrix.columns
    }
  }

  subscript(rows range: Range<Int>) -> NativeMatrix {
    switch self {
    case .bytes(let matrix): .bytes(matrix[rows: range])
    case .floats(let matrix): .floats(matrix[rows: range])
    case .doubles(let matrix): .doubles(matrix[rows: range])
    }
  }

  /// The first element that is finite here and infinite in a precision: Double data can exceed `Float`.
  func firstOverflow(in precision: Precision) -> (row: Int, column: Int, value: Double)? {
    guard precision == .f32, case .doubles(let matrix) = self else { return nil }
    let limit = Double(Float.greatestFiniteMagnitude)
    return matrix.withElements { elements in
      for index in 0..<matrix.rows * matrix.columns where abs(elements[index]) > limit {
        return (index / matrix.columns, index % matrix.columns, elements[index])
      }
      return nil
    }
  }

  /// Writes the rows at the given indices one after another, converted to the target's scalar.
  func gather<S: Scalar>(_ indices: ArraySlice<Int32>, into target: UnsafeMutablePointer<S>) {
    let width = columns
    switch self {
    case .bytes(let matrix):
      matrix.withBytes { source in
        indices.withUnsafeBufferPointer {
          if let first = $0.baseAddress { S._gatherBytes(target, source, width: width, first, $0.count) }
        }
      }
    case .floats(let matrix):
      matrix.withElements { source in
        forEachRow(indices) { S._convert(source + $1 * width, into: target + $0 * width, width) }
      }
    case .doubles(let matrix):
      matrix.withElements { source in
        forEachRow(indices) { S._convert(source + $1 * width, into: target + $0 * width, width) }
      }
    }
  }
}

/// Calls `body` with each row's place in the batch and in the data set.
@inline(__always)
func forEachRow(_ indices: ArraySlice<Int32>, _ body: (_ row: Int, _ example: Int) -> Void) {
  var row = 0
  for index in indices {
    body(row, Int(index))
    row += 1
  }
}
