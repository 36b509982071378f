extension Trainer {
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
    let clock = ContinuousClock()
    let deadline = rules.maximumSeconds.map { clock.now + .seconds($0) }
    let firstFactor = learningRateFactor
    var (early, plateau) = (EarlyStopping.State(), PlateauRule.State())
    var (reason, best, bestEpoch): (TrainingOutcome<S>.Reason?, Network<S>?, Int) = (nil, nil, 0)
    var reports: [TrainingReport] = []
    let end = try train(
      epochs: epochs, on: dataset, evaluating: evaluation, order: order, monitorsTraining: monitorsTraining
    ) { epoch in
      reports.append(epoch)
      try report(epoch)
      if let evaluation = epoch.evaluation {
        func value(_ monitor: MonitoredValue) -> Double {
          monitor == .cost ? evaluation.cost : evaluation.accuracy ?? .nan
        }
        if let rule = rules.earlyStopping {
          early = rule.next(early, observing: value(rule.monitor))
          if early.epochsSinceBest == 0 { (best, bestEpoch) = (evaluated, completedEpochs) }
          if rule.ends(early) { reason = reason ?? .noImprovement }
        }
        if let rule = rules.plateau {
          plateau = rule.next(plateau, observing: value(rule.monitor))
          learningRateFactor = firstFactor * plateau.factor
          if plateau.hasEnded { reason = reason ?? .learningRate }
        }
        if let target = rules.targetAccuracy, let accuracy = evaluation.accuracy, accuracy >= target {
          reason = .target
        }
        if let target = rules.targetCost, evaluation.cost <= target { reason = .target }
      }
      if let deadline, clock.now >= deadline { reason = reason ?? .time }
      if reason != nil { requestStop() }
    } progress: { step in
      progress(step)
      if let deadline, clock.now >= deadline, reason == nil {
        reason = .time
        requestStop()
      }
    }
    // What has reached the target is what was asked for, whatever else was best.
    if reason == .target { best = nil }
    return TrainingOutcome(
      reason: reason ?? (end == .completed ? .completed : .stopped), network: best ?? evaluated,
      epoch: best == nil ? completedEpochs : bestEpoch, reports: reports)
  }
}
