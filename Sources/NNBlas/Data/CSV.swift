import Foundation

/// A table in a text file: numbers to learn from, separated by commas.
///
/// As RFC 4180 has it, and as people write it: UTF-8 with or without a byte order mark, lines that end with LF, CR LF or CR,
/// any separator in ASCII, quoted fields with separators, line breaks and doubled quotes in them, blanks around fields, empty
/// lines at the end, gzip-compressed or not. Numbers have a decimal point in every locale, and are rounded correctly.
///
/// ```swift
/// let iris = try CSV(contentsOf: "iris.csv").dataset(label: "species")
/// let houses = try CSV(contentsOf: "houses.csv", separator: ";").dataset(targets: ["price"], inputs: .allExcept(["id"]))
/// ```
///
/// The text is held as it is in the file, and checked once: every line has as many fields as the first. Numbers are parsed
/// straight into the matrix of a data set.
public struct CSV: Sendable {
  /// Whether the first line has the names of the columns.
  public enum Header: Sendable {
    /// It has not where one of its texts comes again in that column, as names of classes do (in the next 10,000 lines), or all of it are
    /// numbers. It has where all of it are texts, or nothing. Where there are numbers beside texts or nothing, or they are 0, 1, 2 and so on,
    /// either may be, and it is to be told.
    case automatic
    /// It has.
    case present
    /// It is an example.
    case absent
  }

  /// The number of examples: of lines, without that of the names.
  public let rowCount: Int
  /// The number of columns.
  public let columnCount: Int
  /// The names of the columns, or nil where the file has none.
  public let columnNames: [String]?

  let text: CSVText
  /// Where the first example starts.
  let firstRow: Int

  /// Reads a file and checks its structure.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - header: Whether the first line has the names of the columns.
  ///   - separator: What separates fields: a comma, a semicolon, a tab, or another ASCII character that is in no number.
  /// - Throws: `DataError` that names the file, the line and the column of the character there, both from 1 as editors count,
  ///   what was expected and what was found.
  public init(
    contentsOf path: String, header: Header = .automatic, separator: Unicode.Scalar = ","
  ) throws(DataError) {
    let text = try CSVText(contentsOf: path, separator: Self.byte(of: separator))
    self.text = text
    let (start, lineCount, columnCount) = try text.scan { (scanner) throws(DataError) in
      try scanner.countLines(of: text)
    }
    guard lineCount > 0 else {
      throw .tooFew(name: text.name, found: 0, expected: "at least 1 line of them; the file is empty")
    }
    self.columnCount = columnCount
    let hasNames =
      switch header {
      case .present: true
      case .absent: false
      case .automatic:
        try text.scan(from: start) { (scanner) throws(DataError) in try Self.hasNames(&scanner, text, columnCount) }
      }
    guard hasNames else {
      (rowCount, columnNames, firstRow) = (lineCount, nil, start)
      return
    }
    let (names, offset) = try text.scan(from: start) { (scanner) throws(DataError) in
      (try scanner.readLine(of: columnCount).map { text.string($0) }, scanner.offset)
    }
    try Self.checkNames(names, file: text.name)
    (rowCount, columnNames, firstRow) = (lineCount - 1, names, offset)
    guard rowCount > 0 else {
      throw .tooFew(name: text.name, found: 0, expected: "at least 1 line below the names of the columns")
    }
  }

  /// What seems to separate the fields of a table that has one column, or nil.
  package var suspectedSeparator: Unicode.Scalar? {
    columnCount == 1 ? text.suspectedSeparator() : nil
  }

  /// Whether a character can separate fields: one in ASCII that is in no number.
  package static func canSeparate(_ separator: Unicode.Scalar) -> Bool {
    switch separator {
    case "\t": true
    case "\"", "+", "-", ".": false
    default:
      separator.isASCII && separator.value >= 0x20 && separator.value != 0x7F && !separator.properties.isAlphabetic
        && !("0"..."9").contains(separator)
    }
  }

  private static func byte(of separator: Unicode.Scalar) throws(DataError) -> UInt8 {
    guard canSeparate(separator) else {
      throw .argument(
        operation: "CSV", name: "separator", found: quoted(String(separator)),
        expected: "an ASCII character that is in no number, such as \",\", \";\" or a tab")
    }
    return UInt8(separator.value)
  }

  /// Names may be missing: such columns are used by their index.
  private static func checkNames(_ names: [String], file: String) throws(DataError) {
    var firstPlaces: [String: Int] = [:]
    for (index, name) in names.enumerated() where !name.isEmpty {
      if let first = firstPlaces.updateValue(index, forKey: name) {
        throw .duplicateColumn(file: file, name: quoted(name), first: first + 1, second: index + 1)
      }
    }
  }

  /// What `Header.automatic` says.
  private static func hasNames(
    _ scanner: inout CSVScanner, _ text: CSVText, _ columnCount: Int
  ) throws(DataError) -> Bool {
    let first = try scanner.readLine(of: columnCount).map { text.string($0) }
    let texts = first.indices.filter { !isMissing(first[$0]) && !isNumber(first[$0]) }
    let numbers = first.filter(isNumber)
    func isUnclear() -> DataError {
      .argument(
        operation: text.name, name: "header", found: "automatic, but the first line may have names or be an example",
        expected: "present or absent")
    }
    guard !texts.isEmpty else {
      // Columns without names are called by their numbers, and that of the rows by nothing.
      let areNumbered = numbers.count > 1 && numbers == numbers.indices.map(String.init)
      if areNumbered || !numbers.isEmpty && first.contains("") { throw isUnclear() }
      return false
    }
    for line in 0..<10_000 {
      scanner.skipEmptyLines()
      if scanner.isAtEnd { break }
      let fields = try scanner.readLine(of: columnCount)
      for column in texts {
        let found = text.string(fields[column])
        if line == 0, numbers.isEmpty, isNumber(found) { return true }
        if found == first[column] { return false }
      }
    }
    guard numbers.isEmpty else { throw isUnclear() }
    return true
  }

  /// Whether a field would be read as a number, blanks inside of its quotes included.
  private static func isNumber(_ text: String) -> Bool {
    DecimalNumber.parse(text.trimmingCharacters(in: CharacterSet(charactersIn: " \t"))) != nil
  }

  /// What people write where there is no value.
  static func isMissing(_ text: String) -> Bool {
    ["", "na", "n/a", "nan", "?"].contains(text.lowercased())
  }
}

extension CSVScanner {
  /// Reads a line whose number of fields is known, and moves to the next.
  mutating func readLine(of columnCount: Int) throws(DataError) -> [Field] {
    var fields: [Field] = []
    for _ in 0..<columnCount {
      fields.append(try readField())
      skipFieldEnd()
    }
    return fields
  }

  /// Reads the whole text: where the first line starts, how many there are, of how many fields each.
  ///
  /// - Throws: `DataError.fieldCount` where a line has another number of fields than the first, `DataError.count` for more lines
  ///   or columns than a matrix has, `DataError.syntax` for wrong quotes.
  fileprivate mutating func countLines(of text: CSVText) throws(DataError) -> (start: Int, lines: Int, columns: Int) {
    var (lines, columns, firstLine) = (0, 0, offset)
    while !isAtEnd {
      let start = offset
      skipEmptyLines()
      if isAtEnd { break }
      func mismatch(_ found: Int) -> DataError {
        // A first line with blanks may be a title.
        let other = columns == 1 ? text.suspectedSeparator(from: firstLine) : nil
        return .fieldCount(
          file: text.name, line: text.place(of: start).line, found: found, expected: columns,
          firstLine: text.place(of: firstLine).line, remedy: other.flatMap { $0 == " " ? nil : .separator($0) })
      }
      if offset != start, lines > 0 { throw mismatch(0) }
      if lines == 0 { firstLine = offset }
      var count = 1
      _ = try readField()
      while !isAtLineEnd {
        skipFieldEnd()
        _ = try readField()
        count += 1
      }
      skipFieldEnd()
      if lines == 0 { columns = count }
      guard count == columns else { throw mismatch(count) }
      lines += 1
    }
    for (name, count) in [("lines", lines), ("columns", columns)] where count > Int(Int32.max) {
      throw .count(operation: text.name, name: "the number of \(name)", found: count, expected: "at most \(Int32.max)")
    }
    return (firstLine, lines, columns)
  }
}
