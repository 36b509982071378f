import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("Checkpoints of something else")
final class CheckpointFitTests: CheckpointSuite {
  @Test("of another network, other settings or other data are refused by name")
  func misfits() throws {
    try withRun { folder in
      let file = folder.path(of: names[1])
      func refusal(_ trainer: @autoclosure () throws -> Trainer<Double>) -> String {
        message { try trainer().resume(from: folder.path) }
      }
      #expect(
        try refusal(trainer(batchSize: 8))
          == "\(file): batchSize is 8, expected 4, as in the run that is resumed")
      #expect(
        try refusal(trainer(rate: 0.2)).contains(
          "optimizer is momentum(learningRate: 0.2, momentum: 0.9), expected momentum(learningRate: 0.1, momentum: 0.9)"
        ))
      #expect(try refusal(trainer(seed: 2)).contains("seed is 2, expected 1"))
      #expect(
        try refusal(trainer(network: Network(sizes: [3, 4, 2], seed: 1)))
          .contains("layer 1 is Dense 4, sigmoid, expected Dense 2, sigmoid"))
      #expect(
        try refusal(trainer(network: Network(sizes: [3, 2, 2, 2], seed: 1))).contains(
          "the number of layers is 3, expected 2"))
      let single = try Trainer(
        network.converted(to: Float.self), batchSize: 4, optimizer: .momentum(learningRate: 0.1), seed: 1)
      #expect(message { try single.resume(from: folder.path) }.contains("the precision is f32, expected f64"))
      let subject = try trainer()
      try subject.resume(from: folder.path)
      let other = try dataset.weighted(by: Array(repeating: 1, count: 24))
      let text = message { try subject.train(steps: 20, on: other) }
      #expect(text.contains("the training data is 24 examples of 3 → 2, checksum "), "\(text)")
      #expect(
        message { try subject.train(steps: 20, on: dataset, order: .sequential) }
          .contains("order is sequential, expected shuffled"))
      // And still goes on with the right ones.
      #expect(try subject.train(steps: 12, on: dataset).steps == 12)
    }
  }

  @Test("hold the whole call against the one that was interrupted")
  func calls() throws {
    try withTemporaryDirectory { folder in
      let first = try trainer()
      first.checkpoints = CheckpointRule(folder: folder.path, everySeconds: nil)
      try first.train(epochs: 3, on: dataset, evaluating: dataset[0..<9], under: rules()) { _ in first.requestStop() }
      let subject = try trainer()
      try subject.resume(from: folder.path)
      func refusal(_ body: () throws -> Void) -> String { message { try body() } }
      for (name, text) in [
        (
          "the evaluation data",
          refusal { try subject.train(epochs: 3, on: dataset, evaluating: dataset[0..<8], under: rules()) }
        ),
        (
          "early stopping",
          refusal { try subject.train(epochs: 3, on: dataset, evaluating: dataset[0..<9], under: rules(7)) }
        ),
        ("early stopping", refusal { try subject.train(epochs: 3, on: dataset, evaluating: dataset[0..<9]) }),
        ("what training counts", refusal { try subject.train(steps: 30, on: dataset, evaluating: dataset[0..<9]) }),
        (
          "monitorsTraining",
          refusal {
            try subject.train(
              epochs: 3, on: dataset, evaluating: dataset[0..<9], under: rules(), monitorsTraining: true)
          }
        ),
      ] { #expect(text.contains(": \(name) is "), "\(name): \(text)") }
      let outcome = try subject.train(epochs: 3, on: dataset, evaluating: dataset[0..<9], under: rules())
      #expect(outcome.reason == .completed && outcome.reports.count == 3)
    }
  }
}
