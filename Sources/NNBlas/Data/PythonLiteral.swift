/// The part of Python's literals that a header of NumPy's format is made of, read strictly.
struct PythonLiteral {
  /// A value of an entry.
  enum Value: Equatable, CustomStringConvertible {
    case string(String)
    case boolean(Bool)
    case tuple([Int])
    /// The fields of a record type, which are not read.
    case list

    var description: String {
      switch self {
      case .string(let text): "'\(text)'"
      case .boolean(let value): value ? "True" : "False"
      case .tuple(let extents): NPY.describe(extents)
      case .list: "a list of fields"
      }
    }
  }

  private let text: [UInt8]
  private let file: String
  /// Where the text starts in the file.
  private let start: Int
  private var index = 0

  init(text: [UInt8], file: String, start: Int) {
    (self.text, self.file, self.start) = (text, file, start)
  }

  /// Reads `{'name': value, …}`, after which only blanks may follow, and where each value starts in the file.
  ///
  /// - Throws: `DataError.format` for anything else, and for a name that comes twice.
  mutating func readDictionary() throws(DataError) -> [String: (offset: Int, value: Value)] {
    var entries: [String: (offset: Int, value: Value)] = [:]
    try expect("{")
    while !take("}") {
      skipBlanks()
      let offset = start + index
      let name = try readString()
      try expect(":")
      skipBlanks()
      let valueOffset = start + index
      guard entries.updateValue((valueOffset, try readValue()), forKey: name) == nil else {
        throw error("one entry '\(name)'", found: "two", at: offset)
      }
      if case .list? = entries[name]?.value { return entries }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipBlanks()
    guard index == text.count else { throw unexpected("the end of the header") }
    return entries
  }

  private mutating func readValue() throws(DataError) -> Value {
    if take("True") { return .boolean(true) }
    if take("False") { return .boolean(false) }
    if take("[") { return .list }
    if take("(") { return .tuple(try readTuple()) }
    return .string(try readString())
  }

  /// Reads what follows `(`: `)`, `3,)`, or `3, 4)`.
  private mutating func readTuple() throws(DataError) -> [Int] {
    var extents: [Int] = []
    while !take(")") {
      extents.append(try readInteger())
      if !take(",") {
        guard extents.count > 1 else { throw unexpected("','") }
        try expect(")")
        break
      }
    }
    return extents
  }

  private mutating func readInteger() throws(DataError) -> Int {
    skipBlanks()
    let first = index
    var value = 0
    while index < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) {
      let (tenfold, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowsToo) = tenfold.addingReportingOverflow(Int(text[index] - UInt8(ascii: "0")))
      guard !overflows, !overflowsToo else {
        throw error("an extent in 63 bits", found: "a larger one", at: start + first)
      }
      value = sum
      index += 1
    }
    guard index > first else { throw unexpected("an extent") }
    // As Python 2 wrote it.
    if index < text.count, text[index] == UInt8(ascii: "L") { index += 1 }
    return value
  }

  /// Reads a string in either kind of quotes, without an escape in it.
  private mutating func readString() throws(DataError) -> String {
    skipBlanks()
    guard index < text.count, text[index] == UInt8(ascii: "'") || text[index] == UInt8(ascii: "\"") else {
      throw unexpected("a string")
    }
    let quote = text[index]
    let first = index + 1
    index = first
    while index < text.count, text[index] != quote {
      guard (0x20..<0x7F).contains(text[index]), text[index] != UInt8(ascii: "\\") else {
        throw unexpected("a character of ASCII")
      }
      index += 1
    }
    guard index < text.count else { throw unexpected("the end of a string") }
    index += 1
    return String(decoding: text[first..<index - 1], as: UTF8.self)
  }

  private mutating func expect(_ word: StaticString) throws(DataError) {
    guard take(word) else { throw unexpected("'\(word)'") }
  }

  /// Moves over a word, and blanks before it, where it comes next.
  private mutating func take(_ word: StaticString) -> Bool {
    skipBlanks()
    let bytes = word.withUTF8Buffer { Array($0) }
    guard text[index...].starts(with: bytes) else { return false }
    index += bytes.count
    return true
  }

  private mutating func skipBlanks() {
    while index < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[index]) { index += 1 }
  }

  private func unexpected(_ expected: String) -> DataError {
    let found =
      if index >= text.count { "at its end" } else if (0x21..<0x7F).contains(text[index]) {
        "'\(Character(Unicode.Scalar(text[index])))'"
      } else { "byte \(text[index])" }
    return error(expected, found: found, at: start + index)
  }

  private func error(_ expected: String, found: String, at offset: Int) -> DataError {
    .format(file: file, offset: offset, field: "header", expected: expected, found: found)
  }
}
