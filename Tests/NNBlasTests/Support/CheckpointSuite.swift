import Foundation
import NNBlas
import TestSupport

/// What tests of checkpoints have in common: a small run.
class CheckpointSuite {
  let dataset: Dataset
  let network: Network<Double>

  init() throws {
    var random = RandomValues(seed: 1)
    dataset = try Dataset(
      inputs: Matrix<Double>(rows: 24, columns: 3, elements: random.numbers(72, in: -1...1)),
      labels: (0..<24).map { $0 % 2 }, classes: 2)
    network = try Network(sizes: [3, 2, 2], seed: 1)
  }

  func trainer(
    batchSize: Int = 4, rate: Double = 0.1, seed: UInt64 = 1, network: Network<Double>? = nil
  ) throws -> Trainer<Double> {
    try Trainer(network ?? self.network, batchSize: batchSize, optimizer: .momentum(learningRate: rate), seed: seed)
  }

  /// A folder with two checkpoints: after 6 steps, an epoch, and after so many more.
  func withRun(steps: Int = 4, _ body: (TemporaryDirectory) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      let trainer = try trainer()
      trainer.checkpoints = CheckpointRule(folder: folder.path, everySeconds: nil, kept: 5)
      trainer.checkpointNotes = { ["mark": "\(trainer.stepsInEpoch)"] }
      try trainer.train(steps: 6, on: dataset)
      try trainer.train(steps: steps, on: dataset)
      try body(folder)
    }
  }

  let names = ["checkpoint-0000000006.safetensors", "checkpoint-0000000010.safetensors"]

  func rules(_ patience: Int = 50) -> TrainingRules {
    TrainingRules(earlyStopping: EarlyStopping(patience: patience))
  }
}
