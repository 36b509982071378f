import NNBlas
import Testing

@Suite("What a trainer knows")
struct TrainingStateTests {
  @Test("is all there by name, with the shapes of a model's arrays")
  func names() throws {
    let network = try Network<Double>(inputs: 3, seed: 1) {
      Dense(4, activation: .relu)
      BatchNorm()
      Dense(2)
    }
    var random = RandomValues(seed: 2)
    let dataset = try Dataset(
      inputs: Matrix<Double>(rows: 24, columns: 3, elements: random.numbers(72, in: -1...1)),
      targets: Matrix<Double>(rows: 24, columns: 2, elements: random.numbers(48, in: -1...1)))
    let trainer = try Trainer(
      network, batchSize: 4, optimizer: .adam(learningRate: 0.01), accumulation: 4, averaging: 0.5, seed: 1)
    #expect(trainer.trainingState.scalars["updates"] == 0 && trainer.trainingState["gradient.0.weight"] == nil)
    try trainer.train(steps: 5, on: dataset)
    let state = trainer.trainingState
    let arrays = ["0.weight", "0.bias", "2.weight", "2.bias", "3.weight", "3.bias"]
    let prefixes = ["optimizer.mean", "optimizer.square", "average", "gradient"]
    #expect(
      state.arrays.map(\.name)
        == arrays.map { "parameters.\($0)" } + ["gathered.2.running_mean", "gathered.2.running_var"]
        + prefixes.flatMap { prefix in arrays.map { "\(prefix).\($0)" } })
    #expect(state["optimizer.square.0.weight"]?.shape == [4, 3] && state["average.3.bias"]?.shape == [2])
    // Six batches an epoch: an update of four, and one of them added up.
    #expect(
      state.scalars == [
        "updates": 1, "epochs": 0, "steps": 5, "batches": 5, "batchesOfUpdate": 1, "learningRateFactor": 1,
      ])
    #expect(state["parameters.3.weight"]?.elements == trainer.network.parameters[24..<32])
    // One update from the initial parameters: the mean is halfway.
    let (before, after) = (network.parameters, trainer.network.parameters)
    let mean = try #require(trainer.averagedNetwork).parameters
    #expect((0..<before.count).allSatisfy { abs(mean[$0] - (before[$0] + after[$0]) / 2) < 1e-15 })
    #expect(state["gradient.0.weight"]?.elements.elements.contains { $0 != 0 } == true)
  }

  @Test("is the same for two runs of the same, and changes with a step")
  func equality() throws {
    let digits = try SyntheticDigits(seed: 1, trainingCount: 50, validationCount: 0, testCount: 1).training
    func trainer() throws -> Trainer<Float> {
      let trainer = try Trainer(
        Network<Float>(sizes: [784, 30, 10], seed: 1), batchSize: 10, optimizer: .momentum(learningRate: 0.1), seed: 1)
      try trainer.train(steps: 7, on: digits)
      return trainer
    }
    let (one, two) = (try trainer(), try trainer())
    #expect(one.trainingState == two.trainingState)
    try two.train(steps: 1, on: digits)
    #expect(one.trainingState != two.trainingState)
  }
}
