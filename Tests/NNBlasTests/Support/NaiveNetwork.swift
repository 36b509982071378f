import Foundation
import NNBlas

/// The forward pass and the cost written out in loops: the oracle of the gradients.
struct NaiveNetwork {
  let sizes: [Int]
  let activations: [Activation]
  /// In the order of `Network.parameters`.
  var parameters: [Double]

  init(_ network: Network<Double>) {
    (sizes, activations, parameters) = (network.sizes, network.activations, network.parameters.elements)
  }

  func answer(_ x: [Double]) -> [Double] {
    let last = activations[activations.count - 1]
    return (weightedInputs(x).last ?? []).map { last.value($0) }
  }

  /// z of every layer.
  func weightedInputs(_ x: [Double]) -> [[Double]] {
    var (a, start) = (x, 0)
    return activations.enumerated().map { layer, activation in
      let (inputs, outputs) = (sizes[layer], sizes[layer + 1])
      let biases = start + inputs * outputs
      let z = (0..<outputs).map { neuron in
        (0..<inputs).reduce(parameters[biases + neuron]) {
          $0 + parameters[start + neuron * inputs + $1] * a[$1]
        }
      }
      a = z.map { activation.value($0) }
      start = biases + outputs
      return z
    }
  }

  func cost(_ cost: Cost, inputs: [[Double]], targets: [[Double]]) -> Double {
    var sum = 0.0
    for (x, y) in zip(inputs, targets) {
      let answer = answer(x)
      let (total, share) = (answer.reduce(0) { $0 + exp($1) }, 1 / Double(answer.count))
      for (a, y) in zip(answer, y) {
        switch cost {
        case .quadratic: sum += (a - y) * (a - y) / 2
        case .crossEntropy: sum -= y * log(a) + (1 - y) * log(1 - a)
        case .softmaxCrossEntropy: sum -= y * log(exp(a) / total)
        case .smoothedSoftmaxCrossEntropy(let smoothing):
          sum -= ((1 - smoothing) * y + smoothing * share) * log(exp(a) / total)
        case .meanSquaredError: sum += (a - y) * (a - y) * share
        case .meanAbsoluteError: sum += abs(a - y) * share
        case .huber(let threshold):
          let distance = abs(a - y)
          sum += share * (distance <= threshold ? distance * distance / 2 : threshold * (distance - threshold / 2))
        case .custom: fatalError("no oracle")
        }
      }
    }
    return sum / Double(inputs.count)
  }

  /// The gradient by central differences of fourth order.
  ///
  /// The truncation error is of order h⁴ = 1e-12 and the rounding error of order 1e-16 / h = 1e-13, both relative to costs
  /// of order 1: the sum stays below 1e-8 of a gradient with a norm of order 1e-3 and more.
  func gradient(of cost: Cost, inputs: [[Double]], targets: [[Double]]) -> [Double] {
    let h = 1e-3
    func shiftedCost(_ index: Int, _ shift: Double) -> Double {
      var shifted = self
      shifted.parameters[index] += shift
      return shifted.cost(cost, inputs: inputs, targets: targets)
    }
    return parameters.indices.map { index in
      (8 * (shiftedCost(index, h) - shiftedCost(index, -h))
        - (shiftedCost(index, 2 * h) - shiftedCost(index, -2 * h))) / (12 * h)
    }
  }
}

extension Activation {
  /// Those that are functions of one number.
  static let ofOneNumber = allCases.filter { $0 != .softmax }

  /// The definition.
  func value(_ z: Double) -> Double {
    switch self {
    case .identity: z
    case .sigmoid: 1 / (1 + exp(-z))
    case .relu: max(z, 0)
    case .tanh: Foundation.tanh(z)
    case .leakyReLU(let slope): z > 0 ? z : slope * z
    case .elu(let alpha): z > 0 ? z : alpha * (exp(z) - 1)
    case .gelu: z * (1 + erf(z / 2.0.squareRoot())) / 2
    case .silu: z / (1 + exp(-z))
    case .softplus: log(1 + exp(z))
    case .softmax, .custom: fatalError("no function of one number")
    }
  }
}
