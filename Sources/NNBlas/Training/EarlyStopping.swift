/// What is looked at after every epoch, on the evaluation data.
public enum MonitoredValue: String, CaseIterable, Codable, Sendable {
  /// The mean cost; smaller is better.
  case cost
  /// The share of right answers; larger is better.
  case accuracy

  /// Whether a value is better than another by more than a part of it; a value that is not finite is not.
  func isImprovement(_ value: Double, over best: Double?, by part: Double) -> Bool {
    guard value.isFinite else { return false }
    guard let best else { return true }
    switch self {
    case .cost: return value < best - abs(best) * part
    case .accuracy: return value > best + abs(best) * part
    }
  }
}

/// Ends training when the monitored value has not improved for some epochs; the best network is kept.
///
/// Source: Prechelt, "Early Stopping, but When?", 1998; the book's no-improvement-in-n rule (Nielsen, chapter 3).
public struct EarlyStopping: Sendable, Hashable, Codable {
  /// What is looked at.
  public let monitor: MonitoredValue
  /// The epochs without an improvement after which training ends, at least 1.
  public let patience: Int
  /// By how much of the best value so far a value has to be better, from 0 to below 1.
  public let minimumImprovement: Double

  /// A rule.
  public init(monitor: MonitoredValue = .cost, patience: Int, minimumImprovement: Double = 0) {
    (self.monitor, self.patience, self.minimumImprovement) = (monitor, patience, minimumImprovement)
  }

  /// What it knows after some epochs.
  public struct State: Sendable, Hashable, Codable {
    /// The best value so far, or nil before there is one.
    public internal(set) var best: Double?
    /// The epoch that it is of, counted from 1.
    public internal(set) var bestEpoch = 0
    /// The epochs observed.
    public internal(set) var epoch = 0

    /// Before the first epoch.
    public init() {}

    /// The epochs since the best one.
    public var epochsSinceBest: Int { epoch - bestEpoch }
  }

  /// The state after one more epoch.
  public func next(_ state: State, observing value: Double) -> State {
    var next = state
    next.epoch += 1
    if monitor.isImprovement(value, over: state.best, by: minimumImprovement) {
      (next.best, next.bestEpoch) = (value, next.epoch)
    }
    return next
  }

  /// Whether training ends there.
  public func ends(_ state: State) -> Bool { state.epochsSinceBest >= patience }

  func check() throws(TrainingError) {
    guard patience >= 1 else {
      throw .setting(name: "earlyStopping's patience", found: "\(patience)", expected: "at least 1 epoch")
    }
    guard minimumImprovement >= 0, minimumImprovement < 1 else {
      throw .setting(
        name: "earlyStopping's minimumImprovement", found: shown(minimumImprovement),
        expected: "a number from 0 to below 1")
    }
  }
}

/// Lowers the learning rate when the monitored value has not improved for some epochs.
public struct PlateauRule: Sendable, Hashable, Codable {
  /// What is looked at.
  public let monitor: MonitoredValue
  /// What the learning rate is multiplied by, above 0 and below 1.
  public let factor: Double
  /// The epochs without an improvement that are borne: the next one lowers the rate.
  public let patience: Int
  /// By how much of the best value so far a value has to be better, from 0 to below 1.
  public let minimumImprovement: Double
  /// The least that the learning rate of a call's beginning is multiplied by in it.
  public let minimumFactor: Double
  /// Whether training ends where that is reached.
  public let endsAtMinimum: Bool

  /// A rule, with the defaults of PyTorch's `ReduceLROnPlateau`.
  public init(
    monitor: MonitoredValue = .cost, factor: Double = 0.1, patience: Int = 10, minimumImprovement: Double = 1e-4,
    minimumFactor: Double = 0, endsAtMinimum: Bool = false
  ) {
    (self.monitor, self.factor, self.patience) = (monitor, factor, patience)
    (self.minimumImprovement, self.minimumFactor) = (minimumImprovement, minimumFactor)
    self.endsAtMinimum = endsAtMinimum
  }

  /// The book's: halve the rate when the accuracy has not improved for so many epochs, and end when it is 1/128 of the first (Nielsen,
  /// chapter 3).
  public static func halving(patience: Int = 10) -> PlateauRule {
    PlateauRule(
      monitor: .accuracy, factor: 0.5, patience: max(patience - 1, 0), minimumImprovement: 0, minimumFactor: 1 / 128,
      endsAtMinimum: true)
  }

  /// What it knows after some epochs.
  public struct State: Sendable, Hashable, Codable {
    /// The best value so far, or nil before there is one.
    public internal(set) var best: Double?
    /// The epochs since it, or since the rate was lowered.
    public internal(set) var epochsSinceBest = 0
    /// What the learning rate of a call's beginning is multiplied by.
    public internal(set) var factor = 1.0
    /// Whether training ends.
    public internal(set) var hasEnded = false

    /// Before the first epoch.
    public init() {}
  }

  /// The state after one more epoch.
  public func next(_ state: State, observing value: Double) -> State {
    var next = state
    if monitor.isImprovement(value, over: state.best, by: minimumImprovement) {
      (next.best, next.epochsSinceBest) = (value, 0)
      return next
    }
    next.epochsSinceBest += 1
    guard next.epochsSinceBest > patience else { return next }
    next.epochsSinceBest = 0
    // Above 0, after however many epochs: a rate of 0 is none.
    next.factor = max(state.factor * factor, minimumFactor, 1e-300)
    next.hasEnded = endsAtMinimum && next.factor <= minimumFactor
    return next
  }

  func check() throws(TrainingError) {
    guard factor > 0, factor < 1 else {
      throw .setting(name: "plateau's factor", found: shown(factor), expected: "a number above 0 and below 1")
    }
    guard patience >= 0 else {
      throw .setting(name: "plateau's patience", found: "\(patience)", expected: "0 epochs or more")
    }
    guard minimumImprovement >= 0, minimumImprovement < 1 else {
      throw .setting(
        name: "plateau's minimumImprovement", found: shown(minimumImprovement),
        expected: "a number from 0 to below 1")
    }
    guard minimumFactor >= 0, minimumFactor < 1 else {
      throw .setting(
        name: "plateau's minimumFactor", found: shown(minimumFactor), expected: "a number from 0 to below 1")
    }
  }
}
