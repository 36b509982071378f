// How an epoch's steps are taken.

extension Trainer {
  /// Takes steps up to a limit, to the end of the epoch, or until a stop is requested.
  ///
  /// Specialized for both scalars, and everything below with it, since callers outside the module would run it as
  /// unspecialized generic code.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func advance(
    by limit: Int, on dataset: Dataset, order: ExampleOrder, progress: (TrainingProgress) -> Void
  ) throws {
    guard let engine else { invariantBroken("steps without an engine") }
    if epochUnderWay == nil { epochTally = Tally() }
    // On the stack, where adding to them costs nothing.
    var (ofEpoch, ofCall) = (epochTally, course.record.tally)
    let end = limit < Int.max - ofCall.steps ? ofCall.steps + limit : .max
    let clock = ContinuousClock()
    let start = clock.now
    func keepTallies() {
      let seconds = (clock.now - start) / .seconds(1)
      (epochTally, course.record.tally) = (ofEpoch, ofCall)
      epochTally.seconds += seconds
      course.record.tally.seconds += seconds
    }
    defer { keepTallies() }
    if orderedEpoch != completedEpochs || epochUnderWay == nil {
      order.fill(&indices, count: dataset.count, seed: seed, epoch: completedEpochs)
      orderedEpoch = completedEpochs
    }
    let size = engine.batchSize
    let stepsPerEpoch = (dataset.count + size - 1) / size
    BLASThreads.beginSingle()
    defer { BLASThreads.endSingle() }
    try dataset.withExamples { examples in
      try indices.withUnsafeBufferPointer { indices in
        engine.begin(examples, order: indices, step: stepsInEpoch)
        defer { engine.end() }
        if let block = blockToResume { engine.resume(block) }
        (resumed, blockToResume) = (nil, nil)
        while stepsInEpoch < stepsPerEpoch, ofCall.steps < end {
          let count = engine.batch(stepsInEpoch).count
          // Nothing is fetched for a step that will not be taken.
          let cost = try step(engine, count, of: dataset.count, fetchesNext: ofCall.steps + 1 < end)
          ofEpoch.add(examples: count, cost: cost)
          ofCall.add(examples: count, cost: cost)
          stepsInEpoch += 1
          epochUnderWay = (dataset.count, order)
          progress(
            TrainingProgress(epoch: completedEpochs + 1, step: stepsInEpoch, stepsPerEpoch: stepsPerEpoch, cost: cost))
          if stopper.isRequested { break }
          if stepsInEpoch < stepsPerEpoch, let writer, writer.isDue(step: batches) {
            keepTallies()
            try writeCheckpoint()
          }
        }
      }
    }
    try checkParameters()
    if stepsInEpoch == stepsPerEpoch {
      completedEpochs += 1
      stepsInEpoch = 0
      epochUnderWay = nil
    }
  }

  /// The cost can stay finite where parameters do not: a neuron's σ is 0 or 1 whatever is beyond.
  func checkParameters() throws(TrainingError) {
    settle()
    let parameters = current.storage.flat
    if let index = parameters.withElements({ S._firstNonFinite($0, parameters.count) }) {
      throw .parameterNotFinite(epoch: completedEpochs + 1, step: stepsInEpoch, parameter: shown(parameters[index]))
    }
    let gathered = current.statistics.flat
    if let index = gathered.withElements({ S._firstNonFinite($0, gathered.count) }) {
      throw .parameterNotFinite(
        epoch: completedEpochs + 1, step: stepsInEpoch,
        parameter: "\(shown(gathered[index])), one that a layer gathers,")
    }
  }

  /// Brings all updates into the parameters.
  func settle() {
    guard let engine, engine.isUnsettled else { return }
    current.storage.flat.withMutableElements { engine.settle($0) }
  }

  /// One step of the epoch under way, on so many examples; nothing changes where its cost is not finite, or its gradient may not be.
  @inline(__always)
  private func step(_ engine: Engine<S>, _ count: Int, of examples: Int, fetchesNext: Bool) throws -> Double {
    let rule = nextRule()
    if adjustments.accumulation > 1 { beginBatchOfGroup(engine, of: examples) }
    let outcome = current.withMutableNumbers { parameters, statistics in
      engine.setBatch(batches, statistics: statistics)
      return engine.step(stepsInEpoch, parameters, rule: rule, fetchesNext: fetchesNext)
    }
    let meanCost = outcome.costSum / Double(count)
    guard outcome.isSound else { throw try failure(of: engine, examples: count, cost: meanCost) }
    if adjustments.accumulation > 1 {
      groupBatches += 1
      let isLast = (stepsInEpoch + 1) * engine.batchSize >= examples
      if groupBatches < adjustments.accumulation, !isLast {
        batches += 1
        return meanCost
      }
      groupBatches = 0
    }
    if ending == .stored {
      if let gradientHook {
        try engine.lendGradient(to: gradientHook)
        try check(engine.gradient, cost: meanCost)
      }
      current.storage.flat.withMutableElements { engine.update($0, rule: rule) }
    }
    // Behind the hook: a step that it ends is taken again with the same random numbers.
    batches += 1
    state.updates += 1
    return meanCost
  }

  /// The next update as the engine does it, rounded as in a step, whatever the caller's thread does.
  @inline(__always)
  private func nextRule() -> UpdateRule<S> {
    if let (factor, rule) = lastRule, factor == learningRateFactor { return rule }
    let control = FloatingPointControl.enterEngine()
    defer { control.restore() }
    let rule = state.rule(optimizer, factor: schedule.factor(step: state.updates) * learningRateFactor, adjustments)
    // Short steps notice what making it anew costs.
    if schedule == .constant, !optimizer.countsUpdates { lastRule = (learningRateFactor, rule) }
    return rule
  }

  /// Tells the engine how many examples the update under way is of, and whether the batch is its first.
  private func beginBatchOfGroup(_ engine: Engine<S>, of examples: Int) {
    let first = stepsInEpoch - groupBatches
    let count = min(adjustments.accumulation * engine.batchSize, examples - first * engine.batchSize)
    engine.setGroup(examples: count, continues: groupBatches > 0)
  }
}
