import NNBlas
import TestSupport
import Testing

@Suite("The bits of a run")
struct EngineDeterminismTests {
  /// The published workloads, cut down where they are large: shapes that take every branch of the plan, several panels a
  /// layer, and products large enough for a worker to make neighbours at once.
  struct Run: CustomTestStringConvertible, Sendable {
    let workload: WorkloadCase
    var steps = 200
    /// Whether somebody sees the gradient, and changes it.
    var isSeen = false

    var testDescription: String { "\(workload.testDescription), \(steps) steps\(isSeen ? ", gradient seen" : "")" }

    var ending: Plan.Ending {
      if isSeen { return .stored }
      if case .sgd = workload.optimizer { return .accumulated }
      return .fused
    }

    static let all = small + large

    static let small =
      WorkloadCase.published.prefix(4).map { Run(workload: $0) } + [
        Run(workload: .modern("momentum, rows", [20, 12], 300, .momentum(learningRate: 0.01), .f64), steps: 20)
      ]

    static let large = [
      // As published; where OpenBLAS has kernels for it, its large products are made in tiles.
      Run(workload: .published[4], steps: isOptimizedBuild ? 200 : 3),
      // 176 · 720 · 72 multiplications in a panel's product: more than 2²³.
      cut("mlp-1024", to: [720, 720, 720], batch: 72), cut("mlp-2048-f64", to: [720, 720], batch: 72),
      // From 1024 neurons on panels are wider.
      cut("mlp-2048", to: [1024, 1024], batch: 48),
      // Rows too long for tiles.
      cut("mlp-2048-f64", to: [1040, 1040], batch: 264, steps: 20),
      cut("mlp-2048-f64", to: [1040, 1040], batch: 264, steps: 20, isSeen: true),
    ]

    private static func cut(
      _ name: String, to hidden: [Int], batch: Int, steps: Int = 200, isSeen: Bool = false
    ) -> Run {
      guard let workload = WorkloadCase.published.first(where: { $0.testDescription == name }) else {
        fatalError("no workload \(name)")
      }
      return Run(workload: workload.cut(to: hidden, batch: batch), steps: isOptimizedBuild ? steps : 3, isSeen: isSeen)
    }
  }

  private static let digits = Result {
    try SyntheticDigits(seed: 1, trainingCount: 2000, validationCount: 0, testCount: 1)
  }

  /// Parameters after the run: their bits.
  private func parameters<S: Scalar>(
    _ run: Run, threads: Int?, as _: S.Type, before: (Trainer<S>) throws -> Void = { _ in }
  ) throws -> [S] {
    let dataset = try Self.digits.get().training
    let network = try run.workload.network(as: S.self)
    let trainer = try run.workload.trainer(network, threads: threads, gradientHook: run.isSeen ? { $0[0] *= 2 } : nil)
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
    switch run.workload.precision {
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
    #expect(try isSame(nil) { $0.hurryPace() }, "changing between all threads and one")
    #expect(try isSame(3) { $0.setProfiling(true) }, "profiled, 3 threads")
    #expect(try isSame(3) { $0.fillWorkspace(.nan) }, "poisoned, 3 threads")
    let isSameWithAll = try isSame(2) {
      _ = $0.replayProducts(steps: 2)
      $0.setProfiling(true)
      $0.fillWorkspace(.nan)
    }
    #expect(isSameWithAll, "replayed, profiled and poisoned, 2 threads")
  }

  @Test("are compared where steps change between all threads and one", arguments: Run.all.prefix(4))
  func changes(_ run: Run) throws {
    let dataset = try Self.digits.get().training
    func wereAlone<S: Scalar>(_: S.Type, threads: Int?) throws -> [Bool] {
      let trainer = try run.workload.trainer(run.workload.network(as: S.self), threads: threads)
      try trainer.train(steps: 1, on: dataset)
      trainer.hurryPace()
      var (wereAlone, before) = ([Bool](), trainer.stepsAlone)
      try trainer.train(steps: run.steps - 1, on: dataset) { _ in
        wereAlone.append(trainer.stepsAlone > before)
        before = trainer.stepsAlone
      }
      return wereAlone
    }
    for threads in [nil, 2] {
      let wereAlone =
        try run.workload.precision == .f32
        ? wereAlone(Float.self, threads: threads) : wereAlone(Double.self, threads: threads)
      // Who asks for a number of threads gets it.
      let mayChange = threads == nil && Processors.available > 1
      #expect(Set(wereAlone) == (mayChange ? [true, false] : [false]), "\(threads.map(String.init) ?? "auto") threads")
    }
  }

  @Test("are compared where products are made in tiles, and where workers make neighbouring blocks at once")
  func everyWay() {
    var (tiled, joined) = (Set<Plan.Task.Kind>(), [1: Set<Plan.Task.Kind>(), 2: []])
    for run in Run.large {
      let workload = run.workload
      let plan = Plan(
        sizes: workload.sizes, rows: workload.batch, wholeOutputRows: true, purpose: .training(run.ending))
      func see<S: Scalar>(as _: S.Type) {
        tiled.formUnion(plan.stages.joined().filter { plan.isTiled($0, MemoryLayout<S>.stride) }.map(\.kind))
        for workers in [1, 2] {
          _ = Schedule(plan, workers: workers) { tasks in
            let fewer = plan.joinedNeighbours(tasks, as: S.self)
            joined[workers, default: []].formUnion(fewer.filter { !tasks.contains($0) }.map(\.kind))
            return fewer
          }
        }
      }
      switch workload.precision {
      case .f32: see(as: Float.self)
      case .f64: see(as: Double.self)
      }
    }
    for kinds in joined.values { #expect(kinds == [.forward, .backward, .update, .gradient]) }
    if BLAS.mostUnpackedMultiplications > 0 { #expect(tiled.isSuperset(of: [.forward, .backward, .update])) }
  }

  @Test("of an evaluation are the same on any number of threads, with a short last batch")
  func evaluation() throws {
    let digits = try SyntheticDigits(seed: 1, trainingCount: 1933, validationCount: 0, testCount: 1).training
    let network = try Network<Float>(inputs: 784, layers: [Dense(300, activation: .relu), Dense(10)], seed: 2)
    let expected = try network.evaluate(digits, cost: .softmaxCrossEntropy, threads: 1)
    for threads in [2, 3, 5] {
      #expect(try network.evaluate(digits, cost: .softmaxCrossEntropy, threads: threads) == expected)
    }
  }
}
