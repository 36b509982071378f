// What is found out about a step that changed nothing, since its numbers are too large for the scalar or none.

extension Trainer {
  /// Takes a step again on the batch that it was of, with the same random numbers and without an update, to say where its gradient is
  /// largest.
  ///
  /// - Parameters:
  ///   - engine: Which took the step, and has its examples.
  ///   - count: How many there are.
  ///   - meanCost: The one that it found.
  /// - Returns: The error that tells.
  /// - Throws: `TrainingError.parameterNotFinite` where the cause is a parameter that an earlier step has left behind.
  func failure(of engine: Engine<S>, examples count: Int, cost meanCost: Double) throws(TrainingError) -> TrainingError
  {
    try checkParameters()
    // Of a block under way nothing is kept: who trains on may do so on other examples.
    engine.lookahead?.drop()
    let (layer, gradient) = largestDerivative(engine, count)
    return .stepNotFinite(
      epoch: completedEpochs + 1, step: stepsInEpoch + 1, cost: shown(meanCost), layer: layer, gradient: gradient)
  }

  /// What a hook has made of the gradient can be updated by.
  ///
  /// - Throws: `TrainingError.stepNotFinite` where a derivative is infinite or not a number.
  func check(_ gradient: Vector<S>, cost meanCost: Double) throws(TrainingError) {
    guard gradient.withElements({ S._firstNonFinite($0, gradient.count) }) != nil else { return }
    let (layer, derivative) = largestDerivative(gradient)
    throw .stepNotFinite(
      epoch: completedEpochs + 1, step: stepsInEpoch + 1, cost: shown(meanCost), layer: layer, gradient: derivative)
  }

  private func largestDerivative(_ engine: Engine<S>, _ count: Int) -> (layer: String, gradient: String) {
    let purpose = Plan.Purpose.training(.stored)
    let unknown = ("a layer that there is no memory to find", "unknown")
    do {
      try current.checkMemory(
        examples: count, named: "a batch", in: "train",
        numbers: Workspace<S>.elements(current.nodes, rows: count, purpose: purpose), gradients: 1)
    } catch {
      return unknown
    }
    guard let examples = engine.context.pointee.examples else { return unknown }
    // It is neither guarded nor gathers statistics.
    let replica = Engine(
      current, batchSize: count, shortBatchSize: 0, cost: cost, purpose: purpose, team: engine.team,
      threads: engine.team.count, options: EngineOptions(isWeighted: engine.options.isWeighted, seed: seed))
    replica.begin(examples, order: UnsafeBufferPointer(start: engine.batch(stepsInEpoch).indices, count: count))
    defer { replica.end() }
    current.withMutableNumbers { parameters, statistics in
      replica.setBatch(batches, statistics: statistics)
      _ = replica.step(0, parameters, rule: .sgd(rate: 0), fetchesNext: false)
    }
    return largestDerivative(replica.gradient)
  }

  /// The layer with the largest derivative, and that; from the output on the first of those that have one without an end.
  private func largestDerivative(_ gradient: Vector<S>) -> (layer: String, gradient: String) {
    let layout = current.storage.layout
    var found: (layer: Int, derivative: S)?
    for layer in layout.names.indices.reversed() where !current.isFrozen(layer) {
      let range = layout.range(of: layer)
      if range.isEmpty { continue }
      let derivative = gradient.withElements {
        S._largestMagnitude($0 + range.lowerBound, _BlockShape(count: range.count))
      }
      if let found, !(derivative > found.derivative || derivative.isNaN) { continue }
      found = (layer, derivative)
      if !derivative.isFinite { break }
    }
    guard let found else { invariantBroken("a step in which nothing learns") }
    return (layout.names[found.layer].description, shown(found.derivative))
  }
}
