import Foundation

/// Named arrays of numbers in the safetensors format: eight bytes with the length of a header, the header, which is JSON, and the arrays'
/// bytes one after another.
///
/// Source: the format's description in huggingface/safetensors.
public struct SafetensorsFile: Sendable {
  /// An array, by where its bytes are.
  public struct Tensor: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// The type of its elements.
    public let type: ElementType
    /// Its extents, outermost first; none for a single number.
    public let shape: [Int]
    let bytes: Range<Int>

    /// The number of elements.
    public var count: Int { bytes.count / type.size }
  }

  /// The types of elements that the format knows.
  public enum ElementType: String, Sendable, CaseIterable, Codable {
    /// IEEE 754 numbers.
    case f64 = "F64"
    case f32 = "F32"
    case f16 = "F16"
    /// The upper half of an `f32`.
    case bf16 = "BF16"
    /// Integers.
    case i64 = "I64"
    case i32 = "I32"
    case i16 = "I16"
    case i8 = "I8"
    case u64 = "U64"
    case u32 = "U32"
    case u16 = "U16"
    case u8 = "U8"
    /// One byte each.
    case bool = "BOOL"
    case f8e4m3 = "F8_E4M3"
    case f8e5m2 = "F8_E5M2"

    /// The bytes of an element.
    var size: Int {
      switch self {
      case .f64, .i64, .u64: 8
      case .f32, .i32, .u32: 4
      case .f16, .bf16, .i16, .u16: 2
      case .i8, .u8, .bool, .f8e4m3, .f8e5m2: 1
      }
    }
  }

  /// The arrays in the order of their bytes.
  public internal(set) var tensors: [Tensor] = []
  /// What is said about them.
  public var metadata: [String: String]
  /// The arrays' bytes.
  var contents = Data()
  /// The file that they come from, for errors.
  let file: String

  /// A file without arrays, to be written.
  public init(metadata: [String: String] = [:]) {
    (self.metadata, file) = (metadata, "safetensors")
  }

  /// The array of a name.
  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }

  // MARK: Reading

  /// The most bytes of a header, as the format says.
  static let longestHeader = 100_000_000

  /// Reads a file, and checks that its arrays fill it, one after another without gaps.
  ///
  /// - Parameter path: The file's path.
  /// - Throws: `ModelFileError` that names the file, the array, what was found and what was expected.
  public init(contentsOf path: String) throws(ModelFileError) {
    try self.init(ModelFile.bytes(of: path), named: (path as NSString).lastPathComponent)
  }

  /// The same of a file's bytes.
  init(_ data: Data, named name: String) throws(ModelFileError) {
    file = name
    guard data.count >= 8 else {
      throw .field(
        file: file, field: "the file", found: counted(data.count, "byte"), expected: "at least 8, a header's length")
    }
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= min(Self.longestHeader, data.count - 8) else {
      throw .field(
        file: file, field: "the header's length", found: "\(length)",
        expected:
          "at most \(min(Self.longestHeader, data.count - 8)) of \(counted(data.count, "byte")); is it a safetensors file?"
      )
    }
    let end = data.startIndex + 8 + Int(length)
    let header: SafetensorsHeader
    do {
      header = try JSONDecoder().decode(SafetensorsHeader.self, from: data[data.startIndex + 8..<end])
    } catch let error as DecodingError {
      throw ModelFile.malformed(error, file: file, expected: "a header of arrays with dtype, shape and data_offsets")
    } catch {
      throw .malformed(file: file, place: "", reason: "\(error)")
    }
    metadata = header.metadata
    contents = Data(data[end...])
    tensors = try Self.tensors(of: header, bytes: contents.count, file: file)
  }

  /// The header's arrays in the order of their bytes.
  private static func tensors(of header: SafetensorsHeader, bytes: Int, file: String) throws(ModelFileError) -> [Tensor]
  {
    var tensors: [Tensor] = []
    for (name, entry) in header.entries {
      func wrong(_ field: String, _ found: String, _ expected: String) -> ModelFileError {
        .field(file: file, field: "\(field) of \(name)", found: found, expected: expected)
      }
      guard let type = ElementType(rawValue: entry.dtype) else {
        throw wrong("dtype", "\"\(entry.dtype)\"", ElementType.allCases.map(\.rawValue).joined(separator: ", "))
      }
      guard entry.offsets.count == 2, entry.offsets[0] >= 0, entry.offsets[0] <= entry.offsets[1],
        entry.offsets[1] <= bytes
      else { throw wrong("data_offsets", "\(entry.offsets)", "two numbers from 0 to \(bytes), in order") }
      var size = type.size
      for extent in entry.shape {
        let (product, overflows) = size.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflows else { throw wrong("shape", "\(entry.shape)", "extents that memory can hold") }
        size = product
      }
      let range = entry.offsets[0]..<entry.offsets[1]
      guard size == range.count else {
        throw wrong("data_offsets", "\(range.count) bytes", "\(size) for \(entry.shape) of \(type.rawValue)")
      }
      tensors.append(Tensor(name: name, type: type, shape: entry.shape, bytes: range))
    }
    // Of arrays without elements, which begin where others do, the first come first.
    tensors.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name) < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
    }
    var end = 0
    for tensor in tensors {
      guard tensor.bytes.lowerBound == end else {
        throw .field(
          file: file, field: "data_offsets of \(tensor.name)", found: "begin at \(tensor.bytes.lowerBound)",
          expected: "\(end), where the array before it ends")
      }
      end = tensor.bytes.upperBound
    }
    guard end == bytes else {
      throw .field(
        file: file, field: "the file", found: "\(bytes) bytes of arrays", expected: "\(end), where the last array ends")
    }
    return tensors
  }

  /// An array's numbers.
  ///
  /// - Parameters:
  ///   - tensor: One of this file's.
  ///   - scalar: `Float.self` for F32, `Double.self` for F64.
  /// - Returns: Its elements, row after row.
  /// - Throws: `ModelFileError.field` where it is of another type; `ModelFileError.shape` where the numbers do not fit memory.
  public func numbers<S: Scalar>(of tensor: Tensor, as scalar: S.Type) throws(ModelFileError) -> Vector<S> {
    let expected = Self.type(of: S.self)
    guard tensor.type == expected else {
      throw .field(
        file: file, field: "dtype of \(tensor.name)", found: tensor.type.rawValue,
        expected: "\(expected.rawValue); read it as \(tensor.type == .f64 ? "Double" : "Float"), then convert it")
    }
    do throws(ShapeError) {
      try ShapeRules.checkAllocation(
        .vector(tensor.count), bytesPerElement: MemoryLayout<S>.stride, named: tensor.name, in: "safetensors")
    } catch { throw .shape(file: file, error) }
    var vector = Vector<S>(uninitialized: tensor.count)
    let (start, size) = (contents.startIndex + tensor.bytes.lowerBound, tensor.bytes.count)
    // The format's numbers are little-endian, as those of all processors that this runs on.
    vector.withMutableElements { target in
      _ = contents.copyBytes(
        to: UnsafeMutableRawBufferPointer(start: target, count: size), from: start..<start + size)
    }
    return vector
  }

  static func type<S: Scalar>(of _: S.Type) -> ElementType { S.precision == .f32 ? .f32 : .f64 }
}

/// The JSON of a header.
struct SafetensorsHeader: Decodable {
  static let metadataKey = "__metadata__"

  struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  let entries: [String: Entry]
  let metadata: [String: String]

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    var (entries, metadata) = ([String: Entry](), [String: String]())
    for key in container.allKeys {
      if key.stringValue == Self.metadataKey {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
    (self.entries, self.metadata) = (entries, metadata)
  }
}
