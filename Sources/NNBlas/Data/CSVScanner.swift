/// A place in the text of a table that moves from field to field.
///
/// A quoted field may have blanks around its quotes; blanks around any other field do not belong to it.
struct CSVScanner {
  private let text: CSVText
  private let start: UnsafePointer<UInt8>
  /// Where the line's end is that follows the text.
  private let end: UnsafePointer<UInt8>
  private let separator: UInt8
  /// The byte that comes next.
  private(set) var position: UnsafePointer<UInt8>

  /// What is between two separators.
  struct Field {
    /// Where it starts in the text, behind its quote.
    let offset: Int
    /// Its bytes.
    let count: Int
    let isQuoted: Bool
    let hasDoubledQuotes: Bool

    /// Where an editor would show its start: at its quote.
    var place: Int { isQuoted ? offset - 1 : offset }
  }

  init(text: CSVText, start: UnsafePointer<UInt8>, offset: Int, count: Int) {
    self.text = text
    self.start = start
    end = start + count
    separator = text.separator
    position = start + offset
  }

  /// The place in the text.
  var offset: Int { position - start }

  /// Whether nothing follows.
  var isAtEnd: Bool { position >= end }

  /// Whether the line ends here.
  var isAtLineEnd: Bool { Self.isLineEnd(position[0]) }

  /// Reads the field that starts here, and moves to what ends it.
  ///
  /// - Throws: `DataError.syntax` for a quote that is not closed, or is followed by more than the end of the field.
  mutating func readField() throws(DataError) -> Field {
    skipBlanks()
    if position[0] == UInt8(ascii: "\"") { return try readQuotedField() }
    let first = position
    while !endsField(position[0]) { position += 1 }
    var last = position
    while last > first, isBlank(last[-1]) { last -= 1 }
    return Field(offset: first - start, count: last - first, isQuoted: false, hasDoubledQuotes: false)
  }

  private mutating func readQuotedField() throws(DataError) -> Field {
    let opening = position
    var hasDoubledQuotes = false
    position += 1
    while true {
      while position < end, position[0] != UInt8(ascii: "\"") { position += 1 }
      guard position < end else {
        throw text.syntax(
          at: opening - start, found: "a quote that is not closed",
          expected: "a second one at the end of the field; a quote inside of quotes is written twice")
      }
      guard position[1] == UInt8(ascii: "\"") else { break }
      hasDoubledQuotes = true
      position += 2
    }
    let count = position - opening - 1
    position += 1
    skipBlanks()
    guard endsField(position[0]) else {
      throw text.syntax(
        at: offset, found: "text behind a closed quote",
        expected: "a separator or the end of the line; a quote inside of quotes is written twice")
    }
    return Field(offset: opening - start + 1, count: count, isQuoted: true, hasDoubledQuotes: hasDoubledQuotes)
  }

  /// Reads the finite number that the field is, and moves to what ends the field.
  ///
  /// - Returns: nil, and the place stays, where the field is anything else.
  @inline(__always)
  mutating func readNumber() -> Double? {
    var p = position
    if let value = DecimalNumber.parse(&p), endsField(p[0]), value.isFinite {
      position = p
      return value
    }
    return readPaddedNumber()
  }

  /// The same with blanks or quotes around it.
  @inline(never)
  private mutating func readPaddedNumber() -> Double? {
    let before = position
    skipBlanks()
    let isQuoted = position[0] == UInt8(ascii: "\"")
    if isQuoted {
      position += 1
      skipBlanks()
    }
    if let value = DecimalNumber.parse(&position), value.isFinite {
      skipBlanks()
      let isClosed = position[0] == UInt8(ascii: "\"")
      if isQuoted, isClosed {
        position += 1
        skipBlanks()
      }
      if isClosed == isQuoted, endsField(position[0]) { return value }
    }
    position = before
    return nil
  }

  /// Moves over the separator, or over the end of the line, of which there is none behind the text.
  @inline(__always)
  mutating func skipFieldEnd() {
    if position < end { position += 1 }
    // A line's end of two bytes.
    if position < end, position[0] == UInt8(ascii: "\n"), position[-1] == UInt8(ascii: "\r") { position += 1 }
  }

  /// Moves to the first line that has more than blanks.
  mutating func skipEmptyLines() {
    while !isAtEnd {
      let before = position
      skipBlanks()
      guard isAtLineEnd else {
        position = before
        return
      }
      skipFieldEnd()
    }
  }

  private mutating func skipBlanks() {
    while isBlank(position[0]) { position += 1 }
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")) && byte != separator
  }

  @inline(__always)
  private func endsField(_ byte: UInt8) -> Bool { byte == separator || Self.isLineEnd(byte) }

  @inline(__always)
  private static func isLineEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") }
}
