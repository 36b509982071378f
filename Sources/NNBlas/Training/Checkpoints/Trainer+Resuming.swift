import Foundation
import Synchronization

extension Trainer {
  /// Goes on with an interrupted run, to the bits that it would have come to.
  ///
  /// The trainer is made as it was for the run; then the next call of training is the one that was interrupted, with the same
  /// arguments, and ends where that would have ended. Its data are held against those of the run before its first step.
  ///
  /// ```swift
  /// let trainer = try Trainer(network, batchSize: 128, optimizer: .adam(learningRate: 1e-3), seed: 1)
  /// trainer.checkpoints = CheckpointRule(folder: "run")
  /// do { print("Resumed", try trainer.resume(from: "run")) } catch CheckpointError.nothingToResume {}
  /// try trainer.train(epochs: 100, on: data)
  /// ```
  ///
  /// - Parameters:
  ///   - path: A checkpoint, or the folder of a run, whose newest checkpoint that is whole is taken.
  ///   - isStrict: Whether to refuse where the rest of the run would come to other bits, since something else computes: another
  ///     OpenBLAS or other kernels of it, other instructions, another NNBlas. Else that is a warning.
  /// - Returns: Where it goes on, which checkpoints were damaged, and what to warn of.
  /// - Throws: `CheckpointError` for checkpoints that are damaged or absent, and for a run of another network or other settings, by
  ///   name; the trainer is as before then. `TrainingError.reentered` while a call of training is under way.
  @discardableResult
  public func resume(from path: String, strict isStrict: Bool = false) throws -> Resumption {
    guard isTraining.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
      throw TrainingError.reentered
    }
    defer { isTraining.store(false, ordering: .releasing) }
    let (file, checkpoint, damaged) = try Self.newest(in: path)
    try checkFit(of: checkpoint.record, file)
    let differences = NumericalEnvironment.current.differences(from: checkpoint.record.environment)
    if isStrict, !differences.isEmpty { throw CheckpointError.otherEnvironment(file: file, differences: differences) }
    try restore(checkpoint, file)
    checkpointFolder = SystemFile.folder(of: file)
    return Resumption(
      file: file, completedEpochs: completedEpochs, stepsInEpoch: stepsInEpoch, steps: batches, damaged: damaged,
      warnings: differences, reports: course.reports, hasEnded: course.record.end != nil,
      notes: checkpoint.record.notes)
  }

  /// The checkpoint of the most steps that is whole.
  private static func newest(
    in path: String
  ) throws(CheckpointError) -> (file: String, Checkpoint<S>, damaged: [String]) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      if errno == ENOENT { throw .nothingToResume(folder: path) }
      throw .unreadable(file: path, reason: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return (path, try Checkpoint(contentsOf: path), []) }
    let folder = CheckpointFolder(path: path)
    var damaged: [String] = []
    func whole(_ name: String) throws(CheckpointError) -> Checkpoint<S>? {
      do throws(CheckpointError) {
        return try Checkpoint(contentsOf: folder.path(of: name))
      } catch {
        // What can merely not be read may be whole.
        guard case .damaged = error else { throw error }
        damaged.append("\(error)")
        return nil
      }
    }
    var found: (name: String, Checkpoint<S>)?
    for name in try folder.names() where found == nil { found = try whole(name).map { (name, $0) } }
    // Only where the newest ones are damaged can that of the best epoch be of more steps.
    if found == nil || !damaged.isEmpty, access(folder.path(of: CheckpointFolder.best), F_OK) == 0,
      let best = try whole(CheckpointFolder.best)
    {
      func steps(_ checkpoint: Checkpoint<S>?) -> Double { checkpoint?.record.scalars["batches"] ?? -1 }
      if steps(best) > steps(found?.1) { found = (CheckpointFolder.best, best) }
    }
    if let (name, checkpoint) = found { return (folder.path(of: name), checkpoint, damaged) }
    throw damaged.isEmpty ? .nothingToResume(folder: path) : .allDamaged(folder: path, damaged: damaged)
  }

  /// The run's settings are this trainer's.
  private func checkFit(of record: Checkpoint<S>.Record, _ file: String) throws(CheckpointError) {
    let (found, expected) = (settings, record.settings)
    for setting in expected {
      let other = found.first { $0.name == setting.name }?.value ?? "none"
      guard other == setting.value else {
        throw .misfit(file: file, name: setting.name, found: other, expected: setting.value)
      }
    }
    guard ending == record.plan.ending else {
      throw .misfit(file: file, name: "the plan", found: ending.rawValue, expected: record.plan.ending.rawValue)
    }
  }

  /// Takes everything over, once it is known that everything is there.
  private func restore(_ checkpoint: Checkpoint<S>, _ file: String) throws(CheckpointError) {
    let (record, source) = (checkpoint.record, ArraySource(checkpoint.arrays, file: file, places: current.modulePlaces))
    func whole(_ name: String) throws(CheckpointError) -> Int {
      guard let value = record.scalars[name].flatMap({ Int(exactly: $0) }), Course<S>.isCount(value) else {
        throw .damaged(file: file, reason: "there is no \(name)")
      }
      return value
    }
    let layout = current.storage.layout
    let parameters = try source.flat("parameters", layout)
    let gathered = try source.flat("gathered", current.statistics.layout)
    var moments: [Vector<S>] = []
    for name in optimizer.stateNames { moments.append(try source.flat("optimizer.\(name)", layout)) }
    let average = state.average == nil ? nil : try source.flat("average", layout)
    var best: Network<S>?
    if record.hasBest {
      var network = current
      network.storage.flat = try source.flat("best.parameters", layout)
      network.statistics.flat = try source.flat("best.gathered", current.statistics.layout)
      best = network
    }
    let groupBatches = try whole("batchesOfUpdate")
    let gradient = groupBatches > 0 ? try source.flat("gradient", layout) : nil
    let block = try record.block.map { (place) throws(CheckpointError) in
      BlockUnderWay(
        steps: place.steps, row: place.row, products: try source.matrix("block.products"),
        updates: try source.matrix("block.updates"), overlaps: try source.matrix("block.overlaps"))
    }
    let position = (
      updates: try whole("updates"), epochs: try whole("epochs"), steps: try whole("steps"),
      batches: try whole("batches")
    )
    guard let factor = record.scalars["learningRateFactor"], factor > 0, factor.isFinite else {
      throw .damaged(file: file, reason: "there is no learningRateFactor")
    }
    let examples = record.call.data.examples
    guard examples > 0, position.steps < (examples - 1) / min(batchSize, examples) + 1,
      groupBatches < adjustments.accumulation, groupBatches <= position.steps,
      Course<S>.isCount(record.epochTally.steps),
      Course<S>.isCount(record.epochTally.examples), position.batches >= position.steps,
      position.updates <= position.batches, Course<S>.isPossible(record.course, epochs: position.epochs)
    else { throw .damaged(file: file, reason: "it says that the run is where no run can be") }

    // What is to be written of the course so far is not of this one.
    (engine, lastRule, writer) = (nil, nil, nil)
    (current.storage.flat, current.statistics.flat) = (parameters, gathered)
    for (target, source) in zip(
      state.moments + [state.average].compactMap { $0 }, moments + [average].compactMap { $0 })
    {
      source.withElements { target.pointer.update(from: $0, count: target.count) }
    }
    state.updates = position.updates
    (completedEpochs, stepsInEpoch, batches) = (position.epochs, position.steps, position.batches)
    (self.groupBatches, learningRateFactor) = (groupBatches, factor)
    epochUnderWay = position.steps > 0 ? (examples, record.call.order) : nil
    epochTally = record.epochTally
    course.record = record.course
    (course.best, course.reports) = (best, checkpoint.reports)
    orderedEpoch = -1
    blockToResume = block
    resumed = ResumedRun(
      file: file, call: record.call, plan: record.plan, gradient: gradient)
  }
}

/// A checkpoint's arrays by name.
private struct ArraySource<S: Scalar> {
  private let arrays: [String: TrainingState<S>.Array]
  private let file: String
  private let places: [Int]

  init(_ arrays: [TrainingState<S>.Array], file: String, places: [Int]) {
    self.arrays = Dictionary(arrays.map { ($0.name, $0) }) { first, _ in first }
    (self.file, self.places) = (file, places)
  }

  /// All arrays of a layout, one after another.
  func flat(_ prefix: String, _ layout: ParameterLayout) throws(CheckpointError) -> Vector<S> {
    var parameters = Parameters(layout: layout, flat: Vector<S>(uninitialized: layout.count))
    for entry in layout.entries {
      let name = TrainingState<S>.name(prefix, entry, places)
      guard let array = arrays[name] else { throw .damaged(file: file, reason: "there is no \(name)") }
      guard array.shape == entry.array.shape.extents else {
        throw .misfit(
          file: file, name: "the shape of \(name)", found: "\(entry.array.shape.extents)", expected: "\(array.shape)")
      }
      parameters.set(entry, to: array.elements)
    }
    return parameters.flat
  }

  func matrix(_ name: String) throws(CheckpointError) -> Matrix<S> {
    guard let array = arrays[name], array.shape.count == 2 else {
      throw .damaged(file: file, reason: "there is no matrix \(name)")
    }
    return array.elements.matrix(at: 0, rows: array.shape[0], columns: array.shape[1])
  }
}
