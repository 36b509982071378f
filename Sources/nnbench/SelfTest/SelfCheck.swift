/// One line of the self-test: something that is computed twice, in two ways.
package struct SelfCheck: Sendable {
  /// `gemm f64, exact`.
  package let name: String
  private let body: @Sendable () throws -> String

  /// The body returns what was checked, in words, or throws what is wrong.
  init(_ name: String, _ body: @escaping @Sendable () throws -> String) {
    (self.name, self.body) = (name, body)
  }

  package func outcome() -> Outcome {
    let clock = ContinuousClock()
    let start = clock.now
    let (hasPassed, detail): (Bool, String)
    do {
      (hasPassed, detail) = (true, try body())
    } catch {
      (hasPassed, detail) = (false, "\(error)")
    }
    return Outcome(name: name, passed: hasPassed, detail: detail, seconds: (clock.now - start) / .seconds(1))
  }

  /// How a check ended: one entry of `results` in the JSON document.
  package struct Outcome: Encodable {
    package let name: String
    package let passed: Bool
    /// What was checked, or what is wrong.
    package let detail: String
    package let seconds: Double
  }
}

/// ‖a‖₂, of numbers that are far from what overflows.
func norm(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

/// Two computations of the same that differ.
struct Mismatch: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension SelfCheck {
  /// All of them, in the order in which one builds on another: products, then loops, then gradients, then layers, then training; products and
  /// training on so many threads at most.
  package static func all(threads: Int) -> [SelfCheck] {
    productChecks(threads: threads) + vectorChecks + kernelChecks + gradientChecks + layerChecks
      + trainingChecks(threads: threads)
  }
}
