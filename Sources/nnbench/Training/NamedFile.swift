import NNBlas

/// Names the file that numbers come from, where one of them is beyond a precision once something was made of it.
///
/// - Parameters:
///   - file: The file.
///   - first: The row of the file with which the numbers begin.
///   - precision: The precision.
///   - body: What is made of them.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, of the file.
func naming<R>(_ file: String, from first: Int = 0, in precision: Precision, _ body: () throws -> R) throws -> R {
  do {
    return try body()
  } catch let error as DataError {
    guard case .notFinite(_, let value, let row, let column) = error else { throw error }
    throw DataError.notFinite(
      name: file, value: "\(value), as the network would see it in \(precision),", row: first + row, column: column)
  }
}
