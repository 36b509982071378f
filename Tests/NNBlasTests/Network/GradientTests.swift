import NNBlas
import Testing

@Suite("Gradients")
struct GradientTests {
  /// A network, and a batch for it, drawn from a seed.
  struct Case: CustomTestStringConvertible, Sendable {
    /// With any activation in the last layer.
    let network: Network<Double>
    let inputs: [[Double]]
    let targets: [[Double]]
    let testDescription: String

    /// Draws until no rectified linear unit is near its kink, where there is no derivative to compare with.
    init(seed: UInt64) throws {
      var (drawn, attempt) = (try Case(seed: seed, attempt: 0), UInt32(0))
      while drawn.isNearKink {
        attempt += 1
        drawn = try Case(seed: seed, attempt: attempt)
      }
      self = drawn
    }

    private init(seed: UInt64, attempt: UInt32) throws {
      var generator = Philox(seed: seed, stream: .custom(attempt))
      let layers = Int.random(in: 1...4, using: &generator)
      let sizes = (0...layers).map { _ in Int.random(in: 1...7, using: &generator) }
      let examples = Int.random(in: 1...6, using: &generator)
      let drawn = try Network<Double>(sizes: sizes, initializer: .scaledNormal, seed: seed << 8 | UInt64(attempt))
      network = try Network(
        weights: drawn.layers.map(\.weights), biases: drawn.layers.map(\.biases),
        activations: (0..<layers).map { _ in Activation.ofOneNumber.randomElement(using: &generator) ?? .sigmoid })
      inputs = (0..<examples).map { _ in (0..<sizes[0]).map { _ in Double.random(in: -1...1, using: &generator) } }
      targets = (0..<examples).map { _ in (0..<sizes[layers]).map { _ in Double.random(in: 0...1, using: &generator) } }
      testDescription = "\(network), \(examples) examples"
    }

    /// Twice the largest shift of a parameter times an activation of some 5 at most.
    private var isNearKink: Bool {
      let naive = NaiveNetwork(network)
      return inputs.contains { x in
        zip(naive.weightedInputs(x), network.activations).contains { z, activation in
          Activation.kinked.contains(activation) && z.contains { abs($0) < 0.02 }
        }
      }
    }

    /// The network with a last layer that the cost takes.
    func network(for cost: Cost) throws -> Network<Double> {
      let last = cost.outputActivations?.first ?? network.activations[network.activations.count - 1]
      return try Network(
        weights: network.layers.map(\.weights), biases: network.layers.map(\.biases),
        activations: network.activations.dropLast() + [last])
    }

    static let all = (0..<12).compactMap { try? Case(seed: $0) }
  }

  @Test("agree with central differences to 1e-8", arguments: Case.all, Cost.allCases)
  func centralDifferences(_ example: Case, _ cost: Cost) throws {
    let network = try example.network(for: cost)
    let gradient = try network.backpropagate(
      batch: Matrix(example.inputs), targets: Matrix(example.targets), cost: cost)
    let naive = NaiveNetwork(network)
    let expected = naive.gradient(of: cost, inputs: example.inputs, targets: example.targets)
    let found = gradient.parameters.elements
    let difference = norm(zip(found, expected).map { $0 - $1 }) / norm(zip(found, expected).map { $0 + $1 })
    #expect(difference < 1e-8)
    let value = naive.cost(cost, inputs: example.inputs, targets: example.targets)
    #expect(abs(gradient.cost - value) <= 1e-14 * max(abs(value), 1))
  }

  @Test("There are cases, of every depth")
  func casesExist() {
    #expect(Case.all.count == 12)
    #expect(Set(Case.all.map { $0.network.layers.count }) == [1, 2, 3, 4])
    #expect(Set(Case.all.flatMap { $0.network.activations.dropLast() }) == Set(Activation.ofOneNumber))
  }

  @Test("of a batch are the mean of those of its examples to 1e-13", arguments: Case.all, Cost.allCases)
  func batchIsMeanOfExamples(_ example: Case, _ cost: Cost) throws {
    let network = try example.network(for: cost)
    let batch = try network.backpropagate(
      batch: Matrix(example.inputs), targets: Matrix(example.targets), cost: cost)
    var mean = Vector<Double>(Array(repeating: 0, count: network.parameters.count))
    var meanCost = 0.0
    for (x, y) in zip(example.inputs, example.targets) {
      let single = try network.backpropagate(x: Vector(x), y: Vector(y), cost: cost)
      try BLAS.axpy(alpha: 1 / Double(example.inputs.count), single.parameters, into: &mean)
      meanCost += single.cost / Double(example.inputs.count)
    }
    let difference = zip(batch.parameters.elements, mean.elements).map { $0 - $1 }
    #expect(norm(difference) <= 1e-13 * norm(mean.elements))
    #expect(abs(batch.cost - meanCost) <= 1e-13 * abs(meanCost))
  }

  @Test("in Float agree with those in Double")
  func floatAgreesWithDouble() throws {
    let double = try Case(seed: 3)
    for cost in Cost.allCases {
      let network = try double.network(for: cost)
      let float = try Network<Float>(
        weights: network.layers.map { layer in
          try Matrix(
            rows: layer.weights.rows, columns: layer.weights.columns, elements: layer.weights.elements.map(Float.init))
        },
        biases: network.layers.map { Vector($0.biases.elements.map(Float.init)) }, activations: network.activations)
      let expected = try network.backpropagate(
        batch: Matrix(double.inputs), targets: Matrix(double.targets), cost: cost)
      let found = try float.backpropagate(
        batch: Matrix(double.inputs.map { $0.map(Float.init) }),
        targets: Matrix(double.targets.map { $0.map(Float.init) }),
        cost: cost)
      let difference = zip(found.parameters.elements, expected.parameters.elements).map { Double($0) - $1 }
      // Some ten operations deep, each within 2⁻²⁴.
      #expect(norm(difference) <= 20 * 0x1p-24 * norm(expected.parameters.elements))
    }
  }

  @Test("know their shapes and print them")
  func shapes() throws {
    let network = try Network<Double>(sizes: [3, 4, 2], seed: 1)
    let gradient = try network.backpropagate(x: [1, 2, 3], y: [0, 1])
    #expect(gradient.layers.map(\.weights.shape) == [.matrix(rows: 4, columns: 3), .matrix(rows: 2, columns: 4)])
    #expect(gradient.layers.map(\.biases.count) == [4, 2])
    #expect(gradient.layers.map(\.name.description) == ["layer 1, Dense 3 → 4", "layer 2, Dense 4 → 2"])
    let lines = "\(gradient)".split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0] == "cost \(gradient.cost)")
    #expect(lines[1].hasPrefix("layer 1, Dense 3 → 4: ∇W 4×3 [["))
  }

  @Test("Views, padded or transposed, give the gradient of their elements")
  func views() throws {
    let example = try Case(seed: 5)
    let (inputs, targets) = (try Matrix(example.inputs), try Matrix(example.targets))
    let padded = try Matrix(example.inputs.map { [9] + $0 + [9, 9] })
    let transposed = try Matrix(
      (0..<targets.columns).map { column in (0..<targets.rows).map { targets[$0, column] } })
    let plain = try example.network.backpropagate(batch: inputs, targets: targets)
    let viewed = try example.network.backpropagate(
      batch: padded[rows: 0..<inputs.rows, columns: 1..<1 + inputs.columns], targets: transposed.transposed)
    #expect(norm(zip(plain.parameters.elements, viewed.parameters.elements).map { $0 - $1 }) <= 1e-15)
  }
}

extension Activation {
  /// Those without a derivative at 0.
  fileprivate static let kinked: Set<Activation> = [.relu, .leakyReLU(), .elu()]
}
