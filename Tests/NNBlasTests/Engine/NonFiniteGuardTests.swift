import NNBlas
import Testing

@Suite("A step whose gradient is not finite")
struct NonFiniteGuardTests {
  @Test("is named and changes nothing, and training goes on as if it had not been tried", arguments: GuardCase.all)
  func guarded(_ example: GuardCase) throws {
    try check(example, as: Float.self)
    try check(example, as: Double.self)
  }

  private func check<S: Scalar>(_ example: GuardCase, as _: S.Type) throws {
    let (good, bad) = (
      try example.dataset(isBad: false, as: S.self), try example.dataset(isBad: true, as: S.self)
    )
    #expect(
      (Plan.lookahead(sizes: [example.inputs, 40, 20, 3], rows: example.batch) > 1) == (example.kind == .lookahead))
    let sound: Trainer<S> = try example.trainer(threads: 1)
    try sound.train(steps: example.badStep - 1, on: good, order: .sequential)
    let before = sound.trainingState
    sound.learningRateFactor = 0.5
    try sound.train(epochs: 2, on: good, order: .sequential)
    let after = sound.trainingState

    var errors: [TrainingError] = []
    for threads in 1...3 {
      let trainer: Trainer<S> = try example.trainer(threads: threads)
      for _ in 0..<2 {
        let error = #expect(throws: TrainingError.self) {
          try trainer.train(epochs: 1, on: bad, order: .sequential)
        }
        errors.append(try #require(error))
        #expect(trainer.trainingState == before, "\(S.self), \(threads) threads")
      }
      trainer.learningRateFactor = 0.5
      try trainer.train(epochs: 2, on: good, order: .sequential)
      if example.kind == .lookahead {
        // Its block has begun anew.
        try expectClose(trainer.trainingState, after, "\(S.self), \(threads) threads")
      } else {
        #expect(trainer.trainingState == after, "\(S.self), \(threads) threads")
      }
    }
    guard case .stepNotFinite(1, example.badStep, let cost, example.badLayer, example.bad.gradient) = errors[0] else {
      Issue.record("\(errors[0])")
      return
    }
    #expect(Double(cost)?.isFinite == true)
    #expect(errors.allSatisfy { $0 == errors[0] })
  }

  private func expectClose<S: Scalar>(_ a: TrainingState<S>, _ b: TrainingState<S>, _ comment: Comment) throws {
    #expect(a.scalars == b.scalars && a.arrays.map(\.name) == b.arrays.map(\.name))
    for (mine, theirs) in zip(a.arrays, b.arrays) {
      let difference = zip(mine.elements.elements, theirs.elements.elements).map { Double($0) - Double($1) }
      // Some ten steps of as many roundings as there are inputs, each of half an ulp, at worst.
      #expect(
        norm(difference) <= 2000 * Double(S.ulpOfOne) * norm(theirs.elements.elements.map(Double.init)), "\(comment)")
    }
  }

  private func failure<R>(_ body: () throws -> R) -> TrainingError? {
    do { _ = try body() } catch { return error as? TrainingError }
    return nil
  }

  @Test("is not shown to a hook")
  func hook() throws {
    let example = GuardCase(kind: .hooked, layers: .mixed)
    var seen: [Double] = []
    let trainer: Trainer<Float> = try example.trainer(threads: 2) { seen.append(Double($0[0])) }
    #expect(throws: TrainingError.self) {
      try trainer.train(epochs: 1, on: example.dataset(isBad: true, as: Float.self), order: .sequential)
    }
    #expect(seen.count == example.badStep - 1 && seen.allSatisfy(\.isFinite))
  }

  /// Sums of half the largest number and more are not trusted: roundings come on top.
  @Test("is told by the largest error times the largest input times the examples", arguments: [1, 4])
  func bound(batch: Int) throws {
    func check<S: Scalar>(_: S.Type) throws {
      let limit = S.greatestFiniteMagnitude / 2 / S(batch)
      for (input, isSound) in [(limit * 0.99, true), (limit * 1.01, false), (-limit * 1.01, false), (-limit / 2, true)]
      {
        // All weights are 0, so that the answer is, and its error is −1 or 1, as the derivative of |a − y|.
        var x = [[S]](repeating: [0.25, 0.5], count: batch)
        x[batch - 1][1] = input
        let dataset = try Dataset(inputs: x, targets: x.map { _ in [S(1)] })
        let network = try Network<S>(weights: [Matrix([[0, 0]])], biases: [[0]], activations: [.identity])
        for optimizer in [Optimizer.sgd(learningRate: 1e-3), .momentum(learningRate: 1e-3)] {
          let trainer = try Trainer(
            network, batchSize: batch, cost: .meanAbsoluteError, optimizer: optimizer, seed: 1, threads: 2)
          let error = failure { try trainer.train(steps: 1, on: dataset) }
          #expect((error == nil) == isSound, "\(input), \(batch) examples: \(String(describing: error))")
          #expect((trainer.network == network) != isSound)
        }
      }
    }
    /// Where squares are kept, so they have to be finite.
    func checkSquares<S: Scalar>(_: S.Type) throws {
      let limit = S.greatestFiniteMagnitude.squareRoot() / 2 / S(batch)
      for (input, isSound) in [(limit * 0.99, true), (limit * 1.01, false)] {
        var x = [[S]](repeating: [0.25, 0.5], count: batch)
        x[batch - 1][1] = input
        let dataset = try Dataset(inputs: x, targets: x.map { _ in [S(1)] })
        let network = try Network<S>(weights: [Matrix([[0, 0]])], biases: [[0]], activations: [.identity])
        for optimizer in [Optimizer.rmsProp(learningRate: 1e-3), .adam(learningRate: 1e-3)] {
          let trainer = try Trainer(
            network, batchSize: batch, cost: .meanAbsoluteError, optimizer: optimizer, seed: 1, threads: 2)
          let error = failure { try trainer.train(steps: 1, on: dataset) }
          #expect((error == nil) == isSound, "\(input), \(batch) examples: \(String(describing: error))")
        }
      }
    }
    try check(Float.self)
    try check(Double.self)
    try checkSquares(Float.self)
    try checkSquares(Double.self)
  }

  /// Not of one that fetches its examples, nor of one in its block: every other step's errors are as large.
  @Test("is that of the example, whoever fetched it", arguments: [1, 2, 4])
  func place(batch: Int) throws {
    func check<S: Scalar>(_: S.Type) throws {
      var x = [[S]](repeating: [S](repeating: 0.25, count: 400), count: 20)
      for row in x.indices { x[row][7] = row == 13 ? S.greatestFiniteMagnitude * 0.6 : 0 }
      let dataset = try Dataset(inputs: x, targets: x.map { _ in [S(1)] })
      // δ = ±1 of the output, and as much of every neuron before it.
      let network = try Network<S>(
        weights: [Matrix(rows: 40, columns: 400), Matrix([[S](repeating: 1, count: 40)])],
        biases: [Vector(count: 40), [0]], activations: [.identity, .identity])
      for optimizer in [Optimizer.sgd(learningRate: 1e-6), .adam(learningRate: 1e-6)] {
        for threads in [1, 2, nil] {
          let trainer = try Trainer(
            network, batchSize: batch, cost: .meanAbsoluteError, optimizer: optimizer, seed: 1, threads: threads)
          let error = failure { try trainer.train(epochs: 1, on: dataset, order: .sequential) }
          guard case .stepNotFinite(1, 13 / batch + 1, _, "layer 1, Dense 400 → 40", _) = error else {
            Issue.record("\(String(describing: error)), \(optimizer)")
            continue
          }
          #expect(trainer.stepsInEpoch == 13 / batch && trainer.network.parameters.elements.allSatisfy(\.isFinite))
        }
      }
    }
    try check(Float.self)
    try check(Double.self)
  }

  /// Bytes are not looked at, and of numbers below 1 the biases' 1 is larger: errors alone can be too large.
  @Test("may be one of small inputs", arguments: [false, true])
  func smallInputs(areBytes: Bool) throws {
    for large in [Float(1e37), 3e38] {
      var y = [[Float]](repeating: [0.5, 0.5], count: 8)
      for row in 4..<8 { y[row][1] = large }
      let dataset =
        try areBytes
        ? Dataset(inputs: ByteMatrix(rows: 8, columns: 3, bytes: (0..<24).map { UInt8($0 * 10) }), targets: Matrix(y))
        : Dataset(inputs: Matrix<Float>(rows: 8, columns: 3), targets: Matrix(y))
      let trainer = try Trainer(
        Network<Float>(weights: [Matrix([[0, 0, 0], [0, 0, 0]])], biases: [[0, 0]], activations: [.identity]),
        batchSize: 4, optimizer: .sgd(learningRate: 1e-30), seed: 1, threads: 2)
      // The sum of four of them; their squares' is a cost in double precision.
      let expected = TrainingError.stepNotFinite(
        epoch: 1, step: 2, cost: "\(Double(large) * Double(large) / 2)", layer: "layer 1, Dense 3 → 2", gradient: "inf")
      let error = failure { try trainer.train(epochs: 1, on: dataset, order: .sequential) }
      #expect(error == (large == 1e37 ? nil : expected))
    }
  }

  @Test("is one whose cost is no number, though the gradient may be")
  func cost() throws {
    struct Odd: CostFunction {
      var name: String { "odd" }
      func evaluate(
        _ answer: UnsafeBufferPointer<Double>, _ target: UnsafeBufferPointer<Double>,
        derivative: UnsafeMutableBufferPointer<Double>
      ) -> Double {
        for j in answer.indices { derivative[j] = 2 }
        return target[0] > 0 ? .nan : 1
      }
    }
    let dataset = try Dataset(inputs: [[1.0], [0.5]], targets: [[0.0], [1]])
    let network = try Network<Double>(weights: [Matrix([[0]])], biases: [[0]], activations: [.identity])
    for hook: Trainer<Double>.GradientHook? in [nil, { _ in }] {
      let trainer = try Trainer(
        network, batchSize: 1, cost: .custom(Odd()), optimizer: .sgd(learningRate: 1), seed: 1, gradientHook: hook)
      let expected = TrainingError.stepNotFinite(
        epoch: 1, step: 2, cost: "nan", layer: "layer 1, Dense 1 → 1", gradient: "2.0")
      #expect(throws: expected) { try trainer.train(epochs: 1, on: dataset, order: .sequential) }
      #expect(trainer.network.parameters == [-2, -2])
    }
  }

  @Test("is told from one that follows parameters which are not finite")
  func parameters() throws {
    // The first step leaves 10¹⁵⁰ · 10²⁰⁰ behind, which the second one multiplies.
    let dataset = try Dataset(inputs: [[1e200], [1e200]], targets: [[1.0], [1]])
    let network = try Network<Double>(weights: [Matrix([[0]])], biases: [[0]], activations: [.identity])
    let trainer = try Trainer(network, batchSize: 1, optimizer: .sgd(learningRate: 1e150), seed: 1)
    #expect(throws: TrainingError.parameterNotFinite(epoch: 1, step: 1, parameter: "inf")) {
      try trainer.train(epochs: 1, on: dataset)
    }
  }
}
