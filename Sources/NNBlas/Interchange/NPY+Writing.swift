import Foundation

extension NPY {
  /// Writes a matrix as `np.save` would: version 1.0, `float32` or `float64`, byte for byte.
  ///
  /// A file that is there is replaced whole or not at all.
  ///
  /// - Parameters:
  ///   - matrix: The matrix, such as predictions (examples × outputs).
  ///   - path: Where to write it.
  /// - Throws: `DataError.unwritable` with the system's reason, `DataError.memory` when the file's bytes do not fit.
  public static func write<S: Scalar>(_ matrix: Matrix<S>, to path: String) throws(DataError) {
    try write(matrix.flattened, shape: [matrix.rows, matrix.columns], to: path)
  }

  /// Writes a vector as an array of one dimension.
  ///
  /// - Parameters:
  ///   - vector: The vector.
  ///   - path: Where to write it.
  /// - Throws: What `write(_:to:)` of a matrix throws.
  public static func write<S: Scalar>(_ vector: Vector<S>, to path: String) throws(DataError) {
    try write(vector, shape: [vector.count], to: path)
  }

  /// Writes labels as an array of `int64`.
  ///
  /// - Parameters:
  ///   - labels: The labels, such as predicted classes.
  ///   - path: Where to write them.
  /// - Throws: What `write(_:to:)` of a matrix throws.
  public static func write(_ labels: [Int], to path: String) throws(DataError) {
    let integers = labels.map { Int64($0) }
    var failure: DataError?
    integers.withUnsafeBytes { bytes in
      do throws(DataError) { try write(bytes, type: "i8", shape: [labels.count], to: path) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private static func write<S: Scalar>(_ elements: Vector<S>, shape: [Int], to path: String) throws(DataError) {
    var failure: DataError?
    elements.withElements { source in
      let bytes = UnsafeRawBufferPointer(start: source, count: elements.count * MemoryLayout<S>.stride)
      do throws(DataError) {
        try write(bytes, type: S.precision == .f32 ? "f4" : "f8", shape: shape, to: path)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private static func write(
    _ elements: UnsafeRawBufferPointer, type: String, shape: [Int], to path: String
  ) throws(DataError) {
    let size = elements.count + 256
    if let limit = MemoryLimit.refusing(Double(size)) {
      throw .memory(operation: path, neededBytes: Double(size), limit: limit)
    }
    do throws(ModelFileError) {
      let file = try OutputFile(path)
      var data = Data(capacity: size)
      data.append(contentsOf: header(type: type, shape: shape))
      data.append(contentsOf: elements)
      try file.write(data)
    } catch {
      if case .unwritable(let file, let reason) = error { throw .unwritable(file: file, reason: reason) }
      throw .unwritable(file: path, reason: error.description)
    }
  }

  /// Magic string, version 1.0, length, and the dictionary, padded so that elements start at a multiple of 64.
  private static func header(type: String, shape: [Int]) -> [UInt8] {
    #if _endian(little)
      let order = "<"
    #else
      let order = ">"
    #endif
    let text = "{'descr': '\(order)\(type)', 'fortran_order': False, 'shape': \(describe(shape)), }"
    let prefix = 10
    // NumPy leaves room for the first extent to grow in place, to 21 digits.
    let room = shape.first.map { 21 - String($0).count } ?? 0
    let used = prefix + text.utf8.count + room + 1
    // A whole line where none were needed, as NumPy does.
    let padding = room + 64 - used % 64
    let length = UInt16(text.utf8.count + padding + 1)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
      + [UInt8](repeating: 0x20, count: padding) + [0x0A]
  }
}
