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
        let error = try network.gradientCheck(batch: inputs, targets: targets, cost: cost).distance
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

  /// ‖a − b‖ / ‖a + b‖.
  private static func relativeDistance(_ a: [Double], _ b: [Double]) -> Double {
    norm(zip(a, b).map { $0 - $1 }) / norm(zip(a, b).map { $0 + $1 })
  }
}
