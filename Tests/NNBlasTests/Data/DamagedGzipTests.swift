import NNBlas
import TestSupport
import Testing

/// Compressed files whose compression is damaged: either the right contents come out, or a message does.
@Suite(.timeLimit(.minutes(10))) struct DamagedGzipTests {
  private static let contents = IDXFixture.images(count: 2, height: 2, width: 3)
  private static let stored = GzipFixture.stored(contents)
  /// The bytes before the stored contents: gzip's header of 10, then the block's of 5.
  private static let overhead = 15

  private static func message(after offset: Int, _ reason: String) -> String {
    "file: damaged gzip data after offset \(offset): \(reason); expected a complete gzip file, download or copy it again"
  }

  // MARK: - Short files

  @Test func anEmptyFileAndHalfASignatureAreNotGzip() throws {
    for (byteCount, found) in ["missing, the file ends there", "cut off after 1 byte"].enumerated() {
      expectImages(
        Array(Self.stored[..<byteCount]), "file: magic number at offset 0 is \(found), expected 4 bytes, big-endian")
    }
  }

  @Test(arguments: 2..<stored.count)
  func aFileThatEndsEarly(byteCount: Int) {
    // As many content bytes come out as are there; the checksum and the length after them are missed at the end.
    let available = min(max(byteCount - Self.overhead, 0), Self.contents.count)
    expectImages(Array(Self.stored[..<byteCount]), Self.message(after: available, "the file ends early"))
  }

  @Test(arguments: [GzipFixture.header.count + 1, 30])
  func aSecondMemberThatEndsEarly(byteCount: Int) {
    let first = GzipFixture.stored(Array(Self.contents[..<20]))
    let second = GzipFixture.stored(Array(Self.contents[20...]))
    let available = 20 + min(max(byteCount - Self.overhead, 0), 8)
    expectImages(first + second[..<byteCount], Self.message(after: available, "the file ends early"))
  }

  @Test func aMissingSecondMember() {
    expectImages(
      GzipFixture.stored(Array(Self.contents[..<20])), "file: 20 bytes, expected 28 (16-byte header + 2×2×3)")
  }

  @Test func aLongFileThatEndsEarly() {
    // 600,000 bytes are more than zlib's window and the reader's buffer of 2 · 256 KiB; they end in the tenth block.
    let count = 600_000
    let file = GzipFixture.stored(IDXFixture.images(count: 1, height: 1, width: count))
    let kept = file.count - 8 - 1
    expectImages(Array(file[..<kept]), Self.message(after: 16 + count - 1, "the file ends early"))
  }

  // MARK: - Wrong bytes, with zlib's words for them

  @Test(arguments: 0..<4)
  func aWrongChecksum(byte: Int) {
    expectImages(
      changed(at: Self.stored.count - 8 + byte, by: 1), Self.message(after: 0, "incorrect data check"))
  }

  @Test(arguments: 0..<4)
  func aWrongLength(byte: Int) {
    expectImages(changed(at: Self.stored.count - 4 + byte, by: 1), Self.message(after: 0, "incorrect length check"))
  }

  @Test(arguments: overhead + 16..<overhead + 28)
  func aWrongPixelIsSeenByTheChecksum(position: Int) {
    expectImages(changed(at: position, by: 1), Self.message(after: 0, "incorrect data check"))
  }

  @Test func aWrongLabelIsSeenByTheChecksum() {
    var file = GzipFixture.stored(IDXFixture.labels([1, 2, 3]))
    file[Self.overhead + 8] = 11
    expectError(DataError.self, Self.message(after: 0, "incorrect data check")) {
      try withTemporaryDirectory { try IDX.labels(contentsOf: $0.write(file, to: "file")) }
    }
  }

  @Test func wrongParts() {
    expectImages(changed(at: 2, by: 1), Self.message(after: 0, "unknown compression method"))
    expectImages(changed(at: 3, by: 0b1000_0000), Self.message(after: 0, "unknown header flags set"))
    // The third type of block does not exist; a stored block's length is there twice.
    expectImages(changed(at: 10, by: 0b110), Self.message(after: 0, "invalid block type"))
    expectImages(changed(at: 11, by: 1), Self.message(after: 0, "invalid stored block lengths"))
  }

  @Test func appendedBytesThatStartLikeAMember() {
    expectImages(Self.stored + [0x1F, 0x8B, 7, 0], Self.message(after: 28, "unknown compression method"))
  }

  @Test func aColonInTheNameIsNotTakenForTheReason() {
    expectError(
      DataError.self,
      "a: b: damaged gzip data after offset 0: incorrect data check; expected a complete gzip file, "
        + "download or copy it again"
    ) {
      let file = changed(at: Self.stored.count - 8, by: 1)
      return try withTemporaryDirectory { try IDX.images(contentsOf: $0.write(file, to: "a: b")) }
    }
  }

  // MARK: - Every byte

  /// Every bit of every byte in turn, and all of them: whatever is read in spite of it is right.
  @Test(arguments: [1, 2, 4, 8, 16, 32, 64, 128, 255] as [UInt8])
  func anyChangedByte(by change: UInt8) throws {
    var (readable, refused) = (0, 0)
    try withTemporaryDirectory { directory in
      for position in Self.stored.indices {
        let path = try directory.write(changed(at: position, by: change), to: "file")
        do throws(DataError) {
          let images = try IDX.images(contentsOf: path)
          #expect(images.pixels.bytes == Array(Self.contents[16...]), "byte \(position)")
          readable += 1
        } catch {
          #expect(error.description.hasPrefix("file: "))
          refused += 1
        }
      }
    }
    // Time, extra flags and system in gzip's header, six bytes, are no concern of the contents. Nor are the flag for text,
    // bit 0 of the flags, and the bits 3 to 7 of the block's first byte, which only pad it.
    let harmless = 6 + (change == 1 ? 1 : 0) + ((8...128).contains(change) ? 1 : 0)
    #expect(readable == harmless)
    #expect(refused == Self.stored.count - harmless)
  }

  // MARK: - Expectations

  private func changed(at position: Int, by change: UInt8) -> [UInt8] {
    var file = Self.stored
    file[position] ^= change
    return file
  }

  private func expectImages(_ file: [UInt8], _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
    expectError(DataError.self, message, sourceLocation: sourceLocation) {
      try withTemporaryDirectory { try IDX.images(contentsOf: $0.write(file, to: "file")) }
    }
  }
}
