// When a trainer makes checkpoints, and what is in them.

import Foundation

extension Trainer {
  /// Why the last checkpoint could not be written, where the rule is to go on all the same; nil where it was.
  public var checkpointFailure: CheckpointError? { writer?.failure }

  /// What checkpoints have cost so far, or nil where none are written.
  public var checkpointCost: CheckpointCost? { writer?.cost }

  /// Checks what a call that goes on with a resumed run is given, and makes ready to write checkpoints.
  func prepareCheckpoints(_ call: TrainingCall) throws {
    try check(call)
    self.call = call
    guard let rule = checkpoints else { return writer = nil }
    try rule.check()
    if let writer, writer.rule == rule { return try writer.resume() }
    let folder = CheckpointFolder(path: rule.folder)
    guard checkpointFolder.map(folder.isSame) ?? false || !folder.isOccupied else {
      throw CheckpointError.occupied(folder: rule.folder)
    }
    try current.checkMemory(copies: copiedArrays)
    writer = try CheckpointWriter(rule, steps: batches)
    try writer?.resume()
    checkpointFolder = rule.folder
  }

  /// What checkpoints copy, in arrays of as many numbers as there are parameters: three checkpoints at a time, two that are written and
  /// that of a better epoch.
  var copiedArrays: Int { checkpoints == nil ? 0 : 3 * (1 + keptArrays + (adjustments.accumulation > 1 ? 1 : 0)) }

  /// A call goes on with the run that is resumed, where there is one.
  ///
  /// - Throws: `CheckpointError.misfit`.
  package func check(
    resuming dataset: Dataset, evaluating evaluation: Dataset?, order: ExampleOrder, monitorsTraining: Bool,
    under rules: TrainingRules?
  ) throws(CheckpointError) {
    try check(
      TrainingCall(
        rules == nil ? .steps : .epochs, on: dataset, evaluating: evaluation, order: order,
        monitorsTraining: monitorsTraining, under: rules ?? TrainingRules()))
  }

  private func check(_ call: TrainingCall) throws(CheckpointError) {
    if let resumed { try call.check(against: resumed.call, resumed.file) }
  }

  /// Writes a checkpoint after an epoch, where one is due; one of the best epoch waits for that.
  func checkpointAfterEpoch(_ rules: TrainingRules) throws {
    guard let writer else { return }
    if course.isBest(rules) {
      // Its memory is used again.
      writer.best = nil
      writer.best = writer.timed(makeCheckpoint)
    }
    try checkpointIfDue()
  }

  /// Writes a checkpoint between two steps.
  func checkpointIfDue() throws {
    guard let writer, writer.isDue(step: batches) else { return }
    try writeCheckpoint()
  }

  /// Writes a checkpoint, of numbers that are finite.
  func writeCheckpoint() throws {
    guard let writer else { return }
    try writer.throwIfFailed()
    try writer.write(
      writer.timed {
        try checkParameters()
        return makeCheckpoint()
      }, after: checkpointPreparation)
  }

  /// Ends a call of training with a checkpoint that is on the disk.
  func finishCheckpoints() throws {
    resumed = nil
    guard let writer else { return }
    writer.wait()
    try checkParameters()
    writer.write(writer.timed(makeCheckpoint), after: checkpointPreparation)
    writer.wait()
    // What could not be written before may be there now.
    try writer.throwIfFailed()
  }

  /// All that the run needs to go on, copied.
  private func makeCheckpoint() -> Checkpoint<S> {
    guard let call, let writer else { invariantBroken("a checkpoint without data") }
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
      settings: settings, plan: planKind, call: call, environment: .current,
      scalars: state.scalars, epochTally: epochTally, course: course.record, hasBest: course.best != nil,
      block: block.map { Checkpoint.BlockPlace(steps: $0.steps, row: $0.row) }, notes: checkpointNotes())
    return Checkpoint(record: record, arrays: arrays, reports: course.reports)
  }

  var planKind: Checkpoint<S>.PlanKind {
    Checkpoint.PlanKind(ending: ending, lookahead: engine?.lookahead?.steps ?? 1)
  }

  /// What decides where a run comes to, besides its data and what it has learned, in words.
  var settings: [Checkpoint<S>.Setting] {
    func words<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "none" }
    let layers = current.architecture.enumerated().map { index, layer in
      return ("layer \(index + 1)", Self.words(layer) + (current.isFrozen(index) ? ", frozen" : ""))
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
  /// A layer in words; of a user's own what its file has, where it can be written, for not every description is the same each time.
  private static func words(_ layer: any Layer) -> String {
    switch layer {
    case let dense as Dense: return "Dense \(dense.outputs), \(dense.activation)"
    case is Activation, is Dropout, is BatchNorm, is LayerNorm: return "\(layer)"
    case let layer as any Layer & Encodable:
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      return layer.name + ((try? encoder.encode(layer)).map { " " + String(decoding: $0, as: UTF8.self) } ?? "")
    default: return layer.name
    }
  }
}
