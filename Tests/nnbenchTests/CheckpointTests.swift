import NNBlas
import TestSupport
import Testing
import nnbench

@Suite("What nnbench checks of what it timed")
struct CheckpointTests {
  @Test("Every bit of every parameter counts, signs too")
  func fingerprints() throws {
    let weights: [Double] = [0, 1, -2, 0.5]
    func bits(_ weights: [Double], biases: Vector<Double> = [0, 3]) throws -> UInt64 {
      fingerprint(of: try Network(weights: [Matrix(rows: 2, columns: 2, elements: weights)], biases: [biases]))
    }
    let expected = try bits(weights)
    #expect(try bits(weights) == expected)
    for index in weights.indices {
      var changed = weights
      changed[index] = weights[index].nextUp
      #expect(try bits(changed) != expected)
      changed[index] = -weights[index]
      #expect(try bits(changed) != expected)
    }
    #expect(try bits(weights, biases: [0, 3.0.nextDown]) != expected)
    // Two changed signs do not make up for each other.
    #expect(try bits(weights.map { -$0 }, biases: [-0.0, -3]) != expected)
  }

  @Test("The steps taken again have to come to the same bits")
  func repeated() throws {
    try withSmallMNIST { folder in
      let digits = try MNIST(directory: folder.path)
      func trainer() throws -> Trainer<Float> {
        try Trainer(Network(sizes: [4, 3, 10], seed: 1), batchSize: 10, optimizer: .sgd(learningRate: 1), seed: 1)
      }
      let timed = try trainer()
      for steps in [1, 4] { try timed.train(steps: steps, on: digits.training) }
      let bits = fingerprint(of: timed.network)
      try Checkpoint(steps: 5, bits: bits).check(trainer(), on: digits.training, named: "custom")
      let error = try #require(throws: WrongResult.self) {
        try Checkpoint(steps: 4, bits: bits).check(trainer(), on: digits.training, named: "custom")
      }
      #expect(
        error.description
          == "custom: after 4 steps the parameters of the run that was timed differ from those of an untimed one; its "
          + "figures mean nothing")
    }
  }

  @Test("Predictions may be 1e-5 from those in double precision", arguments: [1e-4, .infinity, .nan])
  func predictions(difference: Double) throws {
    try PredictionResult.check(1e-5, batch: 1)
    let error = try #require(throws: WrongResult.self) { try PredictionResult.check(difference, batch: 256) }
    #expect(
      error.description
        == "a batch of 256: an answer is \(significant(difference)) from the one in double precision, allowed 1e-05")
  }
}
