import NNBlas
import TestSupport
import Testing

@Suite("Composing a network")
struct CompositionTests {
  @Test("by a builder, with loops and conditions, is the same as by a list")
  func builder() throws {
    let isWide = true
    let built = try Network<Double>(inputs: 6, seed: 3) {
      Dropout(0.1)
      for width in [5, 4] {
        Dense(width, activation: .gelu)
        BatchNorm()
      }
      if isWide { Activation(.relu) }
      if !isWide { LayerNorm() } else { LayerNorm(epsilon: 1e-3) }
      Dense(3)
    }
    let listed = try Network<Double>(
      inputs: 6,
      layers: [
        Dropout(0.1), Dense(5, activation: .gelu), BatchNorm(), Dense(4, activation: .gelu), BatchNorm(),
        Activation.relu, LayerNorm(epsilon: 1e-3), Dense(3),
      ], seed: 3)
    #expect(built == listed)
    #expect(built.sizes == [6, 5, 4, 3] && built.outputs == 3)
    #expect(built.parameterCount == 6 * 5 + 5 + 10 + 5 * 4 + 4 + 8 + 8 + 4 * 3 + 3)
    #expect(
      built.description
        == "6 → Dropout(0.1) → Dense 5 gelu → BatchNorm → Dense 4 gelu → BatchNorm → relu → LayerNorm → Dense 3, f64, "
        + "100 parameters")
  }

  @Test("gives equal networks for equal layers and numbers alone")
  func equality() throws {
    let network = try Network<Double>(inputs: 3, seed: 1) { Dense(4, activation: .elu(alpha: 0.5)) }
    #expect(try network == Network<Double>(inputs: 3, seed: 1) { Dense(4, activation: .elu(alpha: 0.5)) })
    #expect(try network != Network<Double>(inputs: 3, seed: 1) { Dense(4, activation: .elu()) })
    #expect(try network != Network<Double>(inputs: 3, seed: 2) { Dense(4, activation: .elu(alpha: 0.5)) })
    var frozen = network
    frozen.freeze([0])
    #expect(frozen != network)
    frozen.freeze([0], false)
    #expect(frozen == network)
  }

  @Test("is told as a table")
  func summary() throws {
    var network = try Network<Float>(inputs: 784, seed: 1) {
      Dense(512, activation: .relu)
      Dropout(0.2)
      Dense(10)
    }
    network.freeze([0])
    let lines = network.summary.split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
    #expect(lines[0] == ["layer", "in", "out", "parameters", "operations", "memory"])
    #expect(lines[1] == ["1", "Dense,", "relu", "(frozen)", "784", "512", "401920", "802816", "1.5", "MiB"])
    #expect(lines[2] == ["2", "Dropout(0.2)", "512", "512", "0", "0", "0", "B"])
    #expect(lines[4].suffix(5) == ["10", "407050", "813056", "1.6", "MiB"])
    #expect(Set(network.summary.split(separator: "\n").map(\.count)).count == 1)
  }

  @Test(
    "is refused where a layer's setting is out of its range, or it stands where it cannot",
    arguments: [
      ([Dropout(1)], "Network: rate of Dropout is 1.0, expected a number from 0 to below 1"),
      ([Dropout(.nan)], "Network: rate of Dropout is nan, expected a number from 0 to below 1"),
      ([BatchNorm(momentum: 2)], "Network: momentum of BatchNorm is 2.0, expected a number from 0 to 1"),
      ([BatchNorm(epsilon: 0)], "Network: epsilon of BatchNorm is 0.0, expected a number above 0 and finite"),
      ([LayerNorm(epsilon: -1)], "Network: epsilon of LayerNorm is -1.0, expected a number above 0 and finite"),
      (
        [Dense(4, activation: .softmax), Dense(2)],
        "Network: layer 1, Dense 3 → 4: softmax is for the last layer alone; use another activation there"
      ),
      (
        [Dense(4, activation: .elu(alpha: -1))],
        "Network: the activation's parameter of layer 1 is elu(-1.0), expected a slope from 0 to below 1, or an alpha above 0"
      ),
      ([Dense(4), Dense(0)], "Network: sizes[2] is 0, expected at least 1 neuron"),
      ([], "Network: sizes has 1 entry, expected at least 2: the number of inputs, then the neurons of each layer"),
    ] as [([any Layer], String)])
  func refused(layers: [any Layer], message expected: String) {
    #expect(message { _ = try Network<Double>(inputs: 3, layers: layers, seed: 1) } == expected)
  }

  @Test("into another precision rounds every number, and back gives them again")
  func conversion() throws {
    var network = try Network<Float>(inputs: 4, seed: 1) {
      Dense(5, activation: .silu)
      BatchNorm()
      Dense(2)
    }
    network.freeze([2])
    let double = try network.converted(to: Double.self)
    #expect(double.parameters.elements == network.parameters.elements.map { Double($0) })
    #expect(double.gathered.elements == network.gathered.elements.map { Double($0) })
    #expect(try double.converted(to: Float.self) == network)
    #expect(double.isFrozen(2) && !double.isFrozen(0))
  }

  @Test("Parameters can be given anew, as many as there are")
  func parameters() throws {
    var network = try Network<Double>(sizes: [2, 3], seed: 1)
    try network.setParameters([1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(
      network.layers[0].weights.elements == [1, 2, 3, 4, 5, 6] && network.layers[0].biases.elements == [7, 8, 9])
    #expect(
      message { try network.setParameters([1, 2]) }
        == "setParameters: parameters is a vector of 2, expected a vector of 9 for as many parameters")
  }

  @Test("Activations and costs are read as they are written")
  func names() {
    for activation in Activation.allCases + [.leakyReLU(slope: 0.25), .elu(alpha: 2)] {
      #expect(Activation(activation.description) == activation)
    }
    for cost in Cost.allCases + [.huber(threshold: 0.25), .smoothedSoftmaxCrossEntropy(labelSmoothing: 0.1)] {
      #expect(Cost(cost.description) == cost)
    }
    #expect(Activation("leaky-relu") == .leakyReLU() && Activation("elu") == .elu() && Cost("huber") == .huber())
    for text in ["", "relu(", "relu(1)", "leaky-relu(1)", "leaky-relu(nan)", "elu(0)", "elu(inf)", "elu(1))", "Relu"] {
      #expect(Activation(text) == nil, "\(text)")
    }
    for text in ["", "huber(0)", "huber()", "softmax-cross-entropy(1)", "quadratic(1)"] { #expect(Cost(text) == nil) }
  }
}
