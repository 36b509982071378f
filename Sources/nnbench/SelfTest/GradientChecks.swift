import Foundation
import NNBlas

extension SelfCheck {
  static var gradientChecks: [SelfCheck] { [SelfCheck("gradients f64, central differences", checkGradients)] }

  /// Every activation with every cost, on batches and on single examples.
  @Sendable private static func checkGradients() throws -> String {
    var (worst, count) = (0.0, 0)
    for activation in Activation.allCases where activation != .softmax {
      for cost in Cost.allCases {
        let network = try Network<Double>(
          sizes: [3, 5, 4], activation: activation, cost: cost, initializer: .standardNormal, seed: 7)
        var random = Philox(seed: 4)
        let inputs = try Matrix(rows: 3, columns: 3, elements: (0..<9).map { _ in random.nextUnit() - 0.5 })
        // A distribution for each example, as softmax wants it; the others take it as well.
        let targets = try Matrix([[0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0], [0.25, 0.5, 0, 0.25]])
        let what = "\(activation), \(cost)"
        let batch = try network.backpropagate(batch: inputs, targets: targets, cost: cost).parameters.elements
        let numeric = try differences(network) {
          try $0.backpropagate(batch: inputs, targets: targets, cost: cost).cost
        }
        let error = relativeDistance(batch, numeric)
        // The mean of the examples' gradients, one by one.
        var mean = [Double](repeating: 0, count: batch.count)
        for row in 0..<3 {
          let single = try network.backpropagate(x: inputs.row(row), y: targets.row(row), cost: cost).parameters
            .elements
          for index in mean.indices { mean[index] += single[index] / 3 }
        }
        let distance = relativeDistance(mean, batch)
        guard error < 1e-8 else {
          throw Mismatch("\(what): \(significant(error)) from central differences, allowed 1e-8")
        }
        guard distance < 1e-14 else {
          throw Mismatch("\(what): single examples are \(significant(distance)) from the batch, allowed 1e-14")
        }
        worst = max(worst, error)
        count += 1
      }
    }
    return "\(significant(worst)) at most; \(count) pairs of activation and cost"
  }

  /// Of fourth order: the truncation error is of order h⁴ = 1e-12, the rounding error 1e-16 / h = 1e-13, both relative to costs
  /// of order 1.
  private static func differences(
    _ network: Network<Double>, cost: (Network<Double>) throws -> Double
  ) throws -> [Double] {
    let h = 1e-3
    return try network.parameters.elements.indices.map { index in
      func shifted(_ shift: Double) throws -> Double { try cost(network.shifted(index, by: shift)) }
      return try (8 * (shifted(h) - shifted(-h)) - (shifted(2 * h) - shifted(-2 * h))) / (12 * h)
    }
  }

  /// ‖a − b‖ / ‖a + b‖.
  private static func relativeDistance(_ a: [Double], _ b: [Double]) -> Double {
    func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return norm(zip(a, b).map { $0 - $1 }) / norm(zip(a, b).map { $0 + $1 })
  }
}

extension Network<Double> {
  /// The same network but for one of its parameters, counted as in `parameters`.
  fileprivate func shifted(_ index: Int, by shift: Double) throws -> Network {
    var place = index
    var (weights, biases) = (layers.map(\.weights), layers.map(\.biases))
    for layer in layers.indices {
      let (rows, columns) = (weights[layer].rows, weights[layer].columns)
      if place < rows * columns {
        weights[layer][place / columns, place % columns] += shift
        break
      }
      place -= rows * columns
      if place < rows {
        biases[layer][place] += shift
        break
      }
      place -= rows
    }
    return try Network(weights: weights, biases: biases, activations: activations)
  }
}
