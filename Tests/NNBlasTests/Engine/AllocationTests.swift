import CMeasure
import NNBlas
import TestSupport
import Testing

/// Counted for the whole process, and so in a process of its own.
@Suite("Allocations", .enabled(if: nnblas_counts_allocations(), "a sanitizer has its own allocator"))
struct AllocationTests {
  @Test("are counted, on every thread")
  func areCounted() async {
    await #expect(processExitsWith: .success) {
      let before = nnblas_allocations()
      let block = UnsafeMutableRawPointer.allocate(byteCount: 1000, alignment: 64)
      let array = [Int](repeating: 1, count: 1000)
      let after = nnblas_allocations()
      block.deallocate()
      guard after >= before + 2, array.count == 1000 else { fatalError("\(after - before) allocations counted") }
      guard nnblas_openblas_allocations() <= before else { fatalError("allocations counted as OpenBLAS's") }
    }
  }

  /// For a product like this one the kernels for AVX-512 take memory and give it back, at least in version 0.3.21: four columns
  /// are left over, and there are 16 summands or more.
  @Test("of OpenBLAS are told apart")
  func ofOpenBLAS() async {
    await #expect(processExitsWith: .success) {
      let (a, b) = (try Matrix<Double>(rows: 53, columns: 20), try Matrix<Double>(rows: 20, columns: 52))
      var c = try Matrix<Double>(rows: 53, columns: 52)
      try BLAS.gemm(a, b, into: &c)
      let (all, theirs) = (nnblas_allocations(), nnblas_openblas_allocations())
      try BLAS.gemm(a, b, into: &c)
      let (more, moreOfTheirs) = (nnblas_allocations() - all, nnblas_openblas_allocations() - theirs)
      guard more == moreOfTheirs else { fatalError("\(moreOfTheirs) of \(more) allocations are OpenBLAS's") }
      guard more > 0 || BLAS.mostUnpackedMultiplications == 0 else { fatalError("nothing to tell apart") }
    }
  }

  @Test(
    "are none in a prediction that is given its memory", .enabled(if: isOptimizedBuild, unoptimized))
  func prediction() async {
    await #expect(processExitsWith: .success) {
      BLAS.threads = 2
      for sizes in [[784, 30, 10], [3, 2], [20, 70, 50, 4]] {
        try expectNoAllocation(Network<Float>(sizes: sizes, seed: 1))
        try expectNoAllocation(Network<Double>(sizes: sizes, seed: 1))
      }
      guard BLAS.threads == 2 else { fatalError("OpenBLAS has \(BLAS.threads) threads") }
    }
  }

  @Test(
    "are none in a step after the first, with every cost and optimizer, on any number of threads",
    .enabled(if: isOptimizedBuild, unoptimized))
  func none() async {
    await #expect(processExitsWith: .success) {
      for seed in 0..<30 {
        let example = EngineCase(seed: UInt64(seed))
        try expectNoAllocation(example, as: Double.self)
        try expectNoAllocation(example, as: Float.self)
      }
    }
  }

  @Test("are none in a step with any layer, cost and optimizer", .enabled(if: isOptimizedBuild, unoptimized))
  func layers() async {
    await #expect(processExitsWith: .success) {
      guard TorchCase.all.count > 90 else { fatalError("no cases") }
      for example in TorchCase.all {
        for threads in 1...2 {
          let what = "\(example.name), \(threads) threads"
          try expectNoAllocation(
            example.trainer(threads: threads, as: Double.self), example.dataset(), what, ownAllocations)
          try expectNoAllocation(
            example.trainer(threads: threads, as: Float.self), example.dataset(), what, ownAllocations)
        }
      }
    }
  }

  @Test("are none of OpenBLAS's in errors that are made in tiles")
  func tiles() async {
    await #expect(processExitsWith: .success) {
      // The last panels of 156 and 104 neurons would leave columns over for which its kernels take memory, in Double and in
      // Float.
      let rate = Optimizer.sgd(learningRate: 0.01)
      try expectNoAllocation(WorkloadCase.modern("300", [300, 300], 128, rate, .f64), as: Double.self)
      try expectNoAllocation(WorkloadCase.modern("200", [200, 200], 256, rate), as: Float.self)
    }
  }

  @Test(
    "are none in a step of any published workload, OpenBLAS's included", .enabled(if: isOptimizedBuild, unoptimized))
  func workloads() async {
    await #expect(processExitsWith: .success) {
      guard WorkloadCase.published.count == 8 else { fatalError("not all workloads") }
      for workload in WorkloadCase.published {
        switch workload.precision {
        case .f32: try expectNoAllocation(workload, as: Float.self)
        case .f64: try expectNoAllocation(workload, as: Double.self)
        }
      }
    }
  }
}

private let unoptimized: Comment = "unoptimized code allocates where it may call a layer that is no product"

/// With all of the process's allocations, and the short batch that 50,000 examples end with.
private func expectNoAllocation<S: Scalar>(_ workload: WorkloadCase, as _: S.Type) throws {
  let isLarge = workload.sizes[1] >= 1024
  let example = isLarge && !isOptimizedBuild ? workload.cut(to: [200, 200, 200], batch: workload.batch) : workload
  // Steps that look ahead need some blocks of them.
  let steps = max(isLarge ? 2 : 5, 3 * Plan.lookahead(sizes: example.sizes, rows: example.batch))
  let count = steps * example.batch + 50_000 % example.batch
  let digits = try SyntheticDigits(seed: 1, trainingCount: count, validationCount: 0, testCount: 1).training
  let network = try example.network(as: S.self)
  // Large steps take a third of a second.
  for threads in isLarge ? [1, 2] : [1, 2, 3] {
    try expectNoAllocation(
      example.trainer(network, threads: threads), digits, "\(example.testDescription), \(threads) threads")
  }
  let changing = try example.trainer(network, threads: nil)
  try changing.train(steps: 1, on: digits)
  guard changing.mayBeAlone else { return }
  changing.hurryPace()
  try expectNoAllocation(changing, digits, "\(example.testDescription), changing between all threads and one")
}

private func expectNoAllocation<S: Scalar>(_ example: EngineCase, as _: S.Type) throws {
  let dataset = try example.dataset(as: S.self)
  for threads in [1, 2, 3] {
    for hook: Trainer<S>.GradientHook? in [nil, { $0[0] *= 2 }] {
      try expectNoAllocation(
        example.trainer(threads: threads, as: S.self, gradientHook: hook), dataset,
        "\(example.testDescription), \(threads) threads, \(hook == nil ? "fused" : "stored")", ownAllocations)
    }
  }
}

/// Traps where a prediction allocates that follows one of as many examples.
private func expectNoAllocation<S: Scalar>(_ network: Network<S>) throws {
  let (inputs, outputs) = (network.sizes[0], network.sizes[network.sizes.count - 1])
  let workspace = PredictionWorkspace<S>()
  let x = try Vector<S>(repeating: 0.5, count: inputs)
  var answer = try Vector<S>(count: outputs)
  let batch = try Matrix<S>(rows: 300, columns: inputs, repeating: 0.5)
  var answers = try Matrix<S>(rows: 300, columns: outputs)
  var before: UInt64 = 0
  for round in 0..<3 {
    if round == 1 { before = nnblas_allocations() }
    try network.predict(batch: batch, into: &answers, using: workspace)
    try network.predict(x, into: &answer, using: workspace)
  }
  let count = nnblas_allocations() - before
  guard count == 0 else { fatalError("\(count) allocations in predictions of \(network)") }
}

/// The process's allocations without OpenBLAS's own, which shapes beyond the workloads' can ask of it.
private func ownAllocations() -> UInt64 { nnblas_allocations() - nnblas_openblas_allocations() }

/// Traps where the process allocates between the ends of the first and of the last step of an epoch, the short batch included.
private func expectNoAllocation<S: Scalar>(
  _ trainer: Trainer<S>, _ dataset: Dataset, _ what: String, _ allocations: () -> UInt64 = nnblas_allocations
) throws {
  try trainer.train(epochs: 1, on: dataset)
  var (first, last): (UInt64?, UInt64) = (nil, 0)
  let steps = (dataset.count + trainer.batchSize - 1) / trainer.batchSize
  try trainer.train(steps: steps, on: dataset) { _ in
    last = allocations()
    first = first ?? last
  }
  guard first == last else { fatalError("\(what): \(last - (first ?? 0)) allocations in \(steps) steps") }
}
