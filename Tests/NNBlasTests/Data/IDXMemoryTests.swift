import Foundation
import NNBlas
import TestSupport
import Testing

/// A header is a claim: memory follows the smaller of what it claims and what is there.
///
/// Every reading runs in a process of its own, whose peak of resident memory is its alone.
@Suite(.timeLimit(.minutes(10)), .enabled(if: !isSanitized, "a sanitizer allocates in its own way"))
struct IDXMemoryTests {
  /// What a reader needs besides contents: zlib's window and buffers (below 1 MiB), the reader's step of 4 MiB, and as
  /// much again for whatever the process does meanwhile.
  static let allowance = 16 << 20

  /// 1,024 members of 1 + 258 · 1,016 zeros each, 256 MiB in a file of 1.7 MB.
  static let memberCount = 1_024
  static let memberRuns = 1_016
  static let memberSize = 1 + 258 * memberRuns

  static func bomb(_ header: [UInt8], members: Int = memberCount) -> [UInt8] {
    let member = GzipFixture.zeros(runs: memberRuns)
    return (0..<members).reduce(into: GzipFixture.stored(header)) { file, _ in file += member }
  }

  /// Reads a file as images, and compares the message and the growth of memory with what is expected.
  static func expectImages(_ file: [UInt8], _ message: String, memory: Int) throws {
    try withTemporaryDirectory { directory in
      let path = try directory.write(file, to: "file")
      let before = try ProcessMemory.resident()
      expectError(DataError.self, message) { try IDX.images(contentsOf: path) }
      let growth = try ProcessMemory.peak() - before
      #expect(growth <= memory + allowance)
    }
  }

  @Test func aSmallClaimOfManyBytes() async {
    await #expect(processExitsWith: .success) {
      try Self.expectImages(
        Self.bomb(IDXFixture.header(0x0803, 10, 28, 28)),
        "file: more than 7856 bytes, expected 7856 (16-byte header + 10×28×28)", memory: 7_840)
    }
  }

  @Test func aLargeClaimOfFewerBytes() async {
    await #expect(processExitsWith: .success) {
      let inflated = Self.memberCount * Self.memberSize
      // 2,000,000 · 28 · 28 = 1,568,000,000
      try Self.expectImages(
        Self.bomb(IDXFixture.header(0x0803, 2_000_000, 28, 28)),
        "file: \(16 + inflated) bytes, expected 1568000016 (16-byte header + 2000000×28×28)", memory: inflated)
    }
  }

  /// Memory is not even asked for, which on some machines would fail.
  @Test func aLargeClaimOfNothing() async {
    await #expect(processExitsWith: .success) {
      let before = try ProcessMemory.reserved()
      try Self.expectImages(
        GzipFixture.stored(IDXFixture.header(0x0803, 2_000_000, 28, 28)),
        "file: 16 bytes, expected 1568000016 (16-byte header + 2000000×28×28)", memory: 0)
      // Threads that start meanwhile may reserve address space for their own heaps, 64 MiB each.
      #expect(try ProcessMemory.peakReserved() - before < 1_568_000_000 / 2)
    }
  }

  /// Nearly 2⁶² bytes are more than any machine has: nothing is read at all.
  @Test func aClaimBeyondMemory() async {
    await #expect(processExitsWith: .success) {
      try Self.expectImages(
        Self.bomb(IDXFixture.header(0x0803, 0x7FFF_FFFF, 32_768, 65_535)),
        "file: the header asks for 4611615647535759360 bytes (16-byte header + 2147483647×32768×65535), "
          + "more than \(MemoryLimit.least)", memory: 0)
    }
  }

  /// A plain file of zeros without blocks on the disk: its length is known before anything is read.
  @Test func aPlainFileOfAnotherLength() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryDirectory { directory in
        let path = try directory.write(IDXFixture.header(0x0803, 2_000_000, 28, 28), to: "file")
        try #require(truncate(path, 1 << 30) == 0)
        let before = try ProcessMemory.resident()
        expectError(DataError.self, "file: 1073741824 bytes, expected 1568000016 (16-byte header + 2000000×28×28)") {
          try IDX.images(contentsOf: path)
        }
        #expect(try ProcessMemory.peak() - before <= Self.allowance)
      }
    }
  }

  /// Labels stay bytes, in the data set too.
  @Test func manyLabelsTakeTheirSizeOnce() async {
    await #expect(processExitsWith: .success) {
      let inflated = 128 * Self.memberSize
      let count = UInt32(inflated)
      try withTemporaryDirectory { directory in
        let labels = try directory.write(Self.bomb(IDXFixture.header(0x0801, count), members: 128), to: "labels")
        let images = try directory.write(Self.bomb(IDXFixture.header(0x0803, count, 1, 1), members: 128), to: "images")
        let before = try ProcessMemory.resident()
        let dataset = try Dataset(images: IDX.images(contentsOf: images), labels: IDX.labels(contentsOf: labels))
        #expect(dataset.count == inflated)
        #expect(try ProcessMemory.peak() - before <= 2 * inflated + Self.allowance)
      }
    }
  }

  /// What is right takes its size once: growing holds no second copy.
  @Test func aLargeFileTakesItsSizeOnce() async {
    await #expect(processExitsWith: .success) {
      let inflated = Self.memberCount * Self.memberSize
      let file = Self.bomb(IDXFixture.header(0x0803, UInt32(Self.memberCount), 1, UInt32(Self.memberSize)))
      try withTemporaryDirectory { directory in
        let path = try directory.write(file, to: "file")
        let before = try ProcessMemory.resident()
        let images = try IDX.images(contentsOf: path)
        #expect(images.count == Self.memberCount)
        #expect(try ProcessMemory.peak() - before <= inflated + Self.allowance)
      }
    }
  }
}
