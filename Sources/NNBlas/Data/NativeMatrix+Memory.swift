extension NativeMatrix {
  /// The bytes of one row; rows lie one after another.
  var bytesPerRow: Int {
    switch self {
    case .bytes: columns
    case .floats: columns * MemoryLayout<Float>.stride
    case .doubles: columns * MemoryLayout<Double>.stride
    }
  }

  /// Reads the elements in place, whatever their type.
  func withMemory<R>(_ body: (UnsafeRawPointer) -> R) -> R {
    switch self {
    case .bytes(let matrix): matrix.withBytes { body(UnsafeRawPointer($0)) }
    case .floats(let matrix): matrix.withElements { body(UnsafeRawPointer($0)) }
    case .doubles(let matrix): matrix.withElements { body(UnsafeRawPointer($0)) }
    }
  }

  /// A matrix of the same number type, whose memory `fill` sets to the last byte.
  ///
  /// - Throws: `DataError.count` for more than `Int32.max` rows, `DataError.memory` when it does not fit.
  func sameType(
    rows: Int, columns: Int, in operation: String, _ fill: (UnsafeMutableRawPointer) -> Void
  ) throws(DataError) -> NativeMatrix {
    try Dataset.checkCount(rows, in: operation)
    switch self {
    case .bytes:
      try Self.checkMemory(rows: rows, columns: columns, bytesPerElement: 1, in: operation)
      let storage = ByteStorage()
      let appended = storage.append(upTo: rows * columns) { buffer in
        if let start = buffer.baseAddress { fill(start) }
        return rows * columns
      }
      guard appended != nil else {
        throw .memory(operation: operation, neededBytes: Double(rows) * Double(columns), limit: .process)
      }
      return .bytes(ByteMatrix(storage: storage, rows: rows, columns: columns))
    case .floats: return .floats(try Self.filled(rows: rows, columns: columns, in: operation, fill))
    case .doubles: return .doubles(try Self.filled(rows: rows, columns: columns, in: operation, fill))
    }
  }

  /// A matrix whose elements `fill` sets, after a look whether memory can hold them.
  static func filled<S: Scalar>(
    rows: Int, columns: Int, in operation: String, _ fill: (UnsafeMutableRawPointer) -> Void
  ) throws(DataError) -> Matrix<S> {
    try checkMemory(rows: rows, columns: columns, bytesPerElement: MemoryLayout<S>.stride, in: operation)
    let matrix = Matrix<S>(uninitializedRows: rows, columns: columns)
    fill(UnsafeMutableRawPointer(matrix.storage.pointer))
    return matrix
  }

  private static func checkMemory(
    rows: Int, columns: Int, bytesPerElement: Int, in operation: String
  ) throws(DataError) {
    let needed = Double(rows) * Double(columns) * Double(bytesPerElement)
    if let limit = MemoryLimit.refusing(needed) {
      throw .memory(operation: operation, neededBytes: needed, limit: limit)
    }
  }

  /// Some of the rows, one after another; the indices have been checked.
  func selecting(_ rows: [Int32], in operation: String) throws(DataError) -> NativeMatrix {
    try sameType(rows: rows.count, columns: columns, in: operation) { target in
      withMemory { source in
        let size = bytesPerRow
        for (place, row) in rows.enumerated() {
          (target + place * size).copyMemory(from: source + Int(row) * size, byteCount: size)
        }
      }
    }
  }
}
