import Foundation
import NNBlas
import TestSupport
import Testing

@Suite struct IDXTests {
  /// Pixels of 3 images of 2×5, and their file.
  let pixels = IDXFixture.pixels(30)
  let imageFile = IDXFixture.images(count: 3, height: 2, width: 5)
  /// The largest label of the ten classes among them.
  let labels: [UInt8] = [9, 0, 4, 9, 1]

  // MARK: - Plain files

  @Test func readsImages() throws {
    try expectImages(imageFile, "train-images")
  }

  @Test func readsLabels() throws {
    try expectLabels(IDXFixture.labels(labels), "train-labels")
  }

  @Test func readsOneOfEach() throws {
    try withTemporaryDirectory { directory in
      let image = try directory.write(IDXFixture.images(count: 1, height: 1, width: 1, pixels: [200]), to: "image")
      #expect(try IDX.images(contentsOf: image).pixels.bytes == [200])
      let label = try directory.write(IDXFixture.labels([3]), to: "label")
      #expect(try IDX.labels(contentsOf: label).values == [3])
    }
  }

  @Test(arguments: [1, 10, 26, 256, 1_000])
  func labelsMayReachTheNumberOfClasses(classes: Int) throws {
    try withTemporaryDirectory { directory in
      let largest = UInt8(min(classes - 1, 255))
      let path = try directory.write(IDXFixture.labels([0, largest]), to: "labels")
      let read = try IDX.labels(contentsOf: path, classes: classes)
      #expect(read.values == [0, largest])
      #expect(read.classes == classes)
    }
  }

  /// The reader takes 4 MiB at a time: the contents end within, at and beyond such a step.
  @Test(arguments: [(-1, false), (0, false), (1, false), (4 << 20, false), (1, true)])
  func readsMoreThanOneStep(surplus: Int, compressed: Bool) throws {
    let step = 4 << 20
    let count = step + surplus
    var pixels = [UInt8](repeating: 0, count: count)
    // Marks at both ends and around the step.
    for index in [0, step - 2, step - 1, step, count - 1] where index < count { pixels[index] = UInt8(index % 127 + 1) }
    let file = IDXFixture.images(count: 1, height: 1, width: count, pixels: pixels)
    try withTemporaryDirectory { directory in
      let path = try directory.write(compressed ? GzipFixture.stored(file) : file, to: "large")
      #expect(try IDX.images(contentsOf: path).pixels.bytes == pixels)
    }
  }

  // MARK: - Compressed files

  @Test(arguments: ["train-images.gz", "train-images"])
  func readsStoredGzip(name: String) throws {
    try expectImages(GzipFixture.stored(imageFile), name)
    try expectLabels(GzipFixture.stored(IDXFixture.labels(labels)), name)
  }

  @Test func readsPlainContentsUnderACompressedName() throws {
    try expectImages(imageFile, "train-images.gz")
  }

  /// 4 images of 8×8 with pixel i = (⌊i²/7⌋ mod 6) · 51 in a file called `digits`, compressed by `gzip -9` 1.12: the
  /// name is in the header, and the block has its own Huffman codes.
  @Test func readsWhatGzipCompressed() throws {
    let file = try #require(
      Data(
        base64Encoded:
          "H4sICICkOzYCA2RpZ2l0cwDdisEJACAQwwL6cJ/bqTt1p9upKjiFgXxCYA1gHtez5JSjiBZpXzqoOS2uWAV/nhs0NHSJEAEAAA=="))
    try withTemporaryDirectory { directory in
      let images = try IDX.images(contentsOf: directory.write(Array(file), to: "digits.gz"))
      #expect(images.name == "digits.gz")
      #expect((images.count, images.height, images.width) == (4, 8, 8))
      let pixels: [UInt8] = (0..<256).map { UInt8($0 * $0 / 7 % 6 * 51) }
      #expect(images.pixels.bytes == pixels)
    }
  }

  @Test(arguments: [1, 3, 16, 17])
  func readsManyBlocks(blockSize: Int) throws {
    try expectImages(GzipFixture.stored(imageFile, blockSize: blockSize), "blocks.gz")
  }

  @Test func readsTwoMembersWhereverTheyMeet() throws {
    for split in 0...imageFile.count {
      let members = [imageFile[..<split], imageFile[split...]].map { GzipFixture.stored(Array($0)) }
      try expectImages(members[0] + members[1], "members.gz")
    }
  }

  @Test func readsAMemberForEveryByte() throws {
    try expectImages(imageFile.flatMap { GzipFixture.stored([$0]) }, "members.gz")
  }

  /// The optional parts of a gzip header: text flag, CRC of the header, extra field, name, comment.
  @Test func readsEveryPartOfAGzipHeader() throws {
    let stored = GzipFixture.stored(imageFile)
    var header = stored[..<10] + [3, 0, 1, 2, 3] + Array("digits\0".utf8) + Array("a comment\0".utf8)
    header[3] = 0b11111
    let checksum = GzipFixture.checksum(Array(header))
    header += [UInt8(checksum & 0xFF), UInt8(checksum >> 8 & 0xFF)]
    try expectImages(Array(header) + stored[10...], "header.gz")
  }

  /// As `gzip` does, the reader takes what follows the last member for padding, unless it starts like another member.
  @Test(arguments: [[0], [0, 0, 0, 0, 0, 0], [0x1F], [0x8B, 0x1F], Array("appended".utf8)] as [[UInt8]])
  func ignoresWhatFollowsCompressedData(trailing: [UInt8]) throws {
    try expectImages(GzipFixture.stored(imageFile) + trailing, "trailing.gz")
  }

  // MARK: - Expectations

  private func expectImages(
    _ file: [UInt8], _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try withTemporaryDirectory { directory in
      let images = try IDX.images(contentsOf: directory.write(file, to: name))
      #expect(images.name == name, sourceLocation: sourceLocation)
      #expect((images.count, images.height, images.width) == (3, 2, 5), sourceLocation: sourceLocation)
      #expect(images.pixels.rows == 3, sourceLocation: sourceLocation)
      #expect(images.pixels.columns == 10, sourceLocation: sourceLocation)
      #expect(images.pixels.bytes == pixels, sourceLocation: sourceLocation)
    }
  }

  private func expectLabels(
    _ file: [UInt8], _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try withTemporaryDirectory { directory in
      let read = try IDX.labels(contentsOf: directory.write(file, to: name))
      #expect(read.name == name, sourceLocation: sourceLocation)
      #expect(read.values == labels, sourceLocation: sourceLocation)
      #expect(read.classes == 10, sourceLocation: sourceLocation)
    }
  }
}
