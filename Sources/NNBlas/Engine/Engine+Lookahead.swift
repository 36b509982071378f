// Steps that look ahead: all workers make the products of a block, one takes its steps.

extension Engine {
  /// One step of a block, and before the first one the products of all.
  @inline(__always)
  func step(
    _ step: Int, _ parameters: UnsafeMutablePointer<S>, _ rule: UpdateRule<S>, _ lookahead: Lookahead<S>
  ) -> StepOutcome {
    // Products of examples with one another can be too large for the scalar where those with weights are not.
    if !lookahead.isUnderWay(step) || lookahead.hasInfiniteOverlap { begin(step, parameters, lookahead) }
    var outcome = takeStep(parameters, rule, lookahead)
    if !outcome.isSound, lookahead.view.row > 0 {
      // So can what is made of them.
      begin(step, parameters, lookahead)
      outcome = takeStep(parameters, rule, lookahead)
    }
    if outcome.isSound { lookahead.finishStep() }
    return outcome
  }

  @inline(__always)
  private func takeStep(
    _ parameters: UnsafeMutablePointer<S>, _ rule: UpdateRule<S>, _ lookahead: Lookahead<S>
  ) -> StepOutcome {
    prepare(batchSize, parameters, lookahead.batch)
    context.pointee.block = lookahead.view
    context.pointee.rule = rule
    context.pointee.fetchCount = 0
    team.run(self, alone: true)
    return outcome
  }

  /// Begins the block that a step is in: settles the updates of the one before, and makes its products.
  ///
  /// Blocks end at the same steps wherever calls of training do, for they decide how results are rounded.
  private func begin(_ step: Int, _ parameters: UnsafeMutablePointer<S>, _ lookahead: Lookahead<S>) {
    let fullBatches = context.pointee.examples.map { $0.count / batchSize } ?? 0
    let end = min((step / lookahead.steps + 1) * lookahead.steps, fullBatches)
    runBlockRound(
      parameters, lookahead, fetching: examples(from: step, count: (end - step) * batchSize),
      upcoming: examples(from: end, count: lookahead.steps * batchSize).count)
    lookahead.begin(step..<end)
  }

  /// Whether there are updates that the weights lack.
  var isUnsettled: Bool { lookahead.map { !$0.view.deferred.isEmpty } ?? false }

  /// Brings the updates that steps have deferred into the weights.
  func settle(_ parameters: UnsafeMutablePointer<S>) {
    guard let lookahead, isUnsettled else { return }
    runBlockRound(parameters, lookahead, fetching: (Self.noIndices, 0), upcoming: 0)
    lookahead.settled()
  }

  private func runBlockRound(
    _ parameters: UnsafeMutablePointer<S>, _ lookahead: Lookahead<S>,
    fetching examples: (indices: UnsafePointer<Int32>, count: Int), upcoming: Int
  ) {
    prepare(batchSize, parameters, lookahead.front)
    context.pointee.stages = context.pointee.schedule.blockRound
    context.pointee.block = lookahead.view
    context.pointee.fetchIndices = examples.indices
    context.pointee.fetchCount = examples.count
    context.pointee.fetchBatch = lookahead.back
    context.pointee.upcomingCount = upcoming
    team.run(self, alone: isAlone)
    context.pointee.upcomingCount = 0
  }

  /// The products of a block alone, on numbers of no meaning.
  func replay(_ parameters: UnsafeMutablePointer<S>, _ lookahead: Lookahead<S>) {
    let count = lookahead.steps * batchSize
    runBlockRound(parameters, lookahead, fetching: (Self.noIndices, count), upcoming: 0)
    lookahead.begin(0..<lookahead.steps)
    for _ in 0..<lookahead.steps {
      _ = takeStep(parameters, context.pointee.rule, lookahead)
      lookahead.finishStep()
    }
  }
}
