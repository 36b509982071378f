import NNBlas
import TestSupport
import Testing

@Suite("Steps that look ahead")
struct LookaheadTests {
  /// A network whose steps look ahead, and an epoch that ends in the middle of a block, with a short batch.
  struct Case: CustomTestStringConvertible, Sendable {
    let sizes: [Int]
    let batch: Int
    let examples: Int
    var cost = Cost.quadratic

    var testDescription: String { "\(sizes), batch \(batch), \(examples) examples, \(cost)" }
    var lookahead: Int { Plan.lookahead(sizes: sizes, rows: batch) }

    static let all = [
      Case(sizes: [784, 30, 10], batch: 1, examples: 29), Case(sizes: [784, 30, 10], batch: 1, examples: 5),
      Case(sizes: [303, 101, 7], batch: 2, examples: 51),
      Case(sizes: [200, 120, 12, 3], batch: 5, examples: 83, cost: .crossEntropy),
      Case(sizes: [1500, 67, 5], batch: 3, examples: 43, cost: .softmaxCrossEntropy),
      Case(sizes: [784, 100, 10], batch: 10, examples: 137, cost: .crossEntropy),
    ]

    func dataset<S: Scalar>(as _: S.Type) throws -> Dataset {
      var random = RandomValues(seed: 5)
      let outputs = sizes[sizes.count - 1]
      let x: [S] = random.numbers(examples * sizes[0], in: -0.2...1)
      let labels = (0..<examples).map { $0 * 7 % outputs }
      return try Dataset(
        inputs: Matrix(rows: examples, columns: sizes[0], elements: x), labels: labels, classes: outputs)
    }

    func trainer<S: Scalar>(_: S.Type, threads: Int?) throws -> Trainer<S> {
      let layers = sizes.dropFirst().enumerated().map {
        Dense(
          $1, activation: $0 == sizes.count - 2 ? cost.outputActivations?.first ?? .sigmoid : $0 == 0 ? .sigmoid : .relu
        )
      }
      return try Trainer(
        Network(inputs: sizes[0], layers: layers, initializer: .scaledNormal, seed: 3), batchSize: batch, cost: cost,
        optimizer: .sgd(learningRate: 0.5), seed: 1, threads: threads)
    }
  }

  @Test("are those of few examples with a large first layer and small others")
  func shapes() {
    #expect(Plan.lookahead(sizes: [784, 30, 10], rows: 1) == 8)
    #expect(Plan.lookahead(sizes: [784, 100, 10], rows: 10) == 2)
    // Few neurons, or inputs, for as many examples: their products, or corrections, would cost more than they save.
    #expect(Plan.lookahead(sizes: [784, 30, 10], rows: 10) == 1)
    #expect(Plan.lookahead(sizes: [64, 400, 4], rows: 16) == 1)
    // Work for two in the second layer; no second layer; a small first one; examples wider than a cache.
    for sizes in [[784, 512, 512, 10], [784, 100], [20, 30, 10], [100_000, 30, 10]] {
      #expect(Plan.lookahead(sizes: sizes, rows: 1) == 1, "\(sizes)")
    }
    #expect(Case.all.allSatisfy { $0.lookahead > 1 && $0.examples % ($0.batch * $0.lookahead) > $0.batch })
  }

  @Test("have a plan that makes every product once, in an order that suits them", arguments: Case.all)
  func plan(_ example: Case) {
    let (sizes, rows, steps) = (example.sizes, example.batch, example.lookahead)
    let plan = Plan(sizes: sizes, rows: rows, lookahead: steps)
    #expect(plan.lookahead == steps && plan.stages.count == 3 && plan.replicatesBatch)
    let block = plan.stages[0]
    var (settled, ahead) = (Set<Int>(), Set<Int>())
    var pairs = [[Int]: Int]()
    for (index, task) in block.enumerated() {
      switch task.kind {
      case .gather: #expect(index == 0 && task.rows == 0..<rows * steps)
      case .settle:
        #expect(settled.isDisjoint(with: task.rows))
        settled.formUnion(task.rows)
      case .ahead:
        #expect(ahead.isDisjoint(with: task.columns) && task.rows == 0..<rows * steps)
        ahead.formUnion(task.columns)
        // With weights that the same worker has settled before.
        #expect(block[..<index].contains { $0.kind == .settle && $0.slot == task.slot && $0.rows == task.columns })
      case .overlap: for row in task.rows { for column in task.columns { pairs[[row, column], default: 0] += 1 } }
      default: Issue.record("\(task) before the first step")
      }
    }
    #expect(settled == Set(0..<sizes[1]) && ahead == settled)
    for row in 0..<rows * steps {
      for column in 0..<row / rows * rows { #expect(pairs[[row, column]] == 1, "\(row) with \(column)") }
    }
    // One worker takes the steps: every layer forward and back, then, once it is known that all is finite, its update.
    let (passes, updates) = (plan.stages[1], plan.stages[2])
    #expect(plan.guardStage == 1 && plan.costCount == 1 && (passes + updates).allSatisfy { $0.slots == 1 })
    #expect(passes.map(\.layer) == Array(1..<sizes.count) + (1..<sizes.count - 1).reversed())
    let forward = [Plan.Task.Kind](repeating: .forward, count: sizes.count - 3)
    let backward = [Plan.Task.Kind](repeating: .backward, count: sizes.count - 2)
    #expect(passes.map(\.kind) == [.correct] + forward + [.output] + backward)
    #expect(updates.allSatisfy { $0.kind == ($0.layer == 1 ? .postpone : .update) })
    #expect(Set(updates.map(\.layer)) == Set(1..<sizes.count))
  }

  @Test("agree with plain ones", arguments: Case.all)
  func agree(_ example: Case) throws {
    try Self.checkAgainstPlain(example, relative: 1e-12, as: Double.self)
    try Self.checkAgainstPlain(example, relative: 2e-5, as: Float.self)
  }

  static func checkAgainstPlain<S: Scalar>(_ example: Case, relative: Double, as _: S.Type) throws {
    let dataset = try example.dataset(as: S.self)
    let trainer = try example.trainer(S.self, threads: 2)
    var plain = try PlainTrainer(trainer.network, cost: example.cost, optimizer: trainer.optimizer)
    let all = try Batch<Double>(Array(0..<Int32(example.examples)), of: dataset)
    var costs: [Double] = []
    try trainer.train(epochs: 2, on: dataset, order: .sequential) { _ in
    } progress: {
      costs.append($0.cost)
    }
    for _ in 0..<2 {
      for start in stride(from: 0, to: example.examples, by: example.batch) {
        let rows = start..<min(start + example.batch, example.examples)
        let expected = try plain.step(all.inputs[rows: rows], all.targets[rows: rows])
        #expect(abs(costs.removeFirst() - expected) <= relative * max(1, abs(expected)))
      }
    }
    #expect(costs.isEmpty)
    for (index, layer) in trainer.network.layers.enumerated() {
      let weights = zip(layer.weights.elements, plain.weights[index].elements).map { Double($0) - $1 }
      #expect(norm(weights) <= relative * norm(plain.weights[index].elements), "weights of layer \(index + 1)")
      let biases = zip(layer.biases.elements, plain.biases[index]).map { Double($0) - $1 }
      #expect(norm(biases) <= relative * norm(plain.biases[index]), "biases of layer \(index + 1)")
    }
  }

  /// Whatever ends a call in the middle of a block, or looks at the network there.
  @Test(
    "have the same bits however they are called, and the network is that of the step at any time", arguments: Case.all)
  func calls(_ example: Case) throws {
    try checkCalls(example, as: Double.self)
    try checkCalls(example, as: Float.self)
  }

  private func checkCalls<S: Scalar>(_ example: Case, as _: S.Type) throws {
    let dataset = try example.dataset(as: S.self)
    let steps = 2 * ((example.examples + example.batch - 1) / example.batch)
    /// The parameters after each step.
    var expected: [[S]] = []
    let watched = try example.trainer(S.self, threads: 2)
    try watched.train(steps: steps, on: dataset) { _ in expected.append(watched.network.parameters.elements) }
    #expect(Set(expected).count == steps)

    /// Without the arrays, whose differences would take minutes to find.
    func isSame(_ trainer: Trainer<S>, after step: Int) -> Bool {
      trainer.network.parameters.elements == expected[step]
    }
    for threads in [1, 2, 3, 5] {
      let whole = try example.trainer(S.self, threads: threads)
      try whole.train(steps: steps, on: dataset)
      #expect(isSame(whole, after: steps - 1), "\(threads) threads")
      let single = try example.trainer(S.self, threads: threads)
      for step in 0..<steps {
        try single.train(steps: 1, on: dataset)
        if step % 3 == 0 { single.fillWorkspace(.nan) }
        if step % 4 == 0 { _ = single.replayProducts(steps: 2) }
        #expect(isSame(single, after: step), "step \(step), \(threads) threads")
      }
    }
    let changing = try example.trainer(S.self, threads: nil)
    var step = 0
    for count in [1, 2, 3, 4, 5] {
      changing.hurryPace()
      let count = min(count, steps - step)
      guard count > 0 else { break }
      try changing.train(steps: count, on: dataset)
      step += count
      #expect(isSame(changing, after: step - 1), "\(step) steps, changing")
    }
    let stopped = try example.trainer(S.self, threads: 2)
    for step in stride(from: 2, to: steps, by: 3) {
      try stopped.train(epochs: 2, on: dataset) { _ in
      } progress: { _ in
        if stopped.completedEpochs * (steps / 2) + stopped.stepsInEpoch == step + 1 { stopped.requestStop() }
      }
      #expect(isSame(stopped, after: step), "stopped after step \(step)")
    }
  }

  @Test("leave the parameters alone where the cost is not finite, and those of the steps before in place")
  func notFinite() throws {
    var x = [[Double]](repeating: [Double](repeating: 0.5, count: 400), count: 20)
    x[11][7] = 1e308
    x[11][8] = 1e308
    let dataset = try Dataset(inputs: x, targets: x.map { _ in [0.5] })
    let network = try Network<Double>(
      inputs: 400, layers: [Dense(40, activation: .relu), Dense(1)], initializer: .scaledNormal, seed: 1)
    func trainer() throws -> Trainer<Double> {
      try Trainer(network, batchSize: 1, optimizer: .sgd(learningRate: 1e-3), seed: 1, threads: 2)
    }
    #expect(Plan.lookahead(sizes: [400, 40, 1], rows: 1) == 8)
    let before = try trainer()
    try before.train(steps: 11, on: dataset, order: .sequential)
    let broken = try trainer()
    for _ in 0..<2 {
      #expect { try broken.train(epochs: 1, on: dataset, order: .sequential) } throws: { error in
        guard case TrainingError.stepNotFinite(epoch: 1, step: 12, cost: _, layer: _, gradient: _) = error else {
          return false
        }
        return true
      }
      #expect(broken.stepsInEpoch == 11)
      #expect(broken.network == before.network && broken.network != network)
    }
  }

  @Test("do not know the examples of an epoch that ended before its first step")
  func otherExamples() throws {
    let (bad, good) = ([Double](repeating: 1e308, count: 400), [Double](repeating: 0.5, count: 400))
    let data = try [bad, good].map { first in
      try Dataset(inputs: [first] + [[Double]](repeating: good, count: 19), targets: (0..<20).map { _ in [0.5] })
    }
    let network = try Network<Double>(
      inputs: 400, layers: [Dense(40, activation: .relu), Dense(1)], initializer: .scaledNormal, seed: 1)
    func trainer() throws -> Trainer<Double> {
      try Trainer(network, batchSize: 1, optimizer: .sgd(learningRate: 1e-3), seed: 1)
    }
    let (broken, sound) = (try trainer(), try trainer())
    #expect(throws: TrainingError.self) { try broken.train(epochs: 1, on: data[0], order: .sequential) }
    try broken.train(epochs: 1, on: data[1], order: .sequential)
    try sound.train(epochs: 1, on: data[1], order: .sequential)
    #expect(broken.network == sound.network)
  }

  /// Plain steps multiply each of them with weights alone.
  @Test("take inputs whose products with one another are too large for the scalar", arguments: [-3.4e38, 3e19, -1e36])
  func large(_ input: Float) throws {
    var x = [[Float]](repeating: [Float](repeating: 0.5, count: 784), count: 64)
    for row in stride(from: 0, to: 64, by: 3) { x[row][100] = input }
    let dataset = try Dataset(
      inputs: Matrix(x), labels: (0..<64).map { $0 % 10 }, classes: 10)
    let network = try Network<Float>(sizes: [784, 30, 10], seed: 1)
    func trainer(_ hook: Trainer<Float>.GradientHook?) throws -> Trainer<Float> {
      try Trainer(
        network, batchSize: 1, optimizer: .sgd(learningRate: 0.5), seed: 1, threads: 2, gradientHook: hook)
    }
    #expect(Plan.lookahead(sizes: network.sizes, rows: 1) > 1)
    // Whoever sees each gradient takes plain steps.
    let (ahead, plain) = (try trainer(nil), try trainer { _ in })
    for trainer in [ahead, plain] {
      let report = try trainer.train(steps: 320, on: dataset)
      #expect(report.cost.isFinite)
    }
    for (mine, theirs) in zip(ahead.network.layers, plain.network.layers) {
      #expect(theirs.weights.elements.allSatisfy { $0.isFinite })
      let difference = zip(mine.weights.elements, theirs.weights.elements).map { Double($0) - Double($1) }
      #expect(norm(difference) <= 1e-5 * norm(theirs.weights.elements.map(Double.init)))
    }
  }

  /// Where they saturate a neuron, its cost is finite whatever they are.
  @Test("make products anew where those of examples with one another are too large, though the cost is finite")
  func saturated() throws {
    // In the second and third example, 3e19 · 3e19 times an update is little beside 1e19 · ±1e19.
    var x = [[Float]](repeating: [Float](repeating: 0.5, count: 400), count: 16)
    for (row, second) in [Float(0), 1e19, -1e19].enumerated() { x[row].replaceSubrange(0..<2, with: [3e19, second]) }
    let dataset = try Dataset(inputs: Matrix(x), labels: (0..<16).map { $0 % 2 }, classes: 2)
    let random = try Network<Float>(sizes: [400, 40, 2], initializer: .scaledNormal, seed: 1)
    var (weights, second) = (random.layers[0].weights.elements, random.layers[1].weights.elements)
    for neuron in 0..<40 {
      weights.replaceSubrange(neuron * 400..<neuron * 400 + 2, with: [0, 1e19])
      second[neuron] += 0.1
    }
    let network = try Network(
      weights: [
        Matrix(rows: 40, columns: 400, elements: weights), Matrix(rows: 2, columns: 40, elements: second),
      ], biases: [Vector(count: 40), Vector(count: 2)])
    #expect(Plan.lookahead(sizes: network.sizes, rows: 1) == 8)
    func costs(_ hook: Trainer<Float>.GradientHook?) throws -> [Double] {
      let trainer = try Trainer(
        network, batchSize: 1, optimizer: .sgd(learningRate: 0.05), seed: 1, threads: 2, gradientHook: hook)
      var costs: [Double] = []
      try trainer.train(steps: 16, on: dataset, order: .sequential) { costs.append($0.cost) }
      return costs
    }
    // Whoever sees each gradient takes plain steps.
    for (ahead, plain) in zip(try costs(nil), try costs { _ in }) { #expect(abs(ahead - plain) <= 1e-5 * plain) }
  }
}
