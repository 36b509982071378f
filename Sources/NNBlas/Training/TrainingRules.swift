/// When training ends before its last epoch, and what changes on the way: rules that look at what was reached.
public struct TrainingRules: Sendable, Hashable {
  /// Ends when nothing improves.
  public var earlyStopping: EarlyStopping?
  /// Lowers the learning rate when nothing improves.
  public var plateau: PlateauRule?
  /// Ends at the first epoch with at least this share of right answers on the evaluation data, above 0 and at most 1.
  public var targetAccuracy: Double?
  /// Ends at the first epoch with at most this mean cost on the evaluation data.
  public var targetCost: Double?
  /// Ends after the step that is under way when so many seconds are over, above 0.
  public var maximumSeconds: Double?

  /// Rules; none by default.
  public init(
    earlyStopping: EarlyStopping? = nil, plateau: PlateauRule? = nil, targetAccuracy: Double? = nil,
    targetCost: Double? = nil, maximumSeconds: Double? = nil
  ) {
    (self.earlyStopping, self.plateau) = (earlyStopping, plateau)
    (self.targetAccuracy, self.targetCost) = (targetAccuracy, targetCost)
    self.maximumSeconds = maximumSeconds
  }

  /// All that decides where training ends up, by name, in words: the time does not.
  var words: [String: String] {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "none" }
    func improvement(_ part: Double) -> String { part > 0 ? ", by \(part) of the best" : "" }
    return [
      "early stopping": earlyStopping.map {
        "after \(counted($0.patience, "epoch")) without a better \($0.monitor.rawValue)\(improvement($0.minimumImprovement))"
      } ?? "none",
      "the rule of plateaus": plateau.map {
        "a rate times \($0.factor) after more than \(counted($0.patience, "epoch")) without a better \($0.monitor.rawValue)"
          + improvement($0.minimumImprovement) + ($0.minimumFactor > 0 ? ", down to \($0.minimumFactor)" : "")
          + ($0.endsAtMinimum ? ", where it ends" : "")
      } ?? "none",
      "the target accuracy": text(targetAccuracy), "the target cost": text(targetCost),
    ]
  }

  /// Whether any of them needs evaluation data, and whether one needs its labels.
  package var needsEvaluation: Bool {
    earlyStopping != nil || plateau != nil || targetAccuracy != nil || targetCost != nil
  }
  package var needsLabels: Bool {
    earlyStopping?.monitor == .accuracy || plateau?.monitor == .accuracy || targetAccuracy != nil
  }

  /// - Throws: `TrainingError.setting` for a number out of its range.
  package func check() throws(TrainingError) {
    try earlyStopping?.check()
    try plateau?.check()
    if let targetAccuracy, !(targetAccuracy > 0 && targetAccuracy <= 1) {
      throw .setting(
        name: "targetAccuracy", found: shown(targetAccuracy), expected: "a number above 0, at most 1; 0.97 is 97 %")
    }
    if let targetCost, !targetCost.isFinite {
      throw .setting(name: "targetCost", found: shown(targetCost), expected: "a finite number")
    }
    if let maximumSeconds, !(maximumSeconds > 0 && maximumSeconds <= 1e9) {
      throw .setting(
        name: "maximumSeconds", found: shown(maximumSeconds),
        expected: "a number above 0, at most 1e9; nil for no limit")
    }
  }

  /// - Throws: `TrainingError.setting` for a number out of its range, and for a rule without the data that it looks at.
  func check(evaluation: Dataset?) throws(TrainingError) {
    try check()
    if needsEvaluation, evaluation == nil {
      throw .setting(
        name: "evaluating", found: "nil", expected: "data, which the rules look at; split some off the training data")
    }
    if needsLabels, evaluation?.labels == nil {
      throw .setting(
        name: "the monitored value", found: "accuracy, of data without labels",
        expected: "cost, or data with labels")
    }
  }
}

/// What training under rules came to.
public struct TrainingOutcome<S: Scalar>: Sendable {
  /// Why it ended.
  public enum Reason: String, Sendable, Equatable, Codable {
    /// All epochs were completed.
    case completed
    /// A stop was requested.
    case stopped
    /// The monitored value did not improve.
    case noImprovement
    /// The learning rate reached its minimum.
    case learningRate
    /// The target was reached.
    case target
    /// The time was over.
    case time
  }

  /// Why it ended.
  public let reason: Reason
  /// The network of the best epoch as early stopping sees it; without early stopping, or where the target was reached, the last one. Where
  /// a mean of parameters is kept, its network.
  public let network: Network<S>
  /// The epoch that it is of, counted from 1; with a part of an epoch after it where a stop or the time ended training.
  public let epoch: Int
  /// The report on every epoch.
  public let reports: [TrainingReport]
}
