import Foundation

/// How a network's first weights and biases are drawn.
public enum Initializer: String, CaseIterable, Codable, Sendable {
  /// Weights and biases from N(0, 1), as `network.py` draws them (Nielsen, "Neural Networks and Deep Learning", chapter 1).
  case standardNormal
  /// Weights from N(0, 1/√inputs), that is with variance 1/inputs, and biases from N(0, 1), as `network2.py` draws them
  /// (the same book, chapter 3): neurons do not start saturated.
  case scaledNormal
  /// Weights from N(0, √(2/inputs)), that is with variance 2/inputs, and biases 0: signals keep their size through layers of
  /// rectified linear units (He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015).
  case heNormal

  /// Draws the weights (outputs × inputs) and biases (outputs) of a layer from a stream of the seed.
  func draw<S: Scalar>(
    weights: UnsafeMutableBufferPointer<S>, biases: UnsafeMutableBufferPointer<S>, inputs: Int, outputs: Int,
    stream: Philox.Stream, seed: UInt64
  ) {
    var normal = NormalGenerator(Philox(seed: seed, stream: stream))
    let deviation =
      switch self {
      case .standardNormal: 1.0
      case .scaledNormal: 1 / Double(inputs).squareRoot()
      case .heNormal: (2 / Double(inputs)).squareRoot()
      }
    for i in weights.indices { weights[i] = S(deviation * normal.next()) }
    for i in biases.indices { biases[i] = self == .heNormal ? 0 : S(normal.next()) }
  }
}

/// Numbers from N(0, 1) by the transform of Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
struct NormalGenerator {
  private var source: Philox
  private var spare: Double?

  init(_ source: Philox) {
    self.source = source
  }

  mutating func next() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    // 1 − u lies in (0, 1], where the logarithm is finite.
    let radius = (-2 * log(1 - source.nextUnit())).squareRoot()
    let angle = 2 * Double.pi * source.nextUnit()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}
