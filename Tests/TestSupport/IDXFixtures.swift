/// Files in the IDX format, built byte by byte.
package enum IDXFixture {
  /// The magic number of images: unsigned bytes in 3 dimensions.
  package static let imagesMagic: UInt32 = 0x0803
  /// The magic number of labels: unsigned bytes in 1 dimension.
  package static let labelsMagic: UInt32 = 0x0801

  /// A big-endian word.
  package static func word(_ value: UInt32) -> [UInt8] {
    stride(from: 24, through: 0, by: -8).map { UInt8(value >> $0 & 0xFF) }
  }

  /// A magic number and extents, whatever they are.
  package static func header(_ magic: UInt32, _ extents: UInt32...) -> [UInt8] { word(magic) + extents.flatMap(word) }

  /// A file of images with the given pixels.
  package static func images(count: Int, height: Int, width: Int, pixels: [UInt8]) -> [UInt8] {
    header(imagesMagic, UInt32(count), UInt32(height), UInt32(width)) + pixels
  }

  /// A file of images whose pixels differ from their neighbors.
  package static func images(count: Int, height: Int, width: Int) -> [UInt8] {
    images(count: count, height: height, width: width, pixels: pixels(count * height * width))
  }

  /// A file of labels.
  package static func labels(_ values: [UInt8]) -> [UInt8] { header(labelsMagic, UInt32(values.count)) + values }

  /// Pixels without a period that a mistaken stride would hide: 37 and 251 are coprime to each other and to image sizes.
  package static func pixels(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 * 37 % 251) } }
}
