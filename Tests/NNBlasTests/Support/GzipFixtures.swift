/// Gzip files, built byte by byte (RFC 1952 around RFC 1951), so that no test needs a compressor.
enum GzipFixture {
  /// The signature, method 8 (deflate), no flags, no time, no extra flags, unknown system.
  static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

  /// Contents that are stored in blocks, not compressed: the n-th stored byte is the n-th content byte.
  ///
  /// A block holds at most 65,535 bytes, its length being 16 bits.
  static func stored(_ contents: [UInt8], blockSize: Int = 65_535) -> [UInt8] {
    var file = header
    var start = 0
    repeat {
      let block = contents[start..<min(start + blockSize, contents.count)]
      start = block.endIndex
      let length = UInt16(block.count)
      file.append(start == contents.count ? 1 : 0)
      file += littleEndian(length) + littleEndian(~length) + block
    } while start < contents.count
    return file + littleEndian(checksum(contents)) + littleEndian(UInt32(contents.count))
  }

  /// 1 + 258 · `runs` zeros, 13 bits for 258 of them: a literal, then runs of deflate's longest match at distance 1.
  static func zeros(runs: Int) -> [UInt8] {
    var bits = BitWriter()
    // Last block: 1. Fixed Huffman codes: 01, least significant bit first. The literal 0 has the code 0011 0000.
    bits.append([1, 1, 0] + [0, 0, 1, 1, 0, 0, 0, 0])
    // Length 258 is symbol 285 with the code 1100 0101; distance 1 is symbol 0 of five bits.
    for _ in 0..<runs { bits.append([1, 1, 0, 0, 0, 1, 0, 1] + [0, 0, 0, 0, 0]) }
    // The end of the block is symbol 256 of seven bits.
    bits.append([0, 0, 0, 0, 0, 0, 0])
    let count = 1 + 258 * runs
    let contents = [UInt8](repeating: 0, count: count)
    return header + bits.bytes + littleEndian(checksum(contents)) + littleEndian(UInt32(count))
  }

  /// CRC-32 as gzip has it, the reversed polynomial 0xEDB88320.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { remainder, byte in table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)] ^ remainder >> 8 }
  }

  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { remainder, _ in remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
  }

  private static func littleEndian<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
    (0..<Word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }
}

/// Bits that fill bytes from the least significant one on, as deflate packs them.
private struct BitWriter {
  private(set) var bytes: [UInt8] = []
  private var count = 0

  mutating func append(_ bits: [UInt8]) {
    for bit in bits {
      if count % 8 == 0 { bytes.append(0) }
      bytes[count / 8] |= bit << (count % 8)
      count += 1
    }
  }
}
