import NNBlas
import Testing

/// Neighbouring blocks of one worker, made in one product.
@Suite("Joined tasks")
struct JoinedTasksTests {
  /// Rows too long for tiles in Double, with a batch of 512 in every direction.
  private static let sizes = [1104, 2048, 2048, 10]

  private func joinedNeighbours(_ plan: Plan, _ tasks: [Plan.Task]) -> [Plan.Task] {
    plan.joinedNeighbours(tasks, as: Double.self)
  }

  private func plan(_ sizes: [Int], rows: Int, _ ending: Plan.Ending) -> Plan {
    Plan(sizes: sizes, rows: rows, wholeOutputRows: true, purpose: .training(ending))
  }

  private func isBefore(_ one: Plan.Task, _ other: Plan.Task) -> Bool {
    func place(_ task: Plan.Task) -> [Int] { [task.layer, task.slot, task.rows.lowerBound, task.columns.lowerBound] }
    return "\(one.kind)" == "\(other.kind)"
      ? place(one).lexicographicallyPrecedes(place(other)) : "\(one.kind)" < "\(other.kind)"
  }

  /// What is done of each kind, layer by layer: blocks and their elements.
  private func work(_ tasks: [Plan.Task]) -> [String: (blocks: Int, elements: Int)] {
    tasks.reduce(into: [:]) { work, task in
      let before = work["\(task.kind) \(task.layer)"] ?? (0, 0)
      let elements = before.elements + task.rows.count * task.columns.count
      work["\(task.kind) \(task.layer)"] = (before.blocks + 1, elements)
    }
  }

  @Test(
    "leave one worker one product for each layer, and the same work", arguments: [Plan.Ending.accumulated, .stored])
  func wholeLayers(_ ending: Plan.Ending) {
    let plan = plan(Self.sizes, rows: 512, ending)
    var whole: Set<String> = []
    for stage in plan.stages {
      let (apart, joined) = (work(stage), work(joinedNeighbours(plan, stage)))
      for (name, before) in apart {
        let after = joined[name] ?? (0, 0)
        #expect(after.elements == before.elements, "\(name)")
        if before.blocks > 1, after.blocks == 1 { whole.insert(name) }
        // The output's costs are summed block by block, and a batch is fetched in groups.
        if name.hasPrefix("output") || name.hasPrefix("gather") { #expect(after.blocks == before.blocks, "\(name)") }
      }
    }
    // The last hidden layer's errors follow from the outputs' in the same groups of examples.
    let ends = ending == .stored ? ["gradient 1", "gradient 2"] : ["update 1", "update 2"]
    #expect(whole.isSuperset(of: ["forward 1", "forward 2", "backward 1"] + ends), "\(whole.sorted())")
  }

  @Test("keep a panel's gradient apart where it should stay in cache until its update")
  func panels() {
    let plan = plan(Self.sizes, rows: 512, .fused)
    #expect(joinedNeighbours(plan, plan.stages[plan.stages.count - 1]) == plan.stages[plan.stages.count - 1])
    #expect(joinedNeighbours(plan, plan.stages[0]).count == 1)
  }

  @Test("are no others than neighbours, and no small ones")
  func limits() {
    let plan = plan(Self.sizes, rows: 512, .accumulated)
    let first = plan.stages[0]
    #expect(joinedNeighbours(plan, [first[0], first[2]]) == [first[0], first[2]])
    #expect(joinedNeighbours(plan, [first[1], first[0]]) == [first[1], first[0]])
    // Columns that fill no vector are added up in a way of their own.
    let ragged = self.plan([1104, 1000, 2048, 10], rows: 512, .accumulated)
    let panels = ragged.stages[0]
    #expect(panels.count > 2 && panels[panels.count - 1].columns.count % 16 != 0)
    #expect(joinedNeighbours(ragged, panels).count == 2 && joinedNeighbours(ragged, panels).last == panels.last)
    let small = self.plan([784, 300, 10], rows: 16, .accumulated)
    #expect(small.stages[0].count > 1)
    #expect(joinedNeighbours(small, small.stages[0]) == small.stages[0])
    // One example goes through `gemv`, however wide its layers are.
    let single = self.plan([40_000, 1024, 10], rows: 1, .accumulated)
    #expect(single.stages[0].count > 1)
    #expect(joinedNeighbours(single, single.stages[0]) == single.stages[0])
    // Tiles depend on the block.
    if BLAS.mostUnpackedMultiplications > 0 {
      #expect(plan.isTiled(first[0], 4) && !plan.isTiled(first[0], 8))
      #expect(plan.joinedNeighbours(first, as: Float.self) == first)
    }
  }

  @Test("come in one chain for each worker: every task once, neighbours together")
  func workers() {
    let plan = plan(Self.sizes, rows: 512, .accumulated)
    for workers in 1...9 {
      let schedule = Schedule(plan, workers: workers) { $0 }
      defer { withExtendedLifetime(schedule) {} }
      let view = schedule.view
      for (stage, tasks) in plan.stages.enumerated() {
        let divided = (0..<workers).map { Array(view.tasks(of: $0, stage: stage)) }
        #expect(divided.flatMap { $0 }.sorted(by: isBefore) == tasks.sorted(by: isBefore))
        for mine in divided {
          let slots = mine.filter { $0.kind == .forward || $0.kind == .backward }.map(\.slot)
          #expect(slots.isEmpty || slots == Array(slots[0]..<slots[0] + slots.count))
        }
      }
    }
  }

  /// The Float kernels for AVX2 do not keep bits; whoever the probe lets through has to, in shapes that it has not tried.
  @Test("have the same bits wherever the probe finds it, as with the kernels for AVX-512", arguments: [false, true])
  func bits(_ transposeA: Bool) {
    if BLAS.mostUnpackedMultiplications > 0 {
      #expect(ProductParts.keepBits(Float.self) && ProductParts.keepBits(Double.self))
    }
    if ProductParts.keepBits(Float.self) { check(transposeA, as: Float.self) }
    if ProductParts.keepBits(Double.self) { check(transposeA, as: Double.self) }
  }

  /// Depths below, at and beyond what OpenBLAS takes at once; boundaries as tasks are joined at, parts of 2²³ multiplications
  /// and more.
  private func check<S: Scalar>(_ transposeA: Bool, as _: S.Type) {
    var random = RandomValues(seed: 1)
    for (m, n, k) in [(528, 336, 160), (261, 784, 300), (1043, 144, 700), (203, 1040, 1500)] {
      let (a, b): ([S], [S]) = (random.numbers(m * k, in: -1...1), random.numbers(k * n, in: -1...1))
      for transposeB in [false, true] {
        let product = PartedProduct(m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB)
        for (alpha, beta) in [(S(1), S(0)), (S(-0.3), S(1))] {
          let unit = m > n ? 8 : 16
          for part in [max(m, n) / 2 / unit * unit, max(m, n) / 3 / unit * unit] {
            #expect(
              product.keepsBits(a, b, alpha, beta, at: part), "\(m)×\(n)×\(k), \(transposeB), \(alpha), at \(part)")
          }
        }
      }
    }
  }

  @Test("would be seen to differ", .enabled(if: BLAS.mostUnpackedMultiplications > 0))
  func ends() {
    var random = RandomValues(seed: 1)
    let (a, b): ([Double], [Double]) = (random.numbers(117 * 900, in: -1...1), random.numbers(900 * 213, in: -1...1))
    // The last five columns fill no vector; how they are added up depends on how many rows and columns there are.
    let product = PartedProduct(m: 117, n: 213, k: 900, transposeA: false, transposeB: true)
    #expect(!product.keepsBits(a, b, 1, 0, at: 112))
  }

  @Test("are compared")
  func difference() {
    var random = RandomValues(seed: 1)
    let a: [Float] = random.numbers(64 * 64, in: -1...1)
    let product = PartedProduct(m: 64, n: 64, k: 64, transposeA: false, transposeB: true)
    // Unlike itself.
    #expect(!product.keepsBits(a, [.nan] + a.dropFirst(), 1, 0, at: 32))
  }
}
