import Foundation

/// A table as text in memory: the bytes of a file, which are UTF-8, and where in it something is.
struct CSVText: Sendable {
  /// The file's name, for messages.
  let name: String
  let separator: UInt8
  private let storage: ByteStorage
  /// The length of the text's byte order mark.
  private let start: Int

  /// Reads a file, decompressed where it is gzip's.
  ///
  /// - Throws: `DataError.unreadable` or `.compression` when it cannot be read, `DataError.syntax` for bytes that are not
  ///   UTF-8, `DataError.memory` when it does not fit.
  init(contentsOf path: String, separator: UInt8) throws(DataError) {
    name = (path as NSString).lastPathComponent
    self.separator = separator
    var file = try GzipFile(path: path)
    storage = try Self.contents(of: &file, name: name)
    let bytes = UnsafeBufferPointer(start: storage.pointer, count: storage.count - 1)
    start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    guard let offset = firstInvalid(in: bytes) else { return }
    let isUTF16 = offset == 0 && (bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]))
    throw syntax(
      at: offset, found: isUTF16 ? "text in UTF-16" : "the byte 0x\(String(bytes[offset], radix: 16, uppercase: true))",
      expected: "UTF-8; save the file in that encoding")
  }

  /// The whole file and a line's end behind it, which stops every loop over a line without asking for the text's end.
  private static func contents(of file: inout GzipFile, name: String) throws(DataError) -> ByteStorage {
    let bytes = ByteStorage()
    let step = 4 << 20
    // A byte more than there are shows the end at once.
    var wanted = file.plainByteCount.map { $0 + 1 } ?? step
    while true {
      let total = Double(bytes.count) + Double(wanted)
      guard total <= MemoryLimit.leastBytes else {
        throw .memory(operation: name, neededBytes: total, limit: .least)
      }
      let got = try bytes.append(upTo: wanted) { (buffer) throws(DataError) in try file.read(into: buffer) }
      guard let got else { throw .memory(operation: name, neededBytes: total, limit: .process) }
      if got < wanted { break }
      wanted = step
    }
    let appended = bytes.append(upTo: 1) { buffer in
      buffer[0] = UInt8(ascii: "\n")
      return 1
    }
    guard appended != nil else {
      throw .memory(operation: name, neededBytes: Double(bytes.count + 1), limit: .process)
    }
    return bytes
  }

  /// Runs `body` with a scanner at an offset, by default at the start of the text.
  func scan<R>(from offset: Int? = nil, _ body: (inout CSVScanner) throws(DataError) -> R) throws(DataError) -> R {
    try withExtendedLifetime(storage) { () throws(DataError) in
      var scanner = CSVScanner(
        text: self, start: UnsafePointer(storage.pointer), offset: offset ?? start, count: storage.count - 1)
      return try body(&scanner)
    }
  }

  /// The text of a field, without its quotes.
  func string(_ field: CSVScanner.Field) -> String {
    let text = withExtendedLifetime(storage) {
      String(decoding: UnsafeBufferPointer(start: storage.pointer + field.offset, count: field.count), as: UTF8.self)
    }
    return field.hasDoubledQuotes ? text.replacingOccurrences(of: "\"\"", with: "\"") : text
  }

  /// What seems to separate the fields of a line that has one, or nil.
  func suspectedSeparator(from offset: Int? = nil) -> Unicode.Scalar? {
    let field = try? scan(from: offset) { (scanner) throws(DataError) in string(try scanner.readField()) }
    return field.flatMap(NNBlas.separator(in:))
  }

  /// Line and column of an offset, both from 1, as editors count them.
  func place(of offset: Int) -> (line: Int, column: Int) {
    withExtendedLifetime(storage) { Self.place(of: offset, in: storage.pointer, from: start) }
  }

  private static func place(
    of offset: Int, in bytes: UnsafePointer<UInt8>, from start: Int
  ) -> (line: Int, column: Int) {
    var (line, lineStart) = (1, start)
    for index in start..<max(start, offset) {
      // Of CR and LF together, LF ends the line.
      let endsLine =
        bytes[index] == UInt8(ascii: "\n")
        || bytes[index] == UInt8(ascii: "\r") && bytes[index + 1] != UInt8(ascii: "\n")
      if endsLine { (line, lineStart) = (line + 1, index + 1) }
    }
    // Every character has one byte that is no continuation.
    let before = (lineStart..<max(lineStart, offset)).count { bytes[$0] & 0xC0 != 0x80 }
    return (line, before + 1)
  }

  func syntax(at offset: Int, found: String, expected: String) -> DataError {
    let (line, column) = place(of: offset)
    return .syntax(file: name, line: line, column: column, found: found, expected: expected)
  }
}

/// The offset of the first byte that is not part of a character in UTF-8 (Unicode 16.0, table 3-7), or nil.
private func firstInvalid(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  var index = 0
  let raw = UnsafeRawBufferPointer(bytes)
  while index < bytes.count {
    if index + 8 <= bytes.count, raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      index += 8
      continue
    }
    let first = bytes[index]
    if first < 0x80 {
      index += 1
      continue
    }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard (0xC2...0xF4).contains(first), index + length <= bytes.count else { return index }
    // The second byte excludes forms that are longer than needed, surrogates, and what is beyond U+10FFFF.
    let second: ClosedRange<UInt8> =
      switch first {
      case 0xE0: 0xA0...0xBF
      case 0xED: 0x80...0x9F
      case 0xF0: 0x90...0xBF
      case 0xF4: 0x80...0x8F
      default: 0x80...0xBF
      }
    guard second.contains(bytes[index + 1]) else { return index }
    for next in index + 2..<max(index + 2, index + length) where bytes[next] & 0xC0 != 0x80 { return index }
    index += length
  }
  return nil
}
