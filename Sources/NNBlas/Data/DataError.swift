/// Data that cannot be used as they are.
///
/// Rows and columns are counted from 0, as subscripts are; offsets are bytes from the start of a file's contents, after
/// decompression. Lines of a text, and the columns of characters in a line, are counted from 1, as editors do.
public enum DataError: Error, Equatable, Sendable {
  /// A file does not exist, or cannot be opened or read.
  case unreadable(file: String, reason: String)
  /// None of the names under which a file may be stored exists in a folder.
  case missing(file: String, directory: String)
  /// Bytes at an offset are not what the format has there.
  case format(file: String, offset: Int, field: String, expected: String, found: String)
  /// A file holds more or less data than its header says.
  case length(file: String, expected: Int, found: ByteCount, composition: String)
  /// Compressed data are damaged somewhere after an offset, up to which they could be read.
  case compression(file: String, offset: Int, reason: String)
  /// A label is not one of the classes.
  case label(name: String, label: Int, row: Int, classes: Int)
  /// Two arguments or files hold different numbers of examples.
  case exampleCounts(name: String, found: Int, otherName: String, expected: Int)
  /// A value is infinite or not a number.
  case notFinite(name: String, value: String, row: Int, column: Int)
  /// A weight is negative or not finite.
  case weight(name: String, value: String, index: Int)
  /// A target is none that the cost is defined for.
  case target(name: String, found: String, row: Int, expected: String)
  /// Two sets of images differ in size.
  case imageSize(file: String, found: String, expected: String)
  /// A data set is too small for what is asked of it.
  case tooFew(name: String, found: Int, expected: String)
  /// A number of examples is asked for that cannot be made.
  case count(operation: String, name: String, found: Int, expected: String)
  /// An argument is of no use, or does not suit the data.
  case argument(operation: String, name: String, found: String, expected: String)
  /// A result needs more memory than there is.
  case memory(operation: String, neededBytes: Double, limit: MemoryLimit)
  /// A file cannot be written.
  case unwritable(file: String, reason: String)
  /// A text breaks the rules of its format at a place.
  case syntax(file: String, line: Int, column: Int, found: String, expected: String)
  /// A line of a table has more or fewer fields than its first line, or none.
  case fieldCount(file: String, line: Int, found: Int, expected: Int, firstLine: Int, remedy: Remedy? = nil)
  /// A field of a table is not what its column is used for; `name` is the column's in quotes, or its number from 1.
  case field(file: String, line: Int, column: Int, name: String, found: String, expected: String, remedy: Remedy?)
  /// A table has no such column; `columns` are those that it has.
  case noColumn(file: String, name: String, columns: [String])
  /// Two columns of a table have one name; they are counted from 1.
  case duplicateColumn(file: String, name: String, first: Int, second: Int)

  /// A number of bytes: the exact one, or a lower bound where reading stopped there.
  public enum ByteCount: Equatable, Sendable, CustomStringConvertible {
    /// This many.
    case exactly(Int)
    /// More than this many.
    case moreThan(Int)

    /// `16`, or `more than 16`.
    public var description: String {
      switch self {
      case .exactly(let count): "\(count)"
      case .moreThan(let count): "more than \(count)"
      }
    }
  }
}

extension DataError: CustomStringConvertible {
  /// The whole message: what, where, expected, found, remedy.
  public var description: String { description { "\($0)" } }

  /// The same with remedies in the words of another interface.
  package func description(wording remedies: (Remedy) -> String) -> String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): \(reason)"
    case .missing(let file, let directory):
      "\(directory): neither \(file) nor \(file).gz is there; expected the four files of MNIST in this folder"
    case .format(let file, let offset, let field, let expected, let found):
      "\(file): \(field) at offset \(offset) is \(found), expected \(expected)"
    case .length(let file, let expected, let found, let composition):
      "\(file): \(found) bytes, expected \(expected) (\(composition))"
    case .compression(let file, let offset, let reason):
      "\(file): damaged gzip data after offset \(offset): \(reason); expected a complete gzip file, download or copy it again"
    case .label(let name, let label, let row, let classes):
      "\(name): label \(label) in row \(row) is outside 0..<\(classes)"
    case .exampleCounts(let name, let found, let otherName, let expected):
      "\(name): \(counted(found, "example")), expected \(expected), as many as \(otherName)"
    case .notFinite(let name, let value, let row, let column):
      "\(name): \(value) in row \(row), column \(column), expected a finite number; clean or impute the data first"
    case .weight(let name, let value, let index):
      "\(name): \(value) at index \(index), expected a number from 0 on that is finite in f32"
    case .target(let name, let found, let row, let expected):
      "\(name): the target in row \(row) has \(found), expected \(expected); other numbers are for a cost such as mean-squared-error"
    case .imageSize(let file, let found, let expected):
      "\(file): images of \(found), expected \(expected) as in the training images"
    case .tooFew(let name, let found, let expected):
      "\(name): \(counted(found, "example")), expected \(expected)"
    case .count(let operation, let name, let found, let expected):
      "\(operation): \(name) is \(found), expected \(expected)"
    case .argument(let operation, let name, let found, let expected):
      "\(operation): \(name) is \(found), expected \(expected)"
    case .memory(let operation, let needed, let limit):
      "\(operation): the result needs \(gibibytes(needed)) GiB, expected at most \(limit)"
    case .unwritable(let file, let reason):
      "\(file): cannot be written: \(reason)"
    case .syntax(let file, let line, let column, let found, let expected):
      "\(file):\(line):\(column): \(found), expected \(expected)"
    case .fieldCount(let file, let line, let found, let expected, let firstLine, let remedy):
      "\(file):\(line): " + (found == 0 ? "an empty line" : counted(found, "field"))
        + ", expected \(counted(expected, "field")) as in line \(firstLine)"
        + (remedy.map { "; \(remedies($0))" } ?? "")
    case .field(let file, let line, let column, let name, let found, let expected, let remedy):
      "\(file):\(line):\(column): column \(name) is \(found), expected \(expected)"
        + (remedy.map { "; \(remedies($0))" } ?? "")
    case .noColumn(let file, let name, let columns):
      "\(file): there is no column \(name)" + nearestWord(to: name, among: columns)
        + "; expected one of \(listed(columns))"
        + (columns.count == 1 ? separator(in: columns[0]).map { "; \(remedies(.separator($0)))" } ?? "" : "")
    case .duplicateColumn(let file, let name, let first, let second):
      "\(file): columns \(first) and \(second) are both called \(name), expected different names; rename one of them"
    }
  }
}
