import NNBlas

/// The bits that the parameters had after a number of steps, for another run to come to.
package struct Checkpoint {
  package let steps: Int
  package let bits: UInt64

  package init(steps: Int, bits: UInt64) {
    (self.steps, self.bits) = (steps, bits)
  }

  /// Takes the same number of steps again, from the beginning, in one call and without a clock between them.
  ///
  /// - Parameters:
  ///   - trainer: One as it was before the first step.
  ///   - dataset: The examples to learn from.
  ///   - name: What was timed, for the error.
  /// - Throws: `WrongResult` where a bit differs.
  package func check<S: Scalar>(_ trainer: Trainer<S>, on dataset: Dataset, named name: String) throws {
    try trainer.train(steps: steps, on: dataset)
    guard fingerprint(of: trainer.network) == bits else {
      throw WrongResult(
        description:
          "\(name): after \(counted(steps, "step")) the parameters of the run that was timed differ from those of an "
          + "untimed one; its figures mean nothing")
    }
  }
}

/// Something that was timed and did not compute what it should.
package struct WrongResult: Error, CustomStringConvertible {
  /// What it was, and what is wrong.
  package let description: String
}

/// All bits of a network's parameters, mixed into one number: a change of any one parameter changes it.
package func fingerprint<S: Scalar>(of network: Network<S>) -> UInt64 {
  network.layers.reduce(0xcbf2_9ce4_8422_2325) { sum, layer in
    let (weights, biases) = (layer.weights, layer.biases)
    let withWeights = weights.withElements { mix(sum, UnsafeRawBufferPointer(start: $0, count: bytes(weights))) }
    return biases.withElements { mix(withWeights, UnsafeRawBufferPointer(start: $0, count: bytes(biases))) }
  }
}

private func bytes<S: Scalar>(_ elements: some Elements<S>) -> Int { elements.elementCount * MemoryLayout<S>.stride }

/// As FNV-1a, by words of four bytes, with high bits brought down: no step loses anything of what was before.
private func mix(_ start: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
  var sum = start
  for word in bytes.bindMemory(to: UInt32.self) {
    sum = (sum ^ UInt64(word)) &* 0x100_0000_01b3
    sum ^= sum >> 32
  }
  return sum
}
