/// A call of training as far as it has come: what it is to go on with when an interrupted run is resumed.
struct Course<S: Scalar>: Sendable {
  /// The plain values.
  var record: Record
  /// One an epoch.
  var reports: [TrainingReport] = []
  /// The network of the best epoch, where early stopping keeps it.
  var best: Network<S>?

  init(firstEpoch: Int, learningRateFactor: Double) {
    record = Record(firstEpoch: firstEpoch, firstFactor: learningRateFactor)
  }

  /// What rules know, and what is reported.
  struct Record: Codable, Sendable, Equatable {
    /// The epochs completed before it.
    let firstEpoch: Int
    /// The learning rate's factor when it began.
    let firstFactor: Double
    /// All its steps so far.
    var tally = Tally()
    var early = EarlyStopping.State()
    var plateau = PlateauRule.State()
    /// The epoch of the best network.
    var bestEpoch = 0
    /// The least cost on the evaluation data.
    var leastCost: Double?
    /// Which of its rules has ended it.
    var end: TrainingOutcome<S>.Reason?
  }

  /// Whether a number from a file can have been counted: those up to this one are exact as `Double`.
  static func isCount(_ number: Int) -> Bool { (0...1 << 53).contains(number) }

  /// Whether numbers from a file are some that a run can have come to.
  static func isPossible(_ record: Record, epochs: Int) -> Bool {
    let counts = [
      record.firstEpoch, record.tally.steps, record.tally.examples, record.bestEpoch, record.early.epoch,
      record.early.bestEpoch, record.plateau.epochsSinceBest,
    ]
    return counts.allSatisfy(isCount) && record.firstEpoch <= epochs && record.firstFactor > 0
      && record.firstFactor.isFinite && record.plateau.factor > 0 && record.plateau.factor <= 1
  }

  /// Whether the last epoch is the best so far: as early stopping sees it, else by the cost on the evaluation data.
  func isBest(_ rules: TrainingRules) -> Bool {
    if rules.earlyStopping != nil { return record.early.epochsSinceBest == 0 && record.early.epoch > 0 }
    guard let last = reports.last?.evaluation else { return false }
    return last.cost == record.leastCost
  }

  /// Takes an epoch into account.
  ///
  /// - Parameters:
  ///   - report: What the epoch came to.
  ///   - rules: The rules.
  ///   - network: The network after it, made only where it is kept.
  /// - Returns: What the learning rate is multiplied by from here on, where a rule says it.
  mutating func observe(
    _ report: TrainingReport, under rules: TrainingRules, network: @autoclosure () -> Network<S>
  ) -> Double? {
    reports.append(report)
    guard let evaluation = report.evaluation else { return nil }
    if evaluation.cost.isFinite { record.leastCost = min(record.leastCost ?? .infinity, evaluation.cost) }
    func value(_ monitor: MonitoredValue) -> Double {
      monitor == .cost ? evaluation.cost : evaluation.accuracy ?? .nan
    }
    if let rule = rules.earlyStopping {
      record.early = rule.next(record.early, observing: value(rule.monitor))
      if record.early.epochsSinceBest == 0 {
        (best, record.bestEpoch) = (network(), record.firstEpoch + reports.count)
      }
      if rule.ends(record.early) { record.end = record.end ?? .noImprovement }
    }
    if let rule = rules.plateau {
      record.plateau = rule.next(record.plateau, observing: value(rule.monitor))
      if record.plateau.hasEnded { record.end = record.end ?? .learningRate }
    }
    if let target = rules.targetAccuracy, let accuracy = evaluation.accuracy, accuracy >= target {
      record.end = .target
    }
    if let target = rules.targetCost, evaluation.cost <= target { record.end = .target }
    return rules.plateau.map { _ in max(record.firstFactor * record.plateau.factor, .leastNormalMagnitude) }
  }
}
