/// What the readers of binary formats have in common: fields of a known size, and a body that a header has announced.
extension GzipFile {
  /// Reads a field of a header.
  ///
  /// - Throws: `DataError.format` when the file ends before it does, and what `read(into:)` throws.
  mutating func readField(of count: Int, named field: String, expected: String) throws(DataError) -> [UInt8] {
    let start = offset
    let bytes = try readBytes(upTo: count)
    guard bytes.count == count else {
      let found = bytes.isEmpty ? "missing, the file ends there" : "cut off after \(counted(bytes.count, "byte"))"
      throw .format(file: name, offset: start, field: field, expected: expected, found: found)
    }
    return bytes
  }

  /// Reads what a header claims in steps, so that a false claim costs no memory; then the file must be at its end.
  ///
  /// - Throws: `DataError.length` for another number of bytes, `DataError.unreadable` when memory cannot hold them, and what
  ///   `read(into:)` throws.
  mutating func readBody(
    of claimed: Int, after header: Int, composition: String
  ) throws(DataError) -> ByteStorage {
    if let plain = plainByteCount, plain != header + claimed {
      throw .length(file: name, expected: header + claimed, found: .exactly(plain), composition: composition)
    }
    // Compressed bytes that are really there can still be more than memory: a small file of zeros inflates a thousandfold.
    guard Double(claimed) <= MemoryLimit.leastBytes else {
      throw .unreadable(
        file: name, reason: "the header asks for \(claimed) bytes (\(composition)), more than \(MemoryLimit.least)")
    }
    let bytes = ByteStorage()
    let step = 4 << 20
    while bytes.count < claimed {
      let wanted = min(step, claimed - bytes.count)
      let got = try bytes.append(upTo: wanted) { (buffer) throws(DataError) in try read(into: buffer) }
      guard let got else {
        throw .unreadable(file: name, reason: "no memory left after \(bytes.count) of \(claimed) bytes")
      }
      if got < wanted {
        throw .length(
          file: name, expected: header + claimed, found: .exactly(header + bytes.count), composition: composition)
      }
    }
    guard try readBytes(upTo: 1).isEmpty else {
      throw .length(
        file: name, expected: header + claimed, found: .moreThan(header + claimed), composition: composition)
    }
    return bytes
  }

  /// Reads up to a number of bytes; fewer only at the end of the file.
  private mutating func readBytes(upTo count: Int) throws(DataError) -> [UInt8] {
    var failure: DataError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let part = UnsafeMutableBufferPointer(rebasing: buffer.prefix(count))
      do throws(DataError) { initialized = try read(into: part) } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }
}
