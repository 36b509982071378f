import Foundation
import NNBlas
import TestSupport
import Testing

/// Work that does not fit memory is refused before it starts: an allocation that fails would end the process.
@Suite("Memory of a pass", .enabled(if: !isSanitized, "a sanitizer reserves addresses in its own way"))
struct NetworkMemoryTests {
  /// Leaves this process half a GiB of addresses to ask for.
  private static func limitMemory() throws {
    let most = rlim_t(try ProcessMemory.reserved() + 1 << 29)
    var limit = rlimit(rlim_cur: most, rlim_max: most)
    try #require(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
  }

  private static let refused = "expected at most what the system gives this process"
  private static let advice = "activations of all layers count; use fewer examples at a time"

  @Test("A matrix or vector beyond the process's limit is an error, not a trap")
  func operands() async {
    await #expect(processExitsWith: .success) {
      try Self.limitMemory()
      #expect(
        message { try Matrix<Double>(rows: 10_000, columns: 10_000) }
          == "Matrix: the result is 10000×10000 and needs 0.7 GiB, \(Self.refused)")
      #expect(
        message { try Vector<Float>(count: 300_000_000) }
          == "Vector: the result is a vector of 300000000 and needs 1.1 GiB, \(Self.refused)")
    }
  }

  /// 1-100000-1 on 1,000 examples: each matrix of the hidden layer takes 0.75 GiB, where all operands are small; an evaluation
  /// keeps one of 500.
  @Test("A pass over a batch counts the activations of all layers")
  func passes() async {
    await #expect(processExitsWith: .success) {
      let network = try Network<Double>(sizes: [1, 100_000, 1], seed: 1)
      let wider = try Network<Double>(sizes: [1, 200_000, 1], seed: 1)
      let column = try Matrix<Double>(rows: 1_000, columns: 1)
      let dataset = try Dataset(inputs: column, targets: column)
      let trainer = try Trainer(network, batchSize: 1_000, optimizer: .sgd(learningRate: 1), seed: 1)
      let single = try Trainer(wider, batchSize: 1, optimizer: .sgd(learningRate: 1), seed: 1)
      try Self.limitMemory()
      #expect(
        message { try wider.predict(batch: column) }
          == "predict(batch:): a hidden layer is 256×200000 and needs 0.8 GiB, \(Self.refused)")
      #expect(
        message { try network.backpropagate(batch: column, targets: column) }
          == "backpropagate(batch:targets:): batch is 1000×1 and needs 3.0 GiB, \(Self.refused); \(Self.advice)")
      #expect(
        message { try trainer.train(steps: 1, on: dataset) }
          == "train: a batch is 1000×1 and needs 1.5 GiB, \(Self.refused); "
          + "activations of all layers count; lower batchSize")
      #expect(
        message { try single.train(epochs: 1, on: dataset[0..<1], evaluating: dataset) }
          == "evaluate: a batch is 500×1 and needs 0.7 GiB, \(Self.refused)")
      #expect((trainer.network, single.network) == (network, wider))
      #expect(
        message { try wider.evaluate(dataset) } == "evaluate: a batch is 500×1 and needs 0.7 GiB, \(Self.refused)")
    }
  }

  /// The machine's own memory is the limit where the process has none: 10¹⁵ bytes are more than any has.
  @Test("A batch beyond the machine's memory is refused without asking for it")
  func machine() throws {
    let network = try Network<Double>(sizes: [1, 100_000, 1], seed: 1)
    let column = try Matrix<Double>(rows: 1_000_000, columns: 1)
    let text = message { try network.backpropagate(batch: column, targets: column) }
    #expect(
      text.hasPrefix("backpropagate(batch:targets:): batch is 1000000×1 and needs 2980.3 GiB, expected at most the "))
    #expect(text.hasSuffix("expected at most \(MemoryLimit.least); \(Self.advice)"))
  }

  /// Of Adam two arrays are kept, and nine are copied: three checkpoints of the parameters and of those two.
  @Test("A batch counts what the optimizer keeps and what checkpoints copy")
  func together() throws {
    let network = try Network<Double>(sizes: [1, 100_000, 1], seed: 1)
    let column = try Matrix<Double>(rows: 1_000_000, columns: 1)
    let dataset = try Dataset(inputs: column, targets: column)
    func needed(_ optimizer: Optimizer, _ rule: CheckpointRule?, keepsBest: Bool = false) throws -> Double? {
      let trainer = try Trainer(network, batchSize: 1_000_000, optimizer: optimizer, seed: 1)
      trainer.checkpoints = rule
      let rules = TrainingRules(earlyStopping: keepsBest ? EarlyStopping(patience: 1) : nil)
      do {
        try trainer.train(epochs: 1, on: dataset, evaluating: dataset[0..<1], under: rules)
      } catch ShapeError.memory(_, _, _, let bytes, _, _) {
        return bytes
      }
      return nil
    }
    let least = try #require(try needed(.sgd(learningRate: 1), nil))
    let bytes = 300_001.0 * 8
    let adam = Optimizer.adam(learningRate: 1e-3)
    #expect(try needed(adam, nil) == least + 2 * bytes)
    #expect(try needed(adam, CheckpointRule(folder: "never-made")) == least + 11 * bytes)
    // A best network, and one in each of those checkpoints.
    #expect(try needed(adam, nil, keepsBest: true) == least + 3 * bytes)
    #expect(try needed(adam, CheckpointRule(folder: "never-made"), keepsBest: true) == least + 15 * bytes)
    // What is there is not asked for again.
    #expect(MemoryLimit.refusing(1, besides: MemoryLimit.leastBytes) == MemoryLimit.least)
    #expect(MemoryLimit.refusing(1, besides: MemoryLimit.leastBytes / 2) == nil)
  }
}
