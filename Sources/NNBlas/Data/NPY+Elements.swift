extension NPY {
  /// The numbers as they are, a row for each index of the first dimension: an array of n × a × b becomes n × (a · b), one of n a
  /// column. Bytes become 0 to 255 and are not scaled; false is 0, true 1. Integers beyond 2⁵³ are rounded.
  ///
  /// - Parameter type: The precision.
  /// - Returns: The matrix.
  /// - Throws: `DataError.argument` for a single number without a dimension, or rows longer than `Int32.max`,
  ///   `DataError.memory` when the matrix does not fit.
  public func matrix<S: Scalar>(as type: S.Type = S.self) throws(DataError) -> Matrix<S> {
    let (rows, columns) = try extents()
    return try NativeMatrix.filled(rows: rows, columns: columns, in: name) { target in
      write(to: target.assumingMemoryBound(to: S.self))
    }
  }

  /// The bytes of an array of uint8 without a copy, in the rows and columns of `matrix(as:)`. As everywhere in a `Dataset`, byte k
  /// stands for the number k / 255: for the numbers 0 to 255 themselves, use `matrix(as:)`.
  ///
  /// - Returns: The bytes.
  /// - Throws: `DataError.argument` for another element type, and what `matrix(as:)` throws.
  public func bytes() throws(DataError) -> ByteMatrix {
    guard elementType == .uint8 else {
      throw .argument(
        operation: name, name: "the element type", found: elementType.rawValue,
        expected: "uint8, whose byte k stands for k / 255; use matrix(as:) for numbers as they are")
    }
    let (rows, columns) = try extents()
    return ByteMatrix(storage: storage, rows: rows, columns: columns)
  }

  /// The labels in an array of integers or booleans, of one dimension or in one column.
  ///
  /// - Returns: The labels.
  /// - Throws: `DataError.argument` for another element type, more dimensions, or a label beyond `Int.max`.
  public func labels() throws(DataError) -> [Int] {
    guard shape.count == 1 || shape.count == 2 && shape[1] == 1 else {
      throw .argument(
        operation: name, name: "the shape of labels", found: Self.describe(shape),
        expected: "one dimension; for rows of zeros with a 1, save array.argmax(axis=1)")
    }
    return switch elementType {
    case .bool, .uint8: try integers(UInt8.self).map { elementType == .bool ? min($0, 1) : $0 }
    case .int8: try integers(Int8.self)
    case .int16: try integers(Int16.self)
    case .int32: try integers(Int32.self)
    case .int64: try integers(Int64.self)
    case .uint16: try integers(UInt16.self)
    case .uint32: try integers(UInt32.self)
    case .uint64: try integers(UInt64.self)
    case .float32, .float64:
      throw .argument(
        operation: name, name: "the element type of labels", found: elementType.rawValue,
        expected: "integers or bool; save array.astype(np.int64)")
    }
  }

  private func extents() throws(DataError) -> (rows: Int, columns: Int) {
    guard let rows = shape.first else {
      throw .argument(
        operation: name, name: "the shape", found: "()", expected: "at least one dimension; save array.reshape(1, 1)")
    }
    // No overflow: with an element, the product is that of all of them at most.
    let columns = shape.contains(0) ? emptyWidth : count / rows
    guard columns <= Int(Int32.max) else {
      throw .argument(
        operation: name, name: "the shape", found: Self.describe(shape),
        expected: "rows of at most \(Int32.max) numbers")
    }
    return (rows, columns)
  }

  /// The length of rows where there is no element: 0, but where there is no row to have a length. It may be beyond what a matrix has.
  private var emptyWidth: Int {
    shape.dropFirst().reduce(1) { product, extent in
      let (next, overflows) = product.multipliedReportingOverflow(by: extent)
      return overflows ? .max : next
    }
  }

  @inline(__always)
  private func integers<T: FixedWidthInteger>(_ type: T.Type) throws(DataError) -> [Int] {
    var labels: [Int] = []
    labels.reserveCapacity(count)
    withElements(T.self) { elements in
      for row in 0..<count {
        guard let label = Int(exactly: elements[row]) else { break }
        labels.append(label)
      }
    }
    guard labels.count == count else {
      throw .argument(
        operation: name, name: "the label in row \(labels.count)", found: "beyond \(Int.max)",
        expected: "the index of a class")
    }
    return labels
  }

  private func withElements<T, R>(_ type: T.Type, _ body: (UnsafePointer<T>) -> R) -> R {
    // The bytes come from malloc, and are aligned for any type.
    withExtendedLifetime(storage) {
      body(UnsafePointer(UnsafeRawPointer(storage.pointer).assumingMemoryBound(to: T.self)))
    }
  }

  /// Writes all numbers, converted: each case with a concrete type, so that the loop is compiled for it.
  private func write<S: Scalar>(to target: UnsafeMutablePointer<S>) {
    switch elementType {
    case .float32: withElements(Float.self) { S._convert($0, into: target, count) }
    case .float64: withElements(Double.self) { S._convert($0, into: target, count) }
    case .bool: write(to: target) { (source: UnsafePointer<UInt8>, i) in source[i] == 0 ? 0 : 1 }
    case .uint8: write(to: target) { (source: UnsafePointer<UInt8>, i) in Double(source[i]) }
    case .int8: write(to: target) { (source: UnsafePointer<Int8>, i) in Double(source[i]) }
    case .int16: write(to: target) { (source: UnsafePointer<Int16>, i) in Double(source[i]) }
    case .int32: write(to: target) { (source: UnsafePointer<Int32>, i) in Double(source[i]) }
    case .int64: write(to: target) { (source: UnsafePointer<Int64>, i) in Double(source[i]) }
    case .uint16: write(to: target) { (source: UnsafePointer<UInt16>, i) in Double(source[i]) }
    case .uint32: write(to: target) { (source: UnsafePointer<UInt32>, i) in Double(source[i]) }
    case .uint64: write(to: target) { (source: UnsafePointer<UInt64>, i) in Double(source[i]) }
    }
  }

  @inline(__always)
  private func write<T, S: Scalar>(
    to target: UnsafeMutablePointer<S>, _ element: (UnsafePointer<T>, Int) -> Double
  ) {
    withElements(T.self) { source in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 1_024) { buffer in
        guard let block = buffer.baseAddress else { return }
        for start in stride(from: 0, to: count, by: 1_024) {
          let size = min(1_024, count - start)
          for index in 0..<size { block[index] = element(source, start + index) }
          S._convert(block, into: target + start, size)
        }
      }
    }
  }
}
