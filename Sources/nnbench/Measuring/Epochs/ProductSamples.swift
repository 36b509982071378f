import NNBlas

/// The products of a workload's steps, timed by themselves: as the engine divides them, among all workers and, where one may take
/// steps alone, for it; and as whole calls on OpenBLAS's threads.
struct ProductSamples<S: Scalar> {
  private let workload: Workload
  private let trainer: Trainer<S>
  /// The examples of a step.
  private let rows: Int
  /// How many steps make a sample of each.
  private var engineSteps: Int
  private var aloneSteps: Int
  private var openblasSteps: Int
  private var whole: WholeProducts<S>
  private var engineSamples: [Double] = []
  /// Empty where all workers take every step.
  private var aloneSamples: [Double] = []
  private var openblasSamples: [Double] = []

  /// - Parameters:
  ///   - workload: Gives the shapes.
  ///   - trainer: One that has taken a step.
  ///   - examples: How many there are, which is the most that a step can have.
  ///   - steps: How many make a sample, or one; more where their products take less than 0.2 s.
  /// - Throws: `ShapeError` for matrices that do not fit memory.
  init(_ workload: Workload, _ trainer: Trainer<S>, examples: Int, steps: Int) throws {
    (self.workload, self.trainer) = (workload, trainer)
    rows = min(workload.batch, examples)
    (engineSteps, aloneSteps, openblasSteps) = (max(1, steps), max(1, steps), max(1, steps))
    whole = try WholeProducts(workload, rows: rows)
  }

  /// How many samples there are of each.
  var count: Int { engineSamples.count }

  /// One more sample of each.
  mutating func take() throws {
    let trainer = trainer
    var (openblasSteps, engineSteps, aloneSteps) = (openblasSteps, engineSteps, aloneSteps)
    defer { (self.openblasSteps, self.engineSteps, self.aloneSteps) = (openblasSteps, engineSteps, aloneSteps) }
    openblasSamples.append(
      try Self.secondsPerStep(&openblasSteps) { try whole.seconds(steps: $0, threads: trainer.workers) })
    // OpenBLAS's threads look for more to do for some 25 ms, on the processors of whatever is timed next.
    Machine.waitUntilIdle()
    engineSamples.append(Self.secondsPerStep(&engineSteps) { trainer.replayProducts(steps: $0) })
    if trainer.mayBeAlone {
      aloneSamples.append(Self.secondsPerStep(&aloneSteps) { trainer.replayProducts(steps: $0, alone: true) })
    }
  }

  /// One sample of at least 0.2 s. One that turns out too short goes on, and the next has as many steps: to leave it out would
  /// be to leave out fast ones.
  private static func secondsPerStep(_ stretch: inout Int, _ seconds: (Int) throws -> Double) rethrows -> Double {
    var (steps, more, taken) = (0, stretch, 0.0)
    while taken < leastSampleSeconds {
      taken += try seconds(more)
      steps += more
      // A little more than is missing, at most nine times as many.
      more = max(1, Int(Double(steps) * min(9, 1.1 * leastSampleSeconds / max(taken, 1e-9) - 1)))
    }
    stretch = steps
    return taken / Double(steps)
  }

  /// The fastest, by their medians.
  var result: EpochResult.Products {
    let engine = [engineSamples, aloneSamples].filter { !$0.isEmpty }.map { Summary($0).median }.min() ?? 0
    let openblas = Summary(openblasSamples).median
    let seconds = min(engine, openblas)
    return EpochResult.Products(
      microseconds: seconds * 1e6, gflops: Double(workload.operationsPerExample * rows) / seconds / 1e9,
      engineMicroseconds: engine * 1e6, openblasMicroseconds: openblas * 1e6)
  }
}

/// The products of a step as whole calls of BLAS: of matrices, or for one example of vectors.
private struct WholeProducts<S: Scalar> {
  private var weights: [Matrix<S>]
  private var activations: [Matrix<S>]
  private var errors: [Matrix<S>]
  /// The same for one example.
  private var activation: [Vector<S>]
  private var error: [Vector<S>]
  private let isSingle: Bool

  init(_ workload: Workload, rows: Int) throws {
    weights = try workload.network(seed: 1, as: S.self).layers.map(\.weights)
    activations = try workload.layers.map { try Matrix(rows: rows, columns: $0, repeating: S(0.01)) }
    errors = activations
    activation = activations.map { $0.row(0) }
    error = activation
    isSingle = rows == 1
  }

  /// So many steps, after one more.
  mutating func seconds(steps: Int, threads: Int) throws -> Double {
    let before = BLAS.threads
    BLAS.threads = threads
    defer { BLAS.threads = before }
    try step()
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<steps { try step() }
    return (clock.now - start) / .seconds(1)
  }

  private mutating func step() throws {
    if isSingle { return try singleStep() }
    for layer in weights.indices {
      try BLAS.gemm(activations[layer], weights[layer].transposed, into: &activations[layer + 1])
    }
    for layer in weights.indices.dropFirst().reversed() {
      try BLAS.gemm(errors[layer + 1], weights[layer], into: &errors[layer])
    }
    for layer in weights.indices {
      try BLAS.gemm(alpha: S(1e-12), errors[layer + 1].transposed, activations[layer], beta: 1, into: &weights[layer])
    }
  }

  private mutating func singleStep() throws {
    for layer in weights.indices { try BLAS.gemv(weights[layer], activation[layer], into: &activation[layer + 1]) }
    for layer in weights.indices.dropFirst().reversed() {
      try BLAS.gemv(weights[layer].transposed, error[layer + 1], into: &error[layer])
    }
    for layer in weights.indices {
      try BLAS.ger(alpha: S(1e-12), error[layer + 1], activation[layer], into: &weights[layer])
    }
  }
}
