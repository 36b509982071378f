/// A data set's examples by their addresses, as the engine reads them: valid inside `Dataset.withExamples` only.
package struct ExampleSource {
  /// Rows of numbers in the type that they came in.
  enum Rows {
    case bytes(UnsafePointer<UInt8>)
    case floats(UnsafePointer<Float>)
    case doubles(UnsafePointer<Double>)
  }

  enum Targets {
    case rows(Rows)
    case byteLabels(UnsafePointer<UInt8>)
    case labels(UnsafePointer<Int32>)
  }

  let count: Int
  let inputs: Rows
  let inputWidth: Int
  let targets: Targets
  let targetWidth: Int
  /// How much each example counts, or nil where all count alike.
  let weights: UnsafePointer<Double>?

  /// Writes the weights of some examples one after another: 1 where all count alike.
  package func gatherWeights<S: Scalar>(
    _ indices: UnsafePointer<Int32>, count: Int, into target: UnsafeMutablePointer<S>
  ) {
    guard let weights else { return S._fill(target, 1, count) }
    for row in 0..<count { target[row] = S(weights[Int(indices[row])]) }
  }

  /// Writes the inputs and targets of some examples one after another, converted to the scalar: bytes k as k / 255, labels as rows
  /// of zeros with a 1; and each example's largest magnitude of an input, where there is a place for it and inputs are no bytes.
  package func gather<S: Scalar>(
    _ indices: UnsafePointer<Int32>, count: Int, inputs x: UnsafeMutablePointer<S>, targets y: UnsafeMutablePointer<S>,
    magnitudes: UnsafeMutablePointer<S>? = nil
  ) {
    inputs.gather(indices, count: count, width: inputWidth, into: x, magnitudes: magnitudes)
    switch targets {
    case .rows(let rows): rows.gather(indices, count: count, width: targetWidth, into: y, magnitudes: nil)
    case .byteLabels(let labels):
      S._fill(y, 0, count * targetWidth)
      for row in 0..<count { y[row * targetWidth + Int(labels[Int(indices[row])])] = 1 }
    case .labels(let labels):
      S._fill(y, 0, count * targetWidth)
      for row in 0..<count { y[row * targetWidth + Int(labels[Int(indices[row])])] = 1 }
    }
  }

  /// Whether inputs are bytes, and therefore from 0 to 1.
  var hasByteInputs: Bool { if case .bytes = inputs { true } else { false } }

  /// Asks for the inputs of some examples to be brought near.
  func prefetch(_ indices: UnsafePointer<Int32>, count: Int) {
    guard case .bytes(let source) = inputs else { return }
    for row in 0..<count { Platform.prefetch(source + Int(indices[row]) * inputWidth, bytes: inputWidth) }
  }

  /// The label of an example, or nil where targets are numbers.
  func label(_ example: Int) -> Int? {
    switch targets {
    case .rows: nil
    case .byteLabels(let labels): Int(labels[example])
    case .labels(let labels): Int(labels[example])
    }
  }
}

extension ExampleSource.Rows {
  fileprivate func gather<S: Scalar>(
    _ indices: UnsafePointer<Int32>, count: Int, width: Int, into target: UnsafeMutablePointer<S>,
    magnitudes: UnsafeMutablePointer<S>?
  ) {
    @inline(__always)
    func gatherRows(_ convert: (_ row: Int, _ target: UnsafeMutablePointer<S>) -> Void) {
      for row in 0..<count {
        let target = target + row * width
        convert(Int(indices[row]), target)
        // While the row is near.
        if let magnitudes { magnitudes[row] = S._largestMagnitude(target, _BlockShape(count: width)) }
      }
    }
    switch self {
    case .bytes(let source): S._gatherBytes(target, source, width: width, indices, count)
    case .floats(let source): gatherRows { S._convert(source + $0 * width, into: $1, width) }
    case .doubles(let source): gatherRows { S._convert(source + $0 * width, into: $1, width) }
    }
  }
}

extension NativeMatrix {
  /// Its rows lie one after another without gaps, whatever matrix it was made of.
  fileprivate func withRows<R>(_ body: (ExampleSource.Rows) throws -> R) rethrows -> R {
    switch self {
    case .bytes(let matrix): try matrix.withBytes { try body(.bytes($0)) }
    case .floats(let matrix):
      try withExtendedLifetime(matrix) { try body(.floats(matrix.storage.pointer + matrix.offset)) }
    case .doubles(let matrix):
      try withExtendedLifetime(matrix) { try body(.doubles(matrix.storage.pointer + matrix.offset)) }
    }
  }
}

extension Dataset {
  /// Reads the examples in place.
  package func withExamples<R>(_ body: (ExampleSource) throws -> R) rethrows -> R {
    try inputs.withRows { inputs in
      func read(_ targets: ExampleSource.Targets) throws -> R {
        func source(_ weights: UnsafePointer<Double>?) -> ExampleSource {
          ExampleSource(
            count: count, inputs: inputs, inputWidth: inputWidth, targets: targets, targetWidth: targetWidth,
            weights: weights)
        }
        guard let weights else { return try body(source(nil)) }
        return try weights.withUnsafeBufferPointer { try body(source($0.baseAddress)) }
      }
      switch targets {
      case .numbers(let matrix): return try matrix.withRows { try read(.rows($0)) }
      case .labels(.bytes(let matrix), _): return try matrix.withBytes { try read(.byteLabels($0)) }
      case .labels(.integers(let labels), _):
        return try labels.withUnsafeBufferPointer { labels in
          // Without an example there is no address, and nothing to read.
          guard let start = labels.baseAddress else { return try read(.byteLabels(Self.nothing)) }
          return try read(.labels(start))
        }
      }
    }
  }

  private static var nothing: UnsafePointer<UInt8> { UnsafePointer(bitPattern: 64).unsafelyUnwrapped }
}
