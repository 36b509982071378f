import NNBlas

/// One run of training, with the lines that it prints on the way.
final class TrainingSession<S: Scalar> {
  private let settings: TrainSettings
  private let data: TrainingData
  private let console: Console
  private let trainer: Trainer<S>
  private let line = ProgressLine()
  /// The share of right answers that training is to reach.
  private(set) var goal: AccuracyGoal?
  /// Whether a rule has ended training before its last epoch.
  private(set) var hasEpochsLeft = false
  // The engine chooses with the first step.
  private var isFirst = true

  init(
    _ network: Network<S>, cost: Cost, _ settings: TrainSettings, _ data: TrainingData, _ console: Console
  ) throws {
    (self.settings, self.data, self.console) = (settings, data, console)
    let optimization = settings.optimization
    let batches = settings.batchesPerEpoch(of: data)
    let updates = (batches + optimization.accumulation - 1) / optimization.accumulation
    trainer = try Trainer(
      network, batchSize: settings.batch, cost: cost, optimizer: optimization.optimizer,
      schedule: optimization.schedule(updatesPerEpoch: updates, epochs: settings.epochs),
      regularization: optimization.regularization, clipping: optimization.clipping,
      accumulation: optimization.accumulation, averaging: optimization.averaging, seed: settings.seed,
      threads: settings.threads)
    goal = settings.rules.rules.targetAccuracy.map { AccuracyGoal(accuracy: $0) }
  }

  /// Trains, and prints a line an epoch.
  ///
  /// - Returns: The network: the best one where early stopping keeps it, the mean of parameters where there is one.
  func run() throws -> Network<S> {
    if let steps = settings.steps {
      try report(
        trainer.train(
          steps: steps, on: data.training, evaluating: data.evaluation, order: settings.order, progress: show))
      return trainer.averagedNetwork ?? trainer.network
    }
    let rules = settings.rules
    let outcome = try trainer.train(
      epochs: settings.epochs, on: data.training, evaluating: data.evaluation, under: rules.rules,
      order: settings.order,
      monitorsTraining: rules.monitorsTraining, report: report, progress: show)
    line.clear()
    hasEpochsLeft = outcome.reports.count < settings.epochs
    if let text = text(of: outcome) { try console.print(text) }
    let seconds = outcome.reports.reduce(0) { $0 + $1.seconds }
    try console.print(
      "Trained \(counted(outcome.reports.count, "epoch")) in \(significant(seconds)) s, evaluations aside")
    return outcome.network
  }

  private func text(of outcome: TrainingOutcome<S>) -> String? {
    let epochs = counted(outcome.reports.count, "epoch")
    let why: String? =
      switch outcome.reason {
      case .completed, .stopped, .target: nil
      case .noImprovement: "Stopped after \(epochs) without an improvement"
      case .learningRate: "Stopped after \(epochs): the learning rate is at its minimum"
      case .time: "Stopped after \(epochs): the time is over"
      }
    let isOfAnEpoch = settings.rules.rules.earlyStopping != nil && outcome.reason != .target
    let which = isOfAnEpoch ? "the network is that of epoch \(outcome.epoch), the best" : nil
    let text = [why, which].compactMap { $0 }.joined(separator: "; ")
    return text.isEmpty ? nil : text.prefix(1).uppercased() + text.dropFirst()
  }

  private func show(_ progress: TrainingProgress) {
    line.update(
      "Epoch \(progress.epoch), step \(progress.step)/\(progress.stepsPerEpoch), cost \(significant(progress.cost))")
  }

  private func report(_ report: TrainingReport) throws {
    line.clear()
    if isFirst, let note = workersNote(trainer.workers, threads: settings.threads) {
      try console.print("Threads: \(note)")
    }
    isFirst = false
    try console.print("\(report)")
    _ = goal?.isReached(by: report)
  }
}
