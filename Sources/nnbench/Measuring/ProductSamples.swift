import NNBlas

/// The products of a workload's steps, timed alone: as the engine divides them, and as whole calls on OpenBLAS's threads.
struct ProductSamples<S: Scalar> {
  private let workload: Workload
  private let trainer: Trainer<S>
  private let steps: Int
  private var whole: WholeProducts<S>
  private var engineSamples: [Double] = []
  private var openblasSamples: [Double] = []

  /// - Parameters:
  ///   - workload: Gives the shapes.
  ///   - trainer: One that has taken a step.
  ///   - steps: How many make a sample, or one.
  /// - Throws: `ShapeError` for matrices that do not fit memory.
  init(_ workload: Workload, _ trainer: Trainer<S>, steps: Int) throws {
    (self.workload, self.trainer, self.steps) = (workload, trainer, max(1, steps))
    whole = try WholeProducts(workload)
  }

  /// How many samples there are of each.
  var count: Int { engineSamples.count }

  /// One more sample of each.
  mutating func take() throws {
    engineSamples.append(trainer.replayProducts(steps: steps) / Double(steps))
    openblasSamples.append(try whole.seconds(steps: steps, threads: trainer.workers) / Double(steps))
  }

  /// The faster of the two, by their medians.
  var result: EpochResult.Products {
    let (engine, openblas) = (Summary(engineSamples).median, Summary(openblasSamples).median)
    let seconds = min(engine, openblas)
    return EpochResult.Products(
      microseconds: seconds * 1e6, gflops: Double(workload.operationsPerExample * workload.batch) / seconds / 1e9,
      engineMicroseconds: engine * 1e6, openblasMicroseconds: openblas * 1e6)
  }
}

/// The products of a step as whole calls of BLAS.
private struct WholeProducts<S: Scalar> {
  private var weights: [Matrix<S>]
  private var activations: [Matrix<S>]
  private var errors: [Matrix<S>]

  init(_ workload: Workload) throws {
    weights = try workload.network(seed: 1, as: S.self).layers.map(\.weights)
    activations = try workload.layers.map { try Matrix(rows: workload.batch, columns: $0, repeating: S(0.01)) }
    errors = try workload.layers.map { try Matrix(rows: workload.batch, columns: $0, repeating: S(0.01)) }
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
}
