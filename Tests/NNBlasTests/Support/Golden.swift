import Foundation
import NNBlas
import Testing

/// What `Fixtures/generate.py` computed in NumPy.
struct Golden: Decodable {
  struct Parameters: Decodable {
    let weights: [[[Double]]]
    let biases: [[Double]]

    func network() throws -> Network<Double> {
      try Network(weights: weights.map { try Matrix($0) }, biases: biases.map { Vector($0) })
    }
  }

  /// The gradient of one example through 2-1-2.
  struct Single: Decodable {
    let initial: Parameters
    let gradient: Parameters
    let cost: Double
  }

  /// A number of training steps in file order.
  struct Run: Decodable {
    let cost: Cost
    let batch: Int
    let learningRate: Double
    let steps: Int
    let inputs: [[Double]]
    let labels: [Int]
    let initial: Parameters
    let final: Parameters
  }

  let single: [String: Single]
  let runs: [Run]

  static func load() throws -> Golden {
    let url = try #require(Bundle.module.url(forResource: "golden", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }
}

/// Compares every layer's weights and biases with golden ones, relative to the norm of each.
func expectClose(
  _ layers: [LayerParameters<Double>], _ golden: Golden.Parameters, relative tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  try #require(layers.count == golden.weights.count, sourceLocation: sourceLocation)
  for (index, layer) in layers.enumerated() {
    let pairs = [
      (layer.weights.elements, golden.weights[index].flatMap { $0 }), (layer.biases.elements, golden.biases[index]),
    ]
    for (name, (found, expected)) in zip(["weights", "biases"], pairs) {
      try #require(found.count == expected.count, sourceLocation: sourceLocation)
      let difference = norm(zip(found, expected).map { $0 - $1 }) / norm(expected)
      #expect(difference <= tolerance, "layer \(index + 1), \(name)", sourceLocation: sourceLocation)
    }
  }
}

/// ‖x‖₂ by a plain loop.
func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
