import NNBlas
import TestSupport
import Testing

/// Half the square, but for a place just beyond 1.05.
private struct Pit: CostFunction {
  let name = "pit"
  func evaluate(
    _ answer: UnsafeBufferPointer<Double>, _ target: UnsafeBufferPointer<Double>,
    derivative: UnsafeMutableBufferPointer<Double>
  ) -> Double {
    derivative[0] = answer[0]
    return (1.05104...1.05106).contains(answer[0]) ? .nan : answer[0] * answer[0] / 2
  }
}

@Suite("Checking gradients")
struct GradientCheckTests {
  /// Away from kinks: PyTorch's cases with smooth functions alone.
  private static let smooth = TorchCase.all.filter { example in
    let activations = example.layers.compactMap(\.activation)
    let isKinked = activations.contains { ["relu", "leak", "elu("].contains($0.description.prefix(4)) }
    return !isKinked && example.cost != .meanAbsoluteError && example.settings.optimizer == "sgd"
      && !example.cost.description.hasPrefix("huber")
  }

  @Test("finds every layer, activation and cost right", arguments: smooth)
  func right(_ example: TorchCase) throws {
    let network = try example.network(as: Double.self)
    let check = try network.gradientCheck(
      batch: Matrix(Array(example.inputs.prefix(8))), targets: Matrix(Array(example.targets.prefix(8))),
      cost: example.cost)
    #expect(check.distance < 1e-9 && check.count == network.parameterCount, "\(check)")
  }

  /// Weighted inputs near 2 and −2, far from where these have no derivative.
  @Test("finds functions with a kink right away from it", arguments: Activation.allCases.filter { $0 != .softmax })
  func kinked(_ activation: Activation) throws {
    var network = try Network<Double>(inputs: 3, seed: 1) {
      Dense(6, activation: activation)
      Dense(4, activation: activation)
    }
    var random = RandomValues(seed: 8)
    let small: [Double] = random.numbers(network.parameterCount, in: -0.1...0.1)
    let places = [18..<24, 48..<52]
    try network.setParameters(
      Vector(
        small.enumerated().map { index, number in
          number + (places.contains { $0.contains(index) } ? index.isMultiple(of: 2) ? 2 : -2 : 0)
        }))
    let x = try Matrix<Double>(rows: 5, columns: 3, elements: random.numbers(15, in: -1...1))
    // Within and beyond Huber's threshold, and never at the answer: answers are within 3 of 0.
    let y = try Matrix<Double>(rows: 5, columns: 4, elements: (0..<20).map { $0 % 3 == 0 ? 3.5 : $0 % 3 == 1 ? -9 : 8 })
    for cost in [Cost.quadratic, .meanSquaredError, .meanAbsoluteError, .huber(threshold: 4)] {
      let check = try network.gradientCheck(batch: x, targets: y, cost: cost)
      #expect(check.distance < 1e-8, "\(cost): \(check)")
    }
  }

  @Test("names the worst parameter")
  func worst() throws {
    // ReLU at its kink: every weighted input is 0, whose derivative is taken as 0 while differences see half of it.
    var network = try Network<Double>(inputs: 2, seed: 1) {
      Dense(3, activation: .relu)
      Dense(1)
    }
    try network.setParameters(Vector([Double](repeating: 0, count: 9) + [1, 2, 3, 0]))
    let check = try network.gradientCheck(batch: Matrix([[1, 1]]), targets: Matrix([[-1]]))
    #expect(check.distance > 0.1)
    #expect(check.worst.layer == LayerName(number: 1, inputs: 2, outputs: 3) && check.worst.array == "weight")
    #expect(check.worst.index == 4 && check.worst.description == "layer 1, Dense 2 → 3: weight[2, 0]")
    #expect(check.derivative == 0 && abs(check.difference - 1.5) < 0.01, "\(check)")
    #expect(check.description.contains("over 13 parameters; worst layer 1, Dense 2 → 3: weight[2, 0], 0.0 and 1.5"))
  }

  @Test("looks at fewer parameters on demand, and at none that are frozen")
  func fewer() throws {
    var network = try Network<Double>(sizes: [5, 7, 3], seed: 1)
    let (x, y) = (try Matrix<Double>(rows: 2, columns: 5, repeating: 0.5), try Matrix<Double>(rows: 2, columns: 3))
    // 66 parameters: every eleventh, and of the 24 that learn every fifth.
    #expect(try network.gradientCheck(batch: x, targets: y, most: 6).count == 6)
    #expect(try network.gradientCheck(batch: x, targets: y, most: 40).count == 33)
    #expect(try network.gradientCheck(batch: x, targets: y, most: .max).count == 66)
    network.freeze([0])
    #expect(try network.gradientCheck(batch: x, targets: y).count == 24)
    #expect(try network.gradientCheck(batch: x, targets: y, most: 5).count == 5)
    network.freeze([0, 1])
    #expect(
      message { _ = try network.gradientCheck(batch: x, targets: y) }
        == "gradientCheck: layer 2, Dense 7 → 3: the network has no parameters that learn; check one with a layer that learns"
    )
    network.freeze([], false)
    #expect(
      message { _ = try network.gradientCheck(batch: x, targets: y, most: 0) }
        == "gradientCheck: most of the call is 0, expected at least 1 parameter")
  }

  @Test("of inputs is that of predictions: central differences of evaluations", arguments: smooth)
  func inputs(_ example: TorchCase) throws {
    let network = try example.network(as: Double.self)
    let rows = 8
    let x = try Matrix(Array(example.inputs.prefix(rows)))
    let y = try Matrix(Array(example.targets.prefix(rows)))
    let gradient = try network.inputGradient(batch: x, targets: y, cost: example.cost)
    func cost(_ row: Int, _ column: Int, _ shift: Double) throws -> Double {
      var shifted = x
      shifted[row, column] += shift
      return try network.evaluate(Dataset(inputs: shifted, targets: y), cost: example.cost).cost
    }
    let h = 1e-3
    for (row, column) in [(0, 0), (3, 5), (7, 2)] {
      let difference =
        try
        (8 * (cost(row, column, h) - cost(row, column, -h)) - (cost(row, column, 2 * h) - cost(row, column, -2 * h)))
        / (12 * h)
      #expect(abs(gradient[row, column] - difference) < 1e-9, "\(row), \(column)")
    }
    #expect((gradient.rows, gradient.columns) == (rows, 6))
  }

  @Test("of inputs is not of the batch, nor of what is dropped")
  func inputsOfPredictions() throws {
    let network = try Network<Double>(inputs: 3, seed: 1) {
      Dropout(0.5)
      Dense(4)
      BatchNorm()
      Dense(2)
    }
    let (x, y): (Vector<Double>, Vector<Double>) = ([0.1, 0.2, 0.3], [1, 0])
    // A batch of one is its own mean, behind which nothing would depend on the inputs.
    #expect(try network.inputGradient(x: x, y: y).elements.allSatisfy { abs($0) > 1e-3 })
  }

  @Test("does not lose what is no number")
  func noNumber() throws {
    var network = try Network<Double>(inputs: 1, seed: 1) { Dense(1) }
    try network.setParameters([1, 0])
    // A shifted weight comes there, the bias behind it does not.
    let check = try network.gradientCheck(batch: Matrix([[1.05]]), targets: Matrix([[0]]), cost: .custom(Pit()))
    #expect(check.worst.array == "weight" && check.difference.isNaN && check.distance.isNaN, "\(check)")
  }

  @Test("of one example's input is that of a batch of one")
  func oneInput() throws {
    let network = try Network<Double>(sizes: [3, 4, 2], seed: 2)
    let (x, y): (Vector<Double>, Vector<Double>) = ([0.1, 0.2, 0.3], [1, 0])
    let batch = try network.inputGradient(batch: x.row, targets: y.row)
    #expect(try network.inputGradient(x: x, y: y) == batch.row(0))
    #expect(
      message { _ = try network.inputGradient(x: y, y: y) }
        == "inputGradient(x:y:): x is a vector of 2, expected a vector of 3 (layer 1, Dense 3 → 4)")
    #expect(
      message { _ = try network.inputGradient(batch: y.row, targets: y.row) }.hasPrefix(
        "inputGradient(batch:targets:): batch is 1×2"))
  }
}
