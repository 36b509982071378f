// When a trainer makes checkpoints, and what is in them.

extension Trainer {
  /// Why the last checkpoint could not be written, where the rule is to go on all the same; nil where it was.
  public var checkpointFailure: CheckpointError? { writer?.failure }

  /// What checkpoints have cost so far, or nil where none are written.
  public var checkpointCost: CheckpointCost? { writer?.cost }

  /// Checks the data that a resumed run goes on with, and makes ready to write checkpoints.
  func prepareCheckpoints(_ dataset: Dataset, _ order: ExampleOrder, _ rules: TrainingRules?) throws {
    let fingerprint = checkpoints != nil || resumed != nil ? dataset.fingerprint : nil
    if let resumed, let fingerprint {
      func check<Value: Equatable>(_ name: String, _ found: Value, _ expected: Value) throws(CheckpointError) {
        guard found != expected else { return }
        throw .misfit(file: resumed.file, name: name, found: "\(found)", expected: "\(expected)")
      }
      try check("the training data", fingerprint, resumed.data)
      try check("order", order.rawValue, resumed.order.rawValue)
      try checkFit(of: rules, course.record, resumed.file)
    }
    run = fingerprint.map { ($0, order) }
    guard let rule = checkpoints else { return writer = nil }
    try rule.check()
    guard writer?.rule != rule else { return }
    guard rule.folder == checkpointFolder || !CheckpointFolder(path: rule.folder).isOccupied else {
      throw CheckpointError.occupied(folder: rule.folder)
    }
    try current.checkMemory(
      checkpointing: optimizer, isAveraging: state.average != nil, accumulates: adjustments.accumulation > 1)
    writer = try CheckpointWriter(rule, steps: batches)
    checkpointFolder = rule.folder
  }

  /// Writes a checkpoint after an epoch, where one is due or it is the best one.
  func checkpointAfterEpoch(_ rules: TrainingRules) throws {
    guard let writer else { return }
    if course.isBest(rules) { writer.best = writer.timed(makeCheckpoint) }
    try checkpointIfDue()
  }

  /// Writes a checkpoint between two steps.
  func checkpointIfDue() throws {
    guard let writer, writer.isDue(step: batches) else { return }
    try writeCheckpoint()
  }

  /// Writes a checkpoint, of parameters that are finite.
  func writeCheckpoint() throws {
    guard let writer else { return }
    try checkParameters()
    try writer.write(writer.timed(makeCheckpoint), after: checkpointPreparation)
  }

  /// Ends a call of training with a checkpoint that is on the disk.
  func finishCheckpoints() throws {
    resumed = nil
    guard let writer else { return }
    writer.wait()
    try writeCheckpoint()
    writer.wait()
    try writer.throwIfFailed()
  }

  /// All that the run needs to go on, copied.
  private func makeCheckpoint() -> Checkpoint<S> {
    guard let run, let writer else { invariantBroken("a checkpoint without data") }
    let state = trainingState(copied: writer.pool)
    let block = blockToResume ?? engine?.blockUnderWay(next: stepsInEpoch)
    var arrays = state.arrays
    if let best = course.best {
      arrays += TrainingState.arrays("best.parameters", best.storage.layout, best.storage.flat, best.modulePlaces)
      arrays += TrainingState.arrays("best.gathered", best.statistics.layout, best.statistics.flat, best.modulePlaces)
    }
    if let block {
      for (name, matrix) in [("products", block.products), ("updates", block.updates), ("overlaps", block.overlaps)] {
        arrays.append(
          TrainingState.Array(
            name: "block.\(name)", shape: [matrix.rows, matrix.columns], elements: matrix.flattened))
      }
    }
    let record = Checkpoint<S>.Record(
      settings: settings, plan: planKind, order: run.order, data: run.data, environment: .current,
      scalars: state.scalars, epochTally: epochTally, course: course.record, hasBest: course.best != nil,
      block: block.map { Checkpoint.BlockPlace(steps: $0.steps, row: $0.row) }, notes: checkpointNotes())
    return Checkpoint(record: record, arrays: arrays)
  }

  var planKind: Checkpoint<S>.PlanKind {
    Checkpoint.PlanKind(ending: ending, lookahead: engine?.lookahead?.steps ?? 1)
  }

  /// What decides where a run comes to, besides its data and what it has learned, in words.
  var settings: [Checkpoint<S>.Setting] {
    func words<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "none" }
    let layers = current.architecture.enumerated().map { index, layer in
      let text = (layer as? Dense).map { "Dense \($0.outputs), \($0.activation)" } ?? "\(layer)"
      return ("layer \(index + 1)", text + (current.isFrozen(index) ? ", frozen" : ""))
    }
    let others = [
      ("batchSize", "\(batchSize)"), ("cost", "\(cost)"), ("optimizer", "\(optimizer)"), ("schedule", "\(schedule)"),
      ("regularization", "l2 \(adjustments.regularization.l2), l1 \(adjustments.regularization.l1)"),
      ("clipping", words(adjustments.clipping)), ("accumulation", "\(adjustments.accumulation)"),
      ("averaging", words(adjustments.averaging)), ("seed", "\(seed)"),
      ("gradientHook", gradientHook == nil ? "none" : "there"),
    ]
    return ([("inputs", "\(current.inputs)"), ("the number of layers", "\(layers.count)")] + layers + others).map {
      Checkpoint.Setting(name: $0, value: $1)
    }
  }
}
