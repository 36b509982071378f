import NNBlas
import TestSupport
import Testing

@Suite("The bits of a run")
struct EngineDeterminismTests {
  /// The published workloads, cut down where they are large: shapes that take every branch of the plan.
  struct Run: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let inputs: Int
    let layers: [Dense]
    let batch: Int
    let cost: Cost
    let optimizer: Optimizer
    let precision: Precision
    let steps: Int

    static func book(
      _ name: String, _ hidden: Int, _ batch: Int, _ cost: Cost = .quadratic, _ precision: Precision = .f64
    ) -> Run {
      Run(
        testDescription: name, inputs: 784,
        layers: [Dense(hidden, activation: .sigmoid), Dense(10, activation: .sigmoid)],
        batch: batch, cost: cost, optimizer: .sgd(learningRate: 0.5), precision: precision, steps: 200)
    }

    static func modern(
      _ name: String, _ hidden: [Int], _ batch: Int, _ optimizer: Optimizer, _ precision: Precision, steps: Int
    ) -> Run {
      Run(
        testDescription: name, inputs: 784, layers: hidden.map { Dense($0, activation: .relu) } + [Dense(10)],
        batch: batch, cost: .softmaxCrossEntropy, optimizer: optimizer, precision: precision, steps: steps)
    }

    static let all = [
      book("nielsen-30", 30, 10), book("nielsen-30-f32", 30, 10, .quadratic, .f32),
      book("nielsen-100", 100, 10, .crossEntropy), book("online-30", 30, 1),
      modern("mlp-512", [512, 512], 128, .adam(learningRate: 1e-3), .f32, steps: isOptimizedBuild ? 200 : 5),
      modern(
        "mlp-1024, a tenth as many steps", [1024, 1024, 1024], 256, .adam(learningRate: 1e-3), .f32,
        steps: isOptimizedBuild ? 20 : 1),
      modern(
        "mlp-2048, cut down to 640", [640, 640, 640], 512, .sgd(learningRate: 0.01), .f32,
        steps: isOptimizedBuild ? 20 : 1),
      modern(
        "mlp-2048-f64, cut down to 640", [640, 640, 640], 512, .sgd(learningRate: 0.01), .f64,
        steps: isOptimizedBuild ? 10 : 1),
      modern("momentum, rows", [20, 12], 300, .momentum(learningRate: 0.01), .f64, steps: 20),
    ]
  }

  private static let digits = Result {
    try SyntheticDigits(seed: 1, trainingCount: 2000, validationCount: 0, testCount: 1)
  }

  /// Parameters after the run: their bits.
  private func parameters<S: Scalar>(
    _ run: Run, threads: Int?, as _: S.Type, before: (Trainer<S>) throws -> Void = { _ in }
  ) throws -> [S] {
    let dataset = try Self.digits.get().training
    let network = try Network<S>(inputs: run.inputs, layers: run.layers, seed: 1)
    let trainer = try Trainer(
      network, batchSize: run.batch, cost: run.cost, optimizer: run.optimizer, seed: 1, threads: threads)
    // The first step makes memory and threads, on which `before` then works.
    try trainer.train(steps: 1, on: dataset)
    if let threads { #expect(trainer.workers == threads) }
    try before(trainer)
    if run.steps > 1 { try trainer.train(steps: run.steps - 1, on: dataset) }
    #expect(trainer.network.parameters != network.parameters)
    return trainer.network.parameters.elements
  }

  @Test("are the same on 1, 2, 3, 5 and 8 threads, run twice, profiled, and with NaN in all memory", arguments: Run.all)
  func sameBits(_ run: Run) throws {
    switch run.precision {
    case .f32: try check(run, as: Float.self)
    case .f64: try check(run, as: Double.self)
    }
  }

  private func check<S: Scalar>(_ run: Run, as _: S.Type) throws {
    let expected = try parameters(run, threads: 1, as: S.self)
    #expect(expected.allSatisfy { $0.isFinite })
    /// Without the arrays, whose differences would take minutes to find.
    func isSame(_ threads: Int?, before: (Trainer<S>) throws -> Void = { _ in }) throws -> Bool {
      try parameters(run, threads: threads, as: S.self, before: before) == expected
    }
    for threads in [1, 2, 3, 5, 8] { #expect(try isSame(threads), "\(threads) threads") }
    #expect(try isSame(nil), "as many threads as there is use for")
    #expect(try isSame(2) { $0.setProfiling(true) }, "profiled")
    #expect(try isSame(2) { $0.fillWorkspace(.nan) }, "poisoned")
    #expect(try isSame(2) { _ = $0.replayProducts(steps: 2) }, "replayed")
  }

  @Test("of an evaluation are the same on any number of threads")
  func evaluation() throws {
    let digits = try Self.digits.get().training
    let network = try Network<Float>(inputs: 784, layers: [Dense(300, activation: .relu), Dense(10)], seed: 2)
    let expected = try network.evaluate(digits, cost: .softmaxCrossEntropy, threads: 1)
    for threads in [2, 3, 5] {
      #expect(try network.evaluate(digits, cost: .softmaxCrossEntropy, threads: threads) == expected)
    }
  }
}
