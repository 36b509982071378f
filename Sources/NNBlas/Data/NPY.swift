import Foundation

/// An array in NumPy's own file format, as `np.save` writes it: versions 1.0, 2.0 and 3.0, gzip-compressed or not.
///
/// A header is never trusted: the bytes that are really there decide how much memory is used, and the two must agree to the
/// byte.
///
/// ```swift
/// let x = try NPY(contentsOf: "x.npy")        // 60000×28×28 of uint8
/// let y = try NPY(contentsOf: "y.npy")        // 60000 of int64
/// let scaled = try Dataset(inputs: x.bytes(), labels: y.labels(), classes: 10)                 // byte / 255, 47 MB
/// let values = try Dataset(inputs: x.matrix(as: Float.self), labels: y.labels(), classes: 10)  // 0 to 255, 188 MB
/// ```
///
/// Source: NumPy Enhancement Proposal 1, and `numpy.lib.format`.
public struct NPY: Sendable {
  /// The number type of an array's elements.
  public enum ElementType: String, CaseIterable, Sendable {
    /// NumPy's type of the same name.
    case bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64

    /// The bytes of an element.
    public var size: Int {
      switch self {
      case .bool, .int8, .uint8: 1
      case .int16, .uint16: 2
      case .int32, .uint32, .float32: 4
      case .int64, .uint64, .float64: 8
      }
    }
  }

  /// The file's name, for messages.
  public let name: String
  /// The extents, outermost first; none where the array is a single number.
  public let shape: [Int]
  /// The number type of the elements.
  public let elementType: ElementType
  /// The elements in the machine's byte order, the last index fastest.
  let storage: ByteStorage
  let count: Int

  /// Reads a file.
  ///
  /// - Parameter path: The file's path.
  /// - Throws: `DataError` that names the file, the offset, what was expected and what was found.
  public init(contentsOf path: String) throws(DataError) {
    var file = try GzipFile(path: path)
    let header = try NPYHeader(from: &file)
    (name, shape, elementType) = (file.name, header.shape, header.elementType)
    var bytes = elementType.size
    for extent in shape {
      let (product, overflows) = bytes.multipliedReportingOverflow(by: extent)
      // Without an element, other extents may be anything.
      guard !overflows || shape.contains(0), extent <= Int32.max else {
        throw .format(
          file: name, offset: header.shapeOffset, field: "shape",
          expected: "extents of at most \(Int32.max), in memory",
          found: Self.describe(shape))
      }
      bytes = shape.contains(0) ? 0 : product
    }
    count = bytes / elementType.size
    let start = file.offset
    // No file has as many bytes as an integer can count.
    guard bytes <= Int.max - start else {
      throw .format(
        file: name, offset: header.shapeOffset, field: "shape", expected: "an array that fits into memory",
        found: Self.describe(shape))
    }
    let extents = shape.isEmpty ? "1" : shape.map(String.init).joined(separator: "×")
    storage = try file.readBody(
      of: bytes, after: start, composition: "\(start)-byte header + \(extents) of \(elementType)")
    if header.isSwapped { swapBytes() }
  }

  /// `(3, 4)`, as Python writes a tuple.
  static func describe(_ shape: [Int]) -> String {
    "(" + shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
  }

  private func swapBytes() {
    switch elementType.size {
    case 2: swap(UInt16.self)
    case 4: swap(UInt32.self)
    case 8: swap(UInt64.self)
    default: break
    }
  }

  @inline(__always)
  private func swap<Word: FixedWidthInteger>(_ type: Word.Type) {
    withExtendedLifetime(storage) {
      let words = UnsafeMutableRawPointer(storage.pointer).assumingMemoryBound(to: Word.self)
      for index in 0..<count { words[index] = words[index].byteSwapped }
    }
  }
}
