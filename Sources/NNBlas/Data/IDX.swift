import Foundation

/// The IDX format, in which MNIST and its relatives are published: a big-endian header and unsigned bytes.
///
/// Files may be gzip-compressed, whatever their name. A header is never trusted: the bytes that are really there decide how
/// much memory is used, and the two must agree to the byte.
///
/// Source: the format's description on the page of "The MNIST database of handwritten digits" (LeCun, Cortes, Burges).
public enum IDX {
  /// Images of one size, one byte a pixel.
  public struct Images: Sendable {
    /// The file's name, for messages.
    public let name: String
    /// The number of images.
    public let count: Int
    /// The height of an image in pixels.
    public let height: Int
    /// The width of an image in pixels.
    public let width: Int
    /// Image after image, each row after row from the top.
    public let pixels: ByteMatrix
  }

  /// Labels, one byte each.
  public struct Labels: Sendable {
    /// The file's name, for messages.
    public let name: String
    /// The number of classes.
    public let classes: Int
    /// One label a row, in one column.
    let bytes: ByteMatrix

    /// The number of labels.
    public var count: Int { bytes.rows }
    /// The label of every example, each in 0..<classes.
    public var values: [UInt8] { bytes.bytes }
  }

  /// Reads a file of images: magic number 0x00000803, count, height, width, pixels.
  ///
  /// - Throws: `DataError` that names the file, the offset, what was expected and what was found.
  public static func images(contentsOf path: String) throws(DataError) -> Images {
    let (name, extents, bytes) = try contents(of: path, dimensions: ["number of images", "height", "width"])
    let pixels = ByteMatrix(storage: bytes, rows: extents[0], columns: extents[1] * extents[2])
    return Images(name: name, count: extents[0], height: extents[1], width: extents[2], pixels: pixels)
  }

  /// Reads a file of labels: magic number 0x00000801, count, labels.
  ///
  /// - Throws: `DataError` that names the file, the offset, what was expected and what was found; `DataError.label` for a
  ///   label outside 0..<classes.
  public static func labels(contentsOf path: String, classes: Int = 10) throws(DataError) -> Labels {
    let (name, extents, bytes) = try contents(of: path, dimensions: ["number of labels"])
    let labels = ByteMatrix(storage: bytes, rows: extents[0], columns: 1)
    if let (row, label) = labels.first(notBelow: classes) {
      throw .label(name: name, label: label, row: row, classes: classes)
    }
    return Labels(name: name, classes: classes, bytes: labels)
  }

  /// The extents that the header gives and exactly as many bytes as they ask for.
  private static func contents(
    of path: String, dimensions: [String]
  ) throws(DataError) -> (name: String, extents: [Int], bytes: ByteStorage) {
    let name = (path as NSString).lastPathComponent
    var file = try GzipFile(path: path)
    try checkMagic(of: &file, name: name, dimensions: dimensions.count)
    var extents: [Int] = []
    for dimension in dimensions {
      let offset = file.offset
      let extent = Int(try bigEndianWord(of: &file, name: name, field: dimension))
      guard possibleExtents.contains(extent) else {
        throw .format(
          file: name, offset: offset, field: dimension,
          expected: "\(possibleExtents.lowerBound) to \(possibleExtents.upperBound)",
          found: "\(extent)")
      }
      extents.append(extent)
    }
    let header = file.offset
    let composition = "\(header)-byte header + " + extents.map(String.init).joined(separator: "×")
    // Of extents below 2³¹ there are three at most: no product overflows.
    let imageSize = extents.dropFirst().reduce(1, *)
    guard imageSize <= possibleExtents.upperBound else {
      throw .format(
        file: name, offset: 4 * extents.count, field: dimensions[extents.count - 1],
        expected: "images of at most \(possibleExtents.upperBound) pixels", found: "\(extents[extents.count - 1])")
    }
    let claimed = extents[0] * imageSize
    let bytes = try file.readBody(of: claimed, after: header, composition: composition)
    return (name, extents, bytes)
  }

  private static func checkMagic(of file: inout GzipFile, name: String, dimensions: Int) throws(DataError) {
    let magic = try bigEndianWord(of: &file, name: name, field: "magic number")
    let expected = UInt32(0x0800 + dimensions)
    guard magic != expected else { return }
    let (written, wanted) = (hexadecimal(magic, digits: 8), hexadecimal(expected, digits: 8))
    switch (magic >> 16, magic >> 8 & 0xFF, Int(magic & 0xFF)) {
    case (0, 0x08, let found) where found == (dimensions == 1 ? 3 : 1):
      let (foundKind, wantedKind) = dimensions == 1 ? ("images", "labels") : ("labels", "images")
      throw .format(
        file: name, offset: 0, field: "magic number", expected: "\(wanted) (\(wantedKind))",
        found: "\(written) (\(foundKind))")
    case (0, 0x08, let found):
      throw .format(
        file: name, offset: 3, field: "number of dimensions", expected: "\(dimensions)", found: "\(found)")
    case (0, let type, _):
      guard let typeName = elementTypes[type] else { fallthrough }
      throw .format(
        file: name, offset: 2, field: "element type", expected: "0x08 (unsigned byte)",
        found: "\(hexadecimal(type, digits: 2)) (\(typeName))")
    default:
      throw .format(file: name, offset: 0, field: "magic number", expected: "\(wanted) of an IDX file", found: written)
    }
  }

  /// What batches can index, and BLAS can multiply; an image is a row of a matrix, and has to be within as well.
  private static let possibleExtents = 1...Int(Int32.max)

  private static let elementTypes: [UInt32: String] = [
    0x09: "signed byte", 0x0B: "16-bit integer", 0x0C: "32-bit integer", 0x0D: "32-bit float", 0x0E: "64-bit float",
  ]

  private static func bigEndianWord(
    of file: inout GzipFile, name: String, field: String
  ) throws(DataError) -> UInt32 {
    let bytes = try file.readField(of: 4, named: field, expected: "4 bytes, big-endian")
    return bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension ByteMatrix {
  /// The first byte that is not below a limit, with its row.
  fileprivate func first(notBelow limit: Int) -> (row: Int, value: Int)? {
    withBytes { bytes in
      for index in 0..<rows * columns where Int(bytes[index]) >= limit { return (index / columns, Int(bytes[index])) }
      return nil
    }
  }
}

/// `0x00000803`.
private func hexadecimal(_ word: UInt32, digits: Int) -> String {
  let significant = String(word, radix: 16)
  return "0x" + String(repeating: "0", count: max(0, digits - significant.count)) + significant
}
