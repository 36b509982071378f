/// Runs the steps of one network on batches of one size, and on the short last batch of a data set.
///
/// It owns plans and memory; the parameters are the caller's, for each step anew.
final class Engine<S: Scalar>: TeamJob {
  let team: Team
  let batchSize: Int
  let options: EngineOptions
  let workspace: Workspace<S>
  private let full: Schedules
  /// For fewer examples than a batch; nil where every batch is full.
  private let short: Schedules?
  /// The examples of a short batch, or 0.
  var shortBatchSize: Int { short?.plan.rows ?? 0 }
  /// Measures whether all workers take the steps or one alone; nil where all do.
  var pace: Pace?
  let context: UnsafeMutablePointer<StepContext<S>>
  /// What the steps of a block have in common, where they look ahead.
  let lookahead: Lookahead<S>?
  /// In which order the steps of an epoch visit the examples, as long as they are valid.
  private var order = UnsafeBufferPointer<Int32>(start: nil, count: 0)
  /// Which of the two batches is the next step's.
  private var front = 0
  /// The step whose examples are in it.
  var fetched: Int?
  /// The examples of all steps whose gradients are added up before an update, where there are several.
  var groupExamples: Int?
  let parameterCount: Int
  /// The parameters of layers that do not learn.
  let frozenRanges: [Range<Int>]
  let profile: UnsafeMutablePointer<PhaseTimes>
  private(set) var outcome = StepOutcome(costSum: 0, isSound: true)
  /// The mean gradient of the last step, in the order of the parameters, where the plan stores it; else empty.
  var gradient: Vector<S>

  /// - Parameters:
  ///   - network: Gives layers and shapes.
  ///   - batchSize: The examples of a step.
  ///   - shortBatchSize: The examples of the last batch where they are fewer, else 0.
  ///   - cost: What the last layer ends in.
  ///   - purpose: What the steps are for.
  ///   - team: Who runs them, or nil to make a team.
  ///   - threads: How many threads a new team has, or nil for as many as the processors and the plan have use for.
  ///   - options: What else decides on plans and memory.
  init(
    _ network: Network<S>, batchSize: Int, shortBatchSize: Int, cost: Cost, purpose: Plan.Purpose, team: Team?,
    threads: Int?, options: EngineOptions = EngineOptions()
  ) {
    let nodes = network.nodes(for: cost, isTraining: purpose != .evaluation)
    let shape = network.shape(nodes, wantsInputErrors: options.wantsInputErrors)
    func plan(_ rows: Int) -> Plan {
      Plan(
        shape, rows: rows, wholeOutputRows: cost.couplesOutputs, purpose: purpose, clipsNorm: options.clipsNorm)
    }
    let mayLookAhead = purpose == .training(.accumulated) && shape.isPlain && options.mayLookAhead
    let steps = mayLookAhead ? Plan.lookahead(sizes: shape.sizes, rows: batchSize) : 1
    let fullPlan = steps > 1 ? Plan(sizes: shape.sizes, rows: batchSize, lookahead: steps) : plan(batchSize)
    let shortPlan = shortBatchSize > 0 ? plan(shortBatchSize) : nil
    // A team made for little work is too small for more.
    let workers = threads ?? fullPlan.defaultWorkers
    let team = team.flatMap { $0.count < workers ? nil : $0 } ?? Team(workers: workers)
    self.team = team
    (self.batchSize, self.options) = (batchSize, options)
    // Who asks for a number of threads gets it.
    pace = options.isPaced && threads == nil && team.count > 1 && fullPlan.isBrief ? Pace() : nil
    let mayBeAlone = pace != nil
    func schedules(_ plan: Plan) -> Schedules {
      Schedules(plan, workers: team.count, mayBeAlone: mayBeAlone) { plan.joined($0, as: S.self) }
    }
    full = schedules(fullPlan)
    short = shortPlan.map(schedules)
    workspace = Workspace(
      nodes, frozen: network.frozen, rows: batchSize, plans: [fullPlan] + (shortPlan.map { [$0] } ?? []),
      isWeighted: options.isWeighted, predicts: options.predicts, workers: team.count)
    lookahead = steps > 1 ? Lookahead(fullPlan, workers: team.count) : nil
    parameterCount = network.storage.layout.count
    frozenRanges = network.frozen.sorted().map(network.storage.layout.range(of:))
    gradient = Vector(uninitialized: fullPlan.storesGradient ? parameterCount : 0)
    // Frozen layers' derivatives are 0 for whoever looks.
    gradient.fill(with: 0)
    profile = .allocate(capacity: team.count)
    profile.initialize(repeating: PhaseTimes(), count: team.count)
    guard let rule: CostRule<S> = cost.rule(outputs: shape.sizes[shape.last], as: S.self) else {
      invariantBroken("a cost without a function in \(S.precision)")
    }
    context = .allocate(capacity: 1)
    context.initialize(
      to: StepContext(
        schedule: full.together.view, stages: full.together.view.firstRound, layers: workspace.layers,
        computations: UnsafePointer(workspace.computations), costs: workspace.costs, norms: workspace.norms,
        magnitudes: workspace.magnitudes, scratch: workspace.scratchPointer, scratchStride: workspace.scratchStride,
        cost: rule,
        batch: workspace.batches[0], parameters: workspace.batches[0].inputs, statistics: workspace.batches[0].inputs,
        gradient: workspace.batches[0].inputs, rule: .sgd(rate: 0), examples: nil, fetchIndices: Self.noIndices,
        fetchCount: 0, fetchBatch: workspace.batches[0], profile: nil))
    context.pointee.isGuarded = options.isGuarded
    context.pointee.gathersStatistics = options.gathersStatistics
    context.pointee.seed = options.seed
  }

  deinit {
    context.deinitialize(count: 1)
    context.deallocate()
    profile.deallocate()
  }

  static var noIndices: UnsafePointer<Int32> { UnsafePointer(bitPattern: 64).unsafelyUnwrapped }

  /// Makes a data set the source of batches.
  ///
  /// - Parameters:
  ///   - examples: The data set, with examples as wide as the network's two ends.
  ///   - order: Which examples the steps of an epoch visit.
  ///   - step: The first of them to be taken.
  func begin(_ examples: ExampleSource, order: UnsafeBufferPointer<Int32>, step: Int = 0) {
    (context.pointee.examples, self.order, fetched) = (examples, order, nil)
    // Another epoch may be one of other examples.
    if step == 0 { lookahead?.drop() }
    pace?.resume()
  }

  /// The examples of one of the epoch's steps: none after the last.
  func batch(_ step: Int) -> (indices: UnsafePointer<Int32>, count: Int) {
    examples(from: step, count: batchSize)
  }

  /// The examples from a step on, as many as there are of so many.
  func examples(from step: Int, count: Int) -> (indices: UnsafePointer<Int32>, count: Int) {
    let start = min(step * batchSize, order.count)
    return (order.baseAddress.map { $0 + start } ?? Self.noIndices, min(count, order.count - start))
  }

  /// Fetches the batch of a step, where it was not fetched during the step before; numbers are rounded as in a step.
  private func fetch(_ step: Int) {
    guard fetched != step else { return }
    let (indices, count) = batch(step)
    let control = FloatingPointControl.enterEngine()
    defer { control.restore() }
    forEachCopy {
      context.pointee.examples?.gather(indices, count: count, inputs: $0, targets: $1, magnitudes: $2)
    }
    if let weights = workspace.batches[front].weights {
      for copy in 0..<(workspace.batches[front].inputStride > 0 ? team.count : 1) {
        context.pointee.examples?.gatherWeights(
          indices, count: count, into: weights + copy * workspace.batches[front].weightStride)
      }
    }
  }

  /// Makes matrices the batch of the next step, one example a row.
  private func setBatch(_ batch: Matrix<S>, _ targets: Matrix<S>) {
    batch.withElements { x in
      targets.withElements { y in
        forEachCopy { inputs, answers, _ in
          inputs.update(from: x, count: batch.elementCount)
          answers.update(from: y, count: targets.elementCount)
        }
      }
    }
  }

  /// The next step's batch, or every worker's own copy of it.
  private func forEachCopy(
    _ body: (
      _ inputs: UnsafeMutablePointer<S>, _ targets: UnsafeMutablePointer<S>, _ magnitudes: UnsafeMutablePointer<S>
    ) -> Void
  ) {
    let batch = workspace.batches[front]
    for copy in 0..<(batch.inputStride > 0 ? team.count : 1) {
      body(
        batch.inputs + copy * batch.inputStride, batch.targets + copy * batch.targetStride,
        batch.magnitudes + copy * batch.magnitudeStride)
    }
  }

  /// The data set's addresses are not valid any longer.
  func end() {
    pace?.pause()
    context.pointee.examples = nil
    order = UnsafeBufferPointer(start: nil, count: 0)
  }

  /// One of an epoch's steps of training.
  ///
  /// Where steps look ahead, the parameters are those after the step only when they have been settled.
  ///
  /// - Parameters:
  ///   - step: Which one, from 0; the one after the step before.
  ///   - parameters: Those of the network, which the caller alone holds.
  ///   - rule: How they change.
  ///   - fetchesNext: Whether there will be a next step, whose batch is fetched meanwhile.
  /// - Returns: What it came to; where it is not sound nothing has changed, nor have parameters where the plan stores the gradient.
  @inline(__always)
  func step(
    _ step: Int, _ parameters: UnsafeMutablePointer<S>, rule: UpdateRule<S>, fetchesNext: Bool
  ) -> StepOutcome {
    let count = batch(step).count
    if pace?.isDue == true, lookahead?.isUnderWay(step) != true { keepPace(parameters) }
    pace?.count()
    if let lookahead {
      if count == batchSize { return self.step(step, parameters, rule, lookahead) }
      settle(parameters)
    }
    fetch(step)
    let next = fetchesNext ? batch(step + 1) : (Self.noIndices, 0)
    fetched = fetchesNext ? step + 1 : nil
    return stepOnFetched(count, parameters, rule, next: next)
  }

  /// One step on the batch that is there, while the next one is fetched.
  @inline(__always)
  private func stepOnFetched(
    _ count: Int, _ parameters: UnsafeMutablePointer<S>, _ rule: UpdateRule<S>,
    next: (indices: UnsafePointer<Int32>, count: Int)
  ) -> StepOutcome {
    let back = 1 - front
    prepare(count, parameters, workspace.batches[front])
    context.pointee.rule = rule
    context.pointee.fetchIndices = next.indices
    context.pointee.fetchCount = next.count
    context.pointee.fetchBatch = workspace.batches[back]
    team.run(self, alone: isAlone)
    front = back
    return outcome
  }

  /// One step on matrices, one example a row, as many as a batch has.
  func step(
    _ batch: Matrix<S>, _ targets: Matrix<S>, _ parameters: UnsafeMutablePointer<S>, rule: UpdateRule<S>
  ) -> StepOutcome {
    setBatch(batch, targets)
    return stepOnFetched(batch.rows, parameters, rule, next: (Self.noIndices, 0))
  }

  /// Says which batch of the run is the next, and where layers gather their statistics.
  @inline(__always)
  func setBatch(_ number: Int, statistics: UnsafeMutablePointer<S>) {
    context.pointee.batchNumber = UInt32(truncatingIfNeeded: number)
    context.pointee.statistics = statistics
  }

  /// Says how many examples' gradients are added up before an update, and whether these are not the first of them.
  func setGroup(examples: Int, continues: Bool) {
    (groupExamples, context.pointee.addsGradient) = (examples, continues)
  }

  /// Ends a step whose gradient has been stored and seen: the update.
  func update(_ parameters: UnsafeMutablePointer<S>, rule: UpdateRule<S>) {
    context.pointee.parameters = parameters
    context.pointee.rule = rule
    context.pointee.gradient = gradient.withMutableElements { $0 }
    context.pointee.stages = context.pointee.schedule.secondRound
    team.run(self, alone: isAlone)
  }

  /// The answers to one of the batches in the order, in the workspace's last layer, and the sum of their costs.
  func evaluate(
    _ step: Int, _ parameters: UnsafeMutablePointer<S>, statistics: UnsafeMutablePointer<S>
  ) -> Double {
    let (indices, count) = batch(step)
    prepare(count, parameters, workspace.batches[0])
    context.pointee.statistics = statistics
    context.pointee.fetchIndices = indices
    context.pointee.fetchCount = count
    team.run(self)
    return outcome.costSum
  }

  func prepare(_ count: Int, _ parameters: UnsafeMutablePointer<S>, _ batch: Workspace<S>.Batch) {
    if count == batchSize {
      context.pointee.schedule = full[alone: isAlone].view
    } else if let short, short.plan.rows == count {
      context.pointee.schedule = short[alone: isAlone].view
    } else {
      invariantBroken("a batch of \(count) examples for plans of \(batchSize) and \(short?.plan.rows ?? 0)")
    }
    context.pointee.stages = context.pointee.schedule.firstRound
    context.pointee.gradientExamples = S(groupExamples ?? count)
    context.pointee.gradient = gradient.withMutableElements { $0 }
    context.pointee.parameters = parameters
    context.pointee.batch = batch
  }

  /// Specialized for both scalars: threads come here from unspecialized code.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func execute(worker: Int, barrier: Barrier) {
    if let found = context.pointee.run(worker: worker, barrier: barrier), worker == 0 { outcome = found }
  }
}
