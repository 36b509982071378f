import Foundation

/// What makes probabilities of answers that are logits.
package enum Link: Sendable {
  /// 1 / (1 + e⁻ᶻ) of each number.
  case logistic
  /// eᶻ / Σ eᶻ of all numbers.
  case softmax

  /// - Parameter answer: The logits of an example.
  /// - Returns: As many probabilities.
  package func probabilities<S: Scalar>(of answer: UnsafeBufferPointer<S>) -> [Double] {
    switch self {
    case .logistic: return answer.map { 1 / (1 + exp(-Double($0))) }
    case .softmax:
      let largest = Double(answer.max() ?? 0)
      let powers = answer.map { exp(Double($0) - largest) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }
}

extension Cost {
  /// What makes probabilities of answers that end in an activation, or nil where they are such, or the cost knows of none.
  package func link(after activation: Activation) -> Link? {
    switch (self, activation) {
    case (.crossEntropy, .identity): .logistic
    case (.softmaxCrossEntropy, .identity), (.smoothedSoftmaxCrossEntropy, .identity): .softmax
    default: nil
    }
  }
}
