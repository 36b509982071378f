import NNBlas
import TestSupport
import Testing

/// Every layer, activation, cost and optimizer for 50 steps against PyTorch, from `generate_torch_layers.py`.
@Suite("50 steps as PyTorch takes them")
struct TorchLayerTests {
  @Test("are of every layer, activation, cost and optimizer")
  func cases() {
    let layers = TorchCase.all.flatMap(\.layers)
    #expect(TorchCase.all.count > 90)
    #expect(Set(layers.map(\.kind)) == ["dense", "activation", "dropout", "batch-norm", "layer-norm"])
    #expect(Set(layers.compactMap(\.activation)).isSuperset(of: Activation.allCases))
    #expect(Set(TorchCase.all.map(\.cost)).isSuperset(of: Cost.allCases))
    #expect(Set(TorchCase.all.map(\.settings.optimizer)).count == 6)
  }

  @Test("agree to 1e-10 in Double", arguments: TorchCase.all)
  func agree(_ example: TorchCase) throws {
    let trainer = try example.trainer(threads: nil, as: Double.self)
    #expect(distance(try example.train(trainer), example.losses) < 1e-10)
    let network = trainer.network
    #expect(distance(network.parameters.elements, Array(example.final.joined())) < 1e-10)
    #expect(distance(network.gathered.elements, Array(example.statistics.joined())) < 1e-10)
    let answers = try network.predict(batch: Matrix(example.inputs))
    #expect(distance(answers.elements, Array(example.answers.joined())) < 1e-10)
    let averaged = trainer.averagedNetwork
    #expect((averaged == nil) == (example.average == nil))
    if let averaged, let average = example.average {
      #expect(distance(averaged.parameters.elements, Array(average.joined())) < 1e-10)
    }
  }

  @Test("begin with its gradients, to 1e-12", arguments: TorchCase.all.filter { $0.weights == nil })
  func gradients(_ example: TorchCase) throws {
    let accumulation = Double(example.settings.accumulation ?? 1)
    let batch = TorchCase.fixture?.batch ?? 0
    let gradient = try example.network(as: Double.self).trace(
      batch: Matrix(Array(example.inputs.prefix(batch))), targets: Matrix(Array(example.targets.prefix(batch))),
      cost: example.cost, seed: TorchCase.fixture?.seed ?? 0
    ).gradient
    #expect(abs(gradient.cost - example.losses[0]) < 1e-12)
    #expect(distance(gradient.parameters.elements.map { $0 / accumulation }, Array(example.gradient.joined())) < 1e-12)
  }

  @Test("are the same bits on any number of threads, and agree to 2e-3 in Float", arguments: TorchCase.all)
  func threads(_ example: TorchCase) throws {
    let trainers = try (1...3).map { try example.trainer(threads: $0, as: Double.self) }
    let costs = try trainers.map { try example.train($0) }
    #expect(costs[0] == costs[1] && costs[0] == costs[2])
    #expect(trainers[0].network == trainers[1].network && trainers[0].network == trainers[2].network)
    let single = try example.trainer(threads: 1, as: Float.self)
    #expect(distance(try example.train(single), example.losses) < 2e-3)
  }

  /// The largest difference of two lists' numbers; infinite where they are not as many.
  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { ($0 - $1).magnitude }.reduce(0) { $1 <= $0 ? $0 : $1 }
  }
}
