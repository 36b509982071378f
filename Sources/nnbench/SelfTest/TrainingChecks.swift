import NNBlas

extension SelfCheck {
  /// On so many threads at most.
  static func trainingChecks(threads: Int) -> [SelfCheck] {
    ["nielsen-30", "mlp-512"].map { name in
      SelfCheck("training \(name), bits") { try sameBits(.named(name), threads: [2, 4, threads]) }
    }
  }

  /// A short run on one thread, and again on each number of threads: every parameter has the same bits.
  private static func sameBits(_ workload: Workload, threads: [Int]) throws -> String {
    let counts = Array(Set(threads)).filter { $0 > 1 }.sorted()
    let steps = 20
    let data = try SyntheticDigits(seed: 1, trainingCount: 1000, validationCount: 0, testCount: 0).training
    func bits(_ threads: Int) throws -> UInt64 {
      switch workload.precision {
      case .f32: try run(workload, threads, steps, on: data, Float.self)
      case .f64: try run(workload, threads, steps, on: data, Double.self)
      }
    }
    let one = try bits(1)
    for count in counts where try bits(count) != one {
      throw Mismatch("after \(steps) steps the parameters on \(count) threads differ from those on one")
    }
    return "\(steps) steps the same on 1, \(counts.map(String.init).joined(separator: ", ")) threads"
  }

  private static func run<S: Scalar>(
    _ workload: Workload, _ threads: Int, _ steps: Int, on data: Dataset, _: S.Type
  ) throws -> UInt64 {
    let network: Network<S> = try workload.network(seed: 1, as: S.self)
    let trainer = try Trainer(
      network, batchSize: workload.batch, cost: workload.cost, optimizer: workload.optimizer, seed: 1, threads: threads)
    let before = fingerprint(of: network)
    try trainer.train(steps: steps, on: data)
    let after = fingerprint(of: trainer.network)
    guard after != before else { throw Mismatch("\(steps) steps on \(counted(threads, "thread")) changed nothing") }
    return after
  }
}
