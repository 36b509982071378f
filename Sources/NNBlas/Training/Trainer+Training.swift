extension Trainer {
  /// Trains for a number of epochs; where one is under way, its rest is the first of them.
  ///
  /// An epoch under way goes on in the order and with the data that it began with; that they are the same data is seen from
  /// their number alone, and the examples of the next few steps may have been read already.
  ///
  /// After `resume(from:)` it goes on with the call that was interrupted, whose epochs count.
  ///
  /// - Parameters:
  ///   - epochs: The number of epochs, at least 1.
  ///   - dataset: The examples to learn from.
  ///   - evaluation: Examples to evaluate on after every epoch.
  ///   - order: In which order an epoch visits the examples.
  ///   - monitorsTraining: Whether the training data are evaluated after every epoch as well, as `network2.py` monitors them.
  ///   - report: Called after every epoch.
  ///   - progress: Called after every step.
  /// - Returns: Whether all epochs were completed, or a stop was requested.
  /// - Throws: `TrainingError` for settings, and for a cost, a gradient or a parameter that is not finite; `ShapeError` and `DataError` when data do
  ///   not fit the network or the epoch under way, or a batch does not fit the machine's memory, before the first step;
  ///   `CheckpointError` where a checkpoint cannot be written, or data are not those of the run that is resumed; and
  ///   what `report` throws.
  @discardableResult
  public func train(
    epochs: Int, on dataset: Dataset, evaluating evaluation: Dataset? = nil, order: ExampleOrder = .shuffled,
    monitorsTraining: Bool = false, report: (TrainingReport) throws -> Void = { _ in },
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws -> TrainingEnd {
    let outcome = try train(
      epochs: epochs, on: dataset, evaluating: evaluation, under: TrainingRules(), order: order,
      monitorsTraining: monitorsTraining, report: report, progress: progress)
    return outcome.reason == .completed ? .completed : .stopped
  }

  /// Trains under rules: until nothing improves, until a target or a time, with a learning rate that is lowered on plateaus.
  ///
  /// - Parameters:
  ///   - epochs: The most epochs, at least 1.
  ///   - dataset: The examples to learn from.
  ///   - evaluation: Examples to evaluate on after every epoch, which the rules look at.
  ///   - rules: When training ends, and what changes on the way.
  ///   - order: In which order an epoch visits the examples.
  ///   - monitorsTraining: Whether the training data are evaluated after every epoch as well, as `network2.py` monitors them.
  ///   - report: Called after every epoch.
  ///   - progress: Called after every step.
  /// - Returns: Why it ended, with the best network.
  /// - Throws: As `train(epochs:on:evaluating:order:report:progress:)`; `TrainingError.setting` for rules out of their ranges, or
  ///   without the data that they look at.
  @discardableResult
  public func train(
    epochs: Int, on dataset: Dataset, evaluating evaluation: Dataset? = nil, under rules: TrainingRules,
    order: ExampleOrder = .shuffled, monitorsTraining: Bool = false,
    report: (TrainingReport) throws -> Void = { _ in }, progress: (TrainingProgress) -> Void = { _ in }
  ) throws -> TrainingOutcome<S> {
    try rules.check(evaluation: evaluation)
    try begin(dataset, order, evaluation, epochs: epochs, rules: rules, monitorsTraining: monitorsTraining)
    defer { end() }
    let last = course.record.firstEpoch + epochs
    let clock = ContinuousClock()
    let deadline = rules.maximumSeconds.map { clock.now + .seconds($0) }
    var isTimeOver = false
    while completedEpochs < last, course.record.end == nil, !isTimeOver, !stopper.isRequested {
      let epoch = completedEpochs + 1
      try advance(by: .max, on: dataset, order: order) { step in
        progress(step)
        if let deadline, !isTimeOver, clock.now >= deadline {
          isTimeOver = true
          requestStop()
        }
      }
      guard completedEpochs == epoch else { break }
      let result = makeReport(epoch, of: last, evaluating: evaluation, monitoring: monitorsTraining ? dataset : nil)
      try report(result)
      if let factor = course.observe(result, under: rules, network: evaluated) { learningRateFactor = factor }
      if let deadline, clock.now >= deadline { isTimeOver = true }
      try checkpointAfterEpoch(rules)
    }
    try finishCheckpoints()
    return outcome(of: last, isTimeOver: isTimeOver)
  }

  private func makeReport(
    _ epoch: Int, of last: Int, evaluating evaluation: Dataset?, monitoring training: Dataset?
  ) -> TrainingReport {
    // Made once: it may be a copy of all parameters.
    let network = evaluation == nil && training == nil ? nil : evaluated
    func evaluate(_ dataset: Dataset?) -> Evaluation? {
      if let network, let dataset { self.evaluate(network, on: dataset) } else { nil }
    }
    return epochTally.report(
      .epoch(epoch, of: last), operationsPerExample: current.trainingOperationsPerExample,
      evaluation: evaluate(evaluation), training: evaluate(training))
  }

  private func outcome(of last: Int, isTimeOver: Bool) -> TrainingOutcome<S> {
    let reason = course.record.end ?? (completedEpochs >= last ? .completed : isTimeOver ? .time : .stopped)
    // What has reached the target is what was asked for, whatever else was best.
    let best = reason == .target ? nil : course.best
    return TrainingOutcome(
      reason: reason, network: best ?? evaluated, epoch: best == nil ? completedEpochs : course.record.bestEpoch,
      reports: course.reports)
  }

  /// Trains for a number of steps, over the ends of epochs where they come.
  ///
  /// After `resume(from:)` it goes on with the call that was interrupted, whose steps count.
  ///
  /// - Parameters:
  ///   - steps: The number of steps, at least 1.
  ///   - dataset: The examples to learn from.
  ///   - evaluation: Examples to evaluate on after the last step, unless a stop was requested before.
  ///   - order: In which order an epoch visits the examples.
  ///   - progress: Called after every step.
  /// - Returns: The report on the steps taken: all of them, or as many as there were before a stop was requested.
  /// - Throws: As `train(epochs:on:evaluating:order:report:progress:)`.
  @discardableResult
  public func train(
    steps: Int, on dataset: Dataset, evaluating evaluation: Dataset? = nil, order: ExampleOrder = .shuffled,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws -> TrainingReport {
    guard steps >= 1 else { throw TrainingError.setting(name: "steps", found: "\(steps)", expected: "at least 1") }
    try begin(dataset, order, evaluation)
    defer { end() }
    while course.record.tally.steps < steps, !stopper.isRequested {
      try advance(by: steps - course.record.tally.steps, on: dataset, order: order) { progress($0) }
      if stepsInEpoch == 0 { try checkpointIfDue() }
    }
    try finishCheckpoints()
    return course.record.tally.report(
      .steps(course.record.tally.steps), operationsPerExample: current.trainingOperationsPerExample,
      evaluation: course.record.tally.steps < steps ? nil : evaluation.map { evaluate(evaluated, on: $0) })
  }
}
