import Foundation
import NNBlas

/// One run of training, with the lines that it prints and the files that it writes on the way.
final class TrainingSession<S: Scalar> {
  /// How it ended.
  enum End {
    /// It is over, by its epochs or one of its rules.
    case complete
    /// A signal or the time has ended it.
    case interrupted(signal: Int32?)
  }

  private let settings: TrainSettings
  private let data: TrainingData
  private let console: Console
  private let trainer: Trainer<S>
  private let line = ProgressLine()
  private var progressText: TrainingLine
  private var journal: RunJournal?
  private var signals: Signals?
  private var pictures: RunPictures?
  private let clock = ContinuousClock()
  private var epochBegan: ContinuousClock.Instant
  /// The share of right answers that training is to reach.
  private(set) var goal: AccuracyGoal?
  /// Whether a rule has ended training before its last epoch.
  private(set) var hasEpochsLeft = false
  // The engine chooses with the first step.
  private var isFirst = true
  private var hasWarned = false
  /// When a run of steps is to stop; one of epochs has a rule for that.
  private var deadline: ContinuousClock.Instant?
  private var isTimeOver = false

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
    epochBegan = clock.now
    let threads = settings.threads ?? Processors.available
    progressText = TrainingLine(
      epochs: settings.steps == nil ? settings.epochs : nil, steps: settings.steps,
      batchSize: min(settings.batch, data.training.count),
      operationsPerExample: network.trainingOperationsPerExample
    ) { Ceiling.multiplyAdd(S.precision, threads: threads, runs: 1).ceiling.best }
  }

  /// `784-30-10, batch 10, sgd, learning rate 3.0`.
  private var title: String {
    "\(LayerList.text(of: trainer.network)), batch \(settings.batch), \(settings.optimizer.summary)"
  }

  /// Makes ready to keep the run in a folder, and goes on where it was interrupted.
  ///
  /// - Parameters:
  ///   - directory: The folder.
  ///   - configuration: The flags with all that was left out, as a file.
  /// - Throws: `CheckpointError` where the run cannot be resumed, `ModelFileError` where files cannot be written.
  func keep(in directory: RunDirectory, configuration: String) throws {
    var resumption: Resumption?
    if settings.run.isResumed, try directory.hasCheckpoints() {
      let found = try trainer.resume(from: directory.checkpoints, strict: settings.run.isStrict)
      // Before a file of the run is touched.
      try trainer.check(
        resuming: data.training, evaluating: data.evaluation, order: settings.order,
        monitorsTraining: settings.steps == nil && settings.rules.monitorsTraining,
        under: settings.steps == nil ? settings.rules.rules : nil)
      try check(found)
      found.warnings.forEach { Console.warn("bits will differ from an uninterrupted run's: \($0)") }
      found.damaged.forEach { Console.warn("passed over: \($0)") }
      found.reports.forEach { _ = goal?.isReached(by: $0) }
      progressText.evaluation = found.reports.last?.evaluation
      resumption = found
    }
    let journal = try RunJournal(directory, settings.run, configuration: configuration, resumption: resumption)
    if settings.run.isResumed, !isOver(resumption) { directory.reopen() }
    pictures = try RunPictures(directory, settings.run, title: title, resumption)
    self.journal = journal
    trainer.checkpoints = settings.run.rule(in: directory.checkpoints)
    trainer.checkpointNotes = { [unowned journal] in journal.notes }
    trainer.checkpointPreparation = journal.preparation
    if !settings.run.isResumed {
      try console.print("Run: \(directory.path), \(settings.run.rhythm)")
    } else if let resumption {
      try console.print("Resumed \(resumption.place), from \(resumption.file)")
    } else {
      try console.print("Resumed at the beginning: there is no checkpoint yet")
    }
  }

  /// The run is where it can be, and no more has been done than is asked for.
  private func check(_ resumption: Resumption) throws {
    let (whole, isTooMuch) = resumption.completedEpochs.multipliedReportingOverflow(
      by: settings.batchesPerEpoch(of: data))
    guard !isTooMuch, resumption.steps - resumption.stepsInEpoch == whole else {
      throw CheckpointError.damaged(
        file: resumption.file,
        reason: "\(resumption.place) it says that \(counted(resumption.steps, "step")) have been taken")
    }
    if let steps = settings.steps, resumption.steps > steps {
      throw settings.arguments.misfit("steps", "is \(steps), but \(resumption.steps) have been taken")
    }
    if settings.steps == nil, resumption.completedEpochs > settings.epochs {
      throw settings.arguments.misfit(
        "epochs", "is \(settings.epochs), but \(resumption.completedEpochs) have been completed")
    }
  }

  private func isOver(_ resumption: Resumption?) -> Bool {
    guard let resumption else { return false }
    if let steps = settings.steps { return resumption.steps >= steps }
    return resumption.hasEnded || resumption.completedEpochs >= settings.epochs
  }

  /// Trains, and prints a line an epoch.
  ///
  /// - Returns: The network, the best one where early stopping keeps it, the mean of parameters where there is one; and how it ended.
  func run() throws -> (network: Network<S>, end: End) {
    let signals = Signals(trainer.stopper, line)
    self.signals = signals
    defer { signals.end() }
    defer { line.clear() }
    epochBegan = clock.now
    if let steps = settings.steps {
      deadline = settings.rules.rules.maximumSeconds.map { epochBegan + .seconds($0) }
      let result = try trainer.train(
        steps: steps, on: data.training, evaluating: data.evaluation, order: settings.order, progress: show)
      let isOver = result.steps >= steps
      line.clear()
      if isOver {
        try report(result)
      } else {
        try console.print("Stopped after \(place)\(isTimeOver ? ": the time is over" : "")")
      }
      try journal?.finish()
      try printCheckpoints()
      return (trainer.averagedNetwork ?? trainer.network, isOver ? .complete : .interrupted(signal: signals.received))
    }
    let rules = settings.rules
    let outcome = try trainer.train(
      epochs: settings.epochs, on: data.training, evaluating: data.evaluation, under: rules.rules,
      order: settings.order,
      monitorsTraining: rules.monitorsTraining, report: report, progress: show)
    line.clear()
    try journal?.finish()
    let best = settings.rules.rules.earlyStopping == nil || outcome.reason == .target ? nil : outcome.epoch
    try journal?.write { try pictures?.drawCurves(best: best) }
    hasEpochsLeft = outcome.reports.count < settings.epochs
    if let text = text(of: outcome) { try console.print(text) }
    let seconds = outcome.reports.reduce(0) { $0 + $1.seconds }
    if !outcome.reports.isEmpty {
      try console.print(
        "Trained \(counted(outcome.reports.count, "epoch")) in \(significant(seconds)) s, evaluations aside")
    }
    try printCheckpoints()
    return (outcome.network, end(outcome.reason, signals))
  }

  /// Draws into the run's folder what the network took for what, where there is one.
  ///
  /// - Throws: `ModelFileError.unwritable` where that ends the run.
  func draw(_ confusion: ConfusionMatrix, names: [String]?, of data: String) throws {
    try journal?.write { try pictures?.draw(confusion, names: names, of: data) }
  }

  /// Whether the last checkpoint could not be written.
  var isUnkept: Bool { trainer.checkpointFailure != nil }

  /// What checkpoints have cost, and whether the last ones are there.
  private func printCheckpoints() throws {
    warnOfCheckpoints()
    if let cost = trainer.checkpointCost, cost.count > 0 { try console.print("Checkpoints: \(cost)") }
  }

  /// Says once that checkpoints cannot be written, where the run goes on all the same.
  private func warnOfCheckpoints() {
    guard !hasWarned, let failure = trainer.checkpointFailure else { return }
    hasWarned = true
    Console.warn("\(failure); the run goes on")
  }

  private func end(_ reason: TrainingOutcome<S>.Reason, _ signals: Signals) -> End {
    switch reason {
    case .stopped, .time: .interrupted(signal: signals.received)
    case .completed, .noImprovement, .learningRate, .target: .complete
    }
  }

  private func text(of outcome: TrainingOutcome<S>) -> String? {
    let epochs = counted(outcome.reports.count, "epoch")
    let why: String? =
      switch outcome.reason {
      case .completed, .target: nil
      case .stopped: "Stopped after \(place)"
      case .noImprovement: "Stopped after \(epochs) without an improvement"
      case .learningRate: "Stopped after \(epochs): the learning rate is at its minimum"
      case .time: "Stopped after \(place): the time is over"
      }
    let isOfAnEpoch = settings.rules.rules.earlyStopping != nil && outcome.reason != .target && outcome.epoch > 0
    let which = isOfAnEpoch ? "the network is that of epoch \(outcome.epoch), the best" : nil
    let text = [why, which].compactMap { $0 }.joined(separator: "; ")
    return text.isEmpty ? nil : text.prefix(1).uppercased() + text.dropFirst()
  }

  /// `3 epochs and 20 steps`.
  private var place: String {
    let epochs = counted(trainer.completedEpochs, "epoch")
    return trainer.stepsInEpoch > 0 ? "\(epochs) and \(counted(trainer.stepsInEpoch, "step"))" : epochs
  }

  private func show(_ progress: TrainingProgress) {
    // One that came before training began asks for no less.
    let isEnding = signals?.received != nil
    if let deadline, clock.now >= deadline { isTimeOver = true }
    if isEnding || isTimeOver { trainer.requestStop() }
    if let journal {
      journal.note(progress) { [pictures] in try pictures?.note(progress) }
      if journal.failure != nil { trainer.requestStop() }
    }
    if !isEnding { line.update(progressText.text(progress)) }
    if progress.step == progress.stepsPerEpoch { epochBegan = clock.now }
  }

  private func report(_ report: TrainingReport) throws {
    line.clear()
    let evaluationSeconds = (clock.now - epochBegan) / .seconds(1)
    progressText.evaluation = report.evaluation
    if isFirst, let note = workersNote(trainer.workers, threads: settings.threads) {
      try console.print("Threads: \(note)")
    }
    isFirst = false
    try console.print("\(report)")
    warnOfCheckpoints()
    _ = goal?.isReached(by: report)
    guard let journal else { return }
    let step = trainer.steps
    try journal.note(report, step: step, learningRate: trainer.learningRate, evaluationSeconds: evaluationSeconds)
    try journal.write { try pictures?.note(report, step: step, learningRate: trainer.learningRate) }
  }
}
