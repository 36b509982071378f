import NNBlas
import TestSupport
import Testing

/// Files whose contents are not what an IDX file has: each is refused with a message, none stops the process.
@Suite(.timeLimit(.minutes(10))) struct DamagedIDXTests {
  private static let images = IDXFixture.images(count: 2, height: 2, width: 3)
  private static let labels = IDXFixture.labels([1, 2, 3])

  // MARK: - Short files

  /// What is said of the first field that is not whole, for a header of words with these names.
  private static func cutHeaderMessage(_ name: String, _ fields: [String], byteCount: Int) -> String {
    let found = [
      "missing, the file ends there", "cut off after 1 byte", "cut off after 2 bytes", "cut off after 3 bytes",
    ]
    let field = byteCount / 4
    return "\(name): \(fields[field]) at offset \(4 * field) is \(found[byteCount % 4]), expected 4 bytes, big-endian"
  }

  @Test(arguments: 0..<16)
  func imageHeaderThatEndsEarly(byteCount: Int) {
    let fields = ["magic number", "number of images", "height", "width"]
    let header = Array(Self.images[..<byteCount])
    expectImages(header, Self.cutHeaderMessage("file", fields, byteCount: byteCount))
    expectImages(GzipFixture.stored(header), Self.cutHeaderMessage("file", fields, byteCount: byteCount))
  }

  @Test(arguments: 0..<8)
  func labelHeaderThatEndsEarly(byteCount: Int) {
    let fields = ["magic number", "number of labels"]
    let header = Array(Self.labels[..<byteCount])
    expectLabels(header, Self.cutHeaderMessage("file", fields, byteCount: byteCount))
    expectLabels(GzipFixture.stored(header), Self.cutHeaderMessage("file", fields, byteCount: byteCount))
  }

  @Test(arguments: 16..<28)
  func imagesThatEndEarly(byteCount: Int) {
    let message = "file: \(byteCount) bytes, expected 28 (16-byte header + 2×2×3)"
    let file = Array(Self.images[..<byteCount])
    expectImages(file, message)
    expectImages(GzipFixture.stored(file), message)
  }

  @Test(arguments: 8..<11)
  func labelsThatEndEarly(byteCount: Int) {
    let message = "file: \(byteCount) bytes, expected 11 (8-byte header + 3)"
    let file = Array(Self.labels[..<byteCount])
    expectLabels(file, message)
    expectLabels(GzipFixture.stored(file), message)
  }

  // MARK: - Long files

  @Test(arguments: [1, 2, 1_000])
  func moreThanTheHeaderSays(surplus: Int) {
    let extra = [UInt8](repeating: 1, count: surplus)
    expectImages(Self.images + extra, "file: \(28 + surplus) bytes, expected 28 (16-byte header + 2×2×3)")
    expectLabels(Self.labels + extra, "file: \(11 + surplus) bytes, expected 11 (8-byte header + 3)")
    // Decompression stops at the first byte too many.
    expectImages(
      GzipFixture.stored(Self.images + extra), "file: more than 28 bytes, expected 28 (16-byte header + 2×2×3)")
    expectLabels(GzipFixture.stored(Self.labels + extra), "file: more than 11 bytes, expected 11 (8-byte header + 3)")
  }

  @Test func anotherMemberThanTheHeaderSays() {
    expectImages(
      GzipFixture.stored(Self.images) + GzipFixture.stored([0]),
      "file: more than 28 bytes, expected 28 (16-byte header + 2×2×3)")
  }

  // MARK: - Other kinds of files

  @Test func labelsInPlaceOfImages() {
    let message = "file: magic number at offset 0 is 0x00000801 (labels), expected 0x00000803 (images)"
    expectImages(Self.labels, message)
    expectImages(GzipFixture.stored(Self.labels), message)
  }

  @Test func imagesInPlaceOfLabels() {
    let message = "file: magic number at offset 0 is 0x00000803 (images), expected 0x00000801 (labels)"
    expectLabels(Self.images, message)
    expectLabels(GzipFixture.stored(Self.images), message)
  }

  @Test(arguments: [
    (0x09, "signed byte"), (0x0B, "16-bit integer"), (0x0C, "32-bit integer"), (0x0D, "32-bit float"),
    (0x0E, "64-bit float"),
  ])
  func otherElementTypes(type: UInt32, name: String) {
    let code = type == 0x09 ? "0x09" : "0x0" + String(type, radix: 16)
    let message = "file: element type at offset 2 is \(code) (\(name)), expected 0x08 (unsigned byte)"
    expectImages(IDXFixture.header(type << 8 | 3, 2, 2, 3), message)
    expectLabels(IDXFixture.header(type << 8 | 1, 3), message)
    // The type is named even where the number of dimensions is wrong too.
    expectLabels(IDXFixture.header(type << 8 | 3, 2, 2, 3), message)
  }

  @Test(arguments: [0, 2, 4, 255] as [UInt32])
  func otherNumbersOfDimensions(dimensions: UInt32) {
    let found = "file: number of dimensions at offset 3 is \(dimensions), expected"
    expectImages(IDXFixture.header(0x0800 | dimensions, 2, 2, 3), "\(found) 3")
    expectLabels(IDXFixture.header(0x0800 | dimensions, 3), "\(found) 1")
  }

  /// Nothing, an unknown type, the bytes in reverse, `PK\3\4` of a zip file, `NUMP` of NumPy's without its first byte.
  @Test(arguments: [
    "00000000", "00000a03", "00010803", "01000803", "03080000", "504b0304", "4e554d50", "ffffffff", "00000703",
  ])
  func otherMagicNumbers(hexadecimal: String) throws {
    let magic = try #require(UInt32(hexadecimal, radix: 16))
    let found = "file: magic number at offset 0 is 0x\(hexadecimal), expected"
    expectImages(IDXFixture.header(magic, 2, 2, 3), "\(found) 0x00000803 of an IDX file")
    expectLabels(IDXFixture.header(magic, 3), "\(found) 0x00000801 of an IDX file")
  }

  // MARK: - Extents

  /// Nothing, one more than BLAS's integers reach, and the most that the file's word holds.
  @Test(arguments: [0, 0x8000_0000, 0xFFFF_FFFF] as [UInt32])
  func extentsOutOfRange(extent: UInt32) {
    let found = "is \(extent), expected 1 to 2147483647"
    for wrap in [{ $0 }, { GzipFixture.stored($0) }] as [([UInt8]) -> [UInt8]] {
      expectImages(wrap(IDXFixture.header(0x0803, extent, 2, 3)), "file: number of images at offset 4 \(found)")
      expectImages(wrap(IDXFixture.header(0x0803, 2, extent, 3)), "file: height at offset 8 \(found)")
      expectImages(wrap(IDXFixture.header(0x0803, 2, 3, extent)), "file: width at offset 12 \(found)")
      expectLabels(wrap(IDXFixture.header(0x0801, extent)), "file: number of labels at offset 4 \(found)")
    }
  }

  @Test func hugeClaimsOfSmallFiles() {
    let header = IDXFixture.header(0x0803, 0x7FFF_FFFF, 28, 28)
    // (2³¹ − 1) · 28 · 28 = 1,683,627,179,248: 1.5 TiB.
    expectImages(
      header + [1, 2, 3], "file: 19 bytes, expected 1683627179264 (16-byte header + 2147483647×28×28)")
    expectLabels(
      IDXFixture.header(0x0801, 0x7FFF_FFFF) + [1, 2, 3],
      "file: 11 bytes, expected 2147483655 (8-byte header + 2147483647)"
    )
  }

  // MARK: - Values

  @Test(arguments: [(10, [0, 9, 10], 10, 2), (10, [255, 10], 255, 0), (2, [1, 1, 1, 2], 2, 3), (0, [0], 0, 0)])
  func labelsOutOfRange(classes: Int, values: [UInt8], label: Int, row: Int) {
    expectLabels(
      IDXFixture.labels(values), classes: classes, "file: label \(label) in row \(row) is outside 0..<\(classes)")
  }

  /// Each extent is possible; a row of a matrix cannot be as long as both together.
  @Test func imagesOfTooManyPixels() {
    let largest: UInt32 = 0x7FFF_FFFF
    for (height, width) in [(65_536, 32_768), (largest, largest), (2, largest), (largest, 2)] {
      expectImages(
        IDXFixture.header(0x0803, largest, height, width),
        "file: width at offset 12 is \(width), expected images of at most 2147483647 pixels")
    }
    // Just below 2³¹.
    expectImages(
      IDXFixture.header(0x0803, 1, 46_341, 46_340),
      "file: 16 bytes, expected 2147441956 (16-byte header + 1×46341×46340)")
  }

  // MARK: - Expectations

  private func expectImages(_ file: [UInt8], _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
    expectError(DataError.self, message, sourceLocation: sourceLocation) {
      try withTemporaryDirectory { try IDX.images(contentsOf: $0.write(file, to: "file")) }
    }
  }

  private func expectLabels(
    _ file: [UInt8], classes: Int = 10, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectError(DataError.self, message, sourceLocation: sourceLocation) {
      try withTemporaryDirectory { try IDX.labels(contentsOf: $0.write(file, to: "file"), classes: classes) }
    }
  }
}
