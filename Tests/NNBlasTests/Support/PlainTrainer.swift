import Foundation
import NNBlas

/// The training step written out in Double, layer by layer and element by element: the oracle of the engine.
///
/// It shares nothing with the engine but the products, which have tests of their own on exact numbers.
struct PlainTrainer {
  private(set) var weights: [Matrix<Double>]
  private(set) var biases: [[Double]]
  let activations: [Activation]
  let cost: Cost
  let optimizer: Optimizer
  private var updates = 0
  /// The optimizer's m and v, for weights and biases of each layer.
  private var moments: [[(m: [Double], v: [Double])]]

  init<S: Scalar>(_ network: Network<S>, cost: Cost, optimizer: Optimizer) throws {
    weights = try network.layers.map { layer in
      try Matrix(
        rows: layer.weights.rows, columns: layer.weights.columns, elements: layer.weights.elements.map { Double($0) })
    }
    biases = network.layers.map { $0.biases.elements.map { Double($0) } }
    (activations, self.cost, self.optimizer) = (network.activations, cost, optimizer)
    moments = network.layers.map { layer in
      [layer.weights.elements.count, layer.biases.count].map {
        ([Double](repeating: 0, count: $0), [Double](repeating: 0, count: $0))
      }
    }
  }

  /// One step on a batch whose examples are rows; returns the mean cost before it.
  mutating func step(_ inputs: Matrix<Double>, _ targets: Matrix<Double>) throws -> Double {
    let (rows, last) = (inputs.rows, weights.count - 1)
    var (a, z) = ([inputs], [Matrix<Double>]())
    for layer in weights.indices {
      var product = try Matrix<Double>(rows: rows, columns: weights[layer].rows)
      try BLAS.gemm(a[layer], weights[layer].transposed, into: &product)
      for i in 0..<rows { for j in biases[layer].indices { product[i, j] += biases[layer][j] } }
      z.append(product)
      for i in 0..<rows {
        for j in biases[layer].indices { product[i, j] = activations[layer].value(product[i, j]) }
      }
      a.append(product)
    }
    var errors = a[last + 1]
    var sum = 0.0
    for i in 0..<rows {
      let largest = (0..<errors.columns).map { z[last][i, $0] }.max() ?? 0
      let total = (0..<errors.columns).reduce(0) { $0 + exp(z[last][i, $1] - largest) }
      for j in 0..<errors.columns {
        let (answer, input, target) = (a[last + 1][i, j], z[last][i, j], targets[i, j])
        switch cost {
        case .quadratic:
          sum += (answer - target) * (answer - target) / 2
          errors[i, j] = (answer - target) * activations[last].derivative(input)
        case .crossEntropy:
          sum += max(input, 0) - input * target + log1p(exp(-abs(input)))
          errors[i, j] = answer - target
        case .softmaxCrossEntropy:
          sum -= target * (input - largest - log(total))
          errors[i, j] = exp(input - largest) / total - target
        default:
          // The derivative by the answer is that of the definition.
          let (value, slope) = cost.value(answer, target, share: 1 / Double(errors.columns))
          sum += value
          errors[i, j] = slope * activations[last].derivative(input)
        }
      }
    }
    updates += 1
    for layer in weights.indices.reversed() {
      var gradient = try Matrix<Double>(rows: weights[layer].rows, columns: weights[layer].columns)
      try BLAS.gemm(alpha: 1 / Double(rows), errors.transposed, a[layer], into: &gradient)
      let biasGradient = (0..<errors.columns).map { j in
        (0..<rows).reduce(0) { $0 + errors[$1, j] } / Double(rows)
      }
      if layer > 0 {
        var below = try Matrix<Double>(rows: rows, columns: weights[layer].columns)
        try BLAS.gemm(errors, weights[layer], into: &below)
        for i in 0..<rows {
          for j in 0..<below.columns { below[i, j] *= activations[layer - 1].derivative(z[layer - 1][i, j]) }
        }
        errors = below
      }
      let changed = update(weights[layer].elements, gradient.elements, layer, 0)
      weights[layer] = try Matrix(rows: gradient.rows, columns: gradient.columns, elements: changed)
      biases[layer] = update(biases[layer], biasGradient, layer, 1)
    }
    return sum / Double(rows)
  }

  private mutating func update(_ w: [Double], _ gradient: [Double], _ layer: Int, _ part: Int) -> [Double] {
    var w = w
    for i in w.indices {
      let g = gradient[i]
      switch optimizer {
      case .sgd(let rate): w[i] -= rate * g
      case .momentum(let rate, let momentum):
        moments[layer][part].v[i] = momentum * moments[layer][part].v[i] + g
        w[i] -= rate * moments[layer][part].v[i]
      case .adam(let rate, let beta1, let beta2, let epsilon):
        moments[layer][part].m[i] = beta1 * moments[layer][part].m[i] + (1 - beta1) * g
        moments[layer][part].v[i] = beta2 * moments[layer][part].v[i] + (1 - beta2) * g * g
        let t = Double(updates)
        let mean = moments[layer][part].m[i] / (1 - pow(beta1, t))
        let square = moments[layer][part].v[i] / (1 - pow(beta2, t))
        w[i] -= rate * mean / (square.squareRoot() + epsilon)
      case .nesterov(let rate, let momentum):
        moments[layer][part].v[i] = momentum * moments[layer][part].v[i] + g
        w[i] -= rate * (g + momentum * moments[layer][part].v[i])
      case .rmsProp(let rate, let decay, let epsilon):
        moments[layer][part].v[i] = decay * moments[layer][part].v[i] + (1 - decay) * g * g
        w[i] -= rate * g / (moments[layer][part].v[i].squareRoot() + epsilon)
      case .adamW: fatalError("no oracle")
      }
    }
    return w
  }
}

extension Activation {
  /// f′(z).
  func derivative(_ z: Double) -> Double {
    switch self {
    case .identity: 1
    case .sigmoid: value(z) * (1 - value(z))
    case .relu: z > 0 ? 1 : 0
    case .tanh: 1 - value(z) * value(z)
    case .leakyReLU(let slope): z > 0 ? 1 : slope
    case .elu(let alpha): z > 0 ? 1 : alpha * exp(z)
    case .gelu: (1 + erf(z / 2.0.squareRoot())) / 2 + z * exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    case .silu: (1 + exp(-z) * (1 + z)) / ((1 + exp(-z)) * (1 + exp(-z)))
    case .softplus: 1 / (1 + exp(-z))
    case .softmax, .custom: fatalError("no function of one number")
    }
  }
}

extension Cost {
  /// What one answer costs, and its derivative, for costs of single answers.
  fileprivate func value(_ a: Double, _ y: Double, share: Double) -> (Double, slope: Double) {
    let (difference, distance) = (a - y, abs(a - y))
    let sign: Double = difference > 0 ? 1 : difference < 0 ? -1 : 0
    switch self {
    case .meanSquaredError: return (share * difference * difference, 2 * share * difference)
    case .meanAbsoluteError: return (share * distance, share * sign)
    case .huber(let threshold):
      return distance <= threshold
        ? (share * difference * difference / 2, share * difference)
        : (share * threshold * (distance - threshold / 2), share * threshold * sign)
    case .quadratic, .crossEntropy, .softmaxCrossEntropy, .smoothedSoftmaxCrossEntropy, .custom:
      fatalError("no cost of single answers here")
    }
  }
}
