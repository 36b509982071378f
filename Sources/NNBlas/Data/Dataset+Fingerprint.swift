extension Dataset {
  /// What tells one data set from another: how many examples of which shape, and a checksum of all their numbers.
  public struct Fingerprint: Sendable, Hashable, Codable {
    /// The number of examples.
    public let examples: Int
    /// The numbers of an input.
    public let inputs: Int
    /// The numbers of a target, or the number of classes.
    public let targets: Int
    /// CRC-32 of inputs, targets or labels, and weights, in the types they came in.
    public let checksum: UInt32
  }

  /// The data set's fingerprint; it reads all of it.
  public var fingerprint: Fingerprint {
    var sum = CRC32()
    func add(_ matrix: NativeMatrix) {
      matrix.withMemory { sum.add(UnsafeRawBufferPointer(start: $0, count: matrix.rows * matrix.bytesPerRow)) }
    }
    func add<Element>(_ elements: ArraySlice<Element>) { elements.withUnsafeBytes { sum.add($0) } }
    add(inputs)
    switch targets {
    case .numbers(let matrix): add(matrix)
    case .labels(.bytes(let matrix), _): add(.bytes(matrix))
    case .labels(.integers(let labels), _): add(labels)
    }
    if let weights { add(weights) }
    return Fingerprint(examples: count, inputs: inputWidth, targets: targetWidth, checksum: sum.value)
  }
}

extension Dataset.Fingerprint: CustomStringConvertible {
  /// `50000 examples of 784 → 10, checksum 1c291ca3`.
  public var description: String {
    "\(counted(examples, "example")) of \(inputs) → \(targets), checksum \(hexadecimal(checksum))"
  }
}

/// Eight digits.
private func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
