import Foundation

extension SafetensorsFile {
  /// Adds an array of numbers at the end.
  ///
  /// - Parameters:
  ///   - name: A name that no other has.
  ///   - shape: Its extents, outermost first.
  ///   - elements: As many as the extents say, row after row.
  /// - Throws: `ModelFileError.field` for a name that is taken, or another number of elements.
  public mutating func add<S: Scalar>(_ name: String, shape: [Int], _ elements: Vector<S>) throws(ModelFileError) {
    guard self[name] == nil, name != SafetensorsHeader.metadataKey else {
      throw .field(file: file, field: name, found: "added", expected: "a name that no other array has")
    }
    let count = shape.reduce((1, false)) { product, extent in
      let (next, overflows) = product.0.multipliedReportingOverflow(by: extent)
      return (next, product.1 || overflows || extent < 0)
    }
    guard !count.1, count.0 == elements.count else {
      throw .field(
        file: file, field: "shape of \(name)", found: "\(shape)",
        expected: "extents for \(counted(elements.count, "element"))")
    }
    append(name, shape: shape, elements)
  }

  /// The same of a name and a shape that are known to be right.
  mutating func append<S: Scalar>(_ name: String, shape: [Int], _ elements: Vector<S>) {
    elements.withElements {
      append(
        name, Self.type(of: S.self), shape,
        UnsafeRawBufferPointer(start: $0, count: elements.count * MemoryLayout<S>.stride))
    }
  }

  /// Adds a single whole number at the end.
  mutating func append(_ name: String, _ number: Int64) {
    withUnsafeBytes(of: number.littleEndian) { append(name, .i64, [], $0) }
  }

  /// Adds an array whose bytes are written behind the header, one array after another.
  mutating func announce(_ name: String, _ type: ElementType, _ shape: [Int]) {
    let start = tensors.last?.bytes.upperBound ?? 0
    tensors.append(
      Tensor(name: name, type: type, shape: shape, bytes: start..<start + shape.reduce(type.size, *)))
  }

  private mutating func append(_ name: String, _ type: ElementType, _ shape: [Int], _ bytes: UnsafeRawBufferPointer) {
    tensors.append(Tensor(name: name, type: type, shape: shape, bytes: contents.count..<contents.count + bytes.count))
    contents.append(contentsOf: bytes)
  }

  /// The file's bytes: the same arrays and metadata are the same bytes.
  func encoded() -> Data { header() + contents }

  /// What comes before the arrays' bytes: the header, filled up with spaces so that arrays begin at multiples of 8, behind its length.
  func header() -> Data {
    func quoted(_ text: String) -> String {
      (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
    var parts: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      parts.append("\"\(SafetensorsHeader.metadataKey)\":{\(pairs.joined(separator: ","))}")
    }
    for tensor in tensors {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      parts.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(tensor.bytes.lowerBound),\(tensor.bytes.upperBound)]}")
    }
    var header = Data("{\(parts.joined(separator: ","))}".utf8)
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8))
    var data = Data()
    for byte in 0..<8 { data.append(UInt8(truncatingIfNeeded: header.count >> (8 * byte))) }
    return data + header
  }

  /// Writes the file, whole or not at all: beside its place first, then renamed.
  ///
  /// - Parameter path: The file's path.
  /// - Throws: `ModelFileError.unwritable` when the folder is missing or not writable, or the disk is full.
  public func write(to path: String) throws(ModelFileError) { try OutputFile(path).write(encoded()) }
}
