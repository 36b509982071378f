/// Where a run stands after a step.
public struct TrainingProgress: Sendable {
  /// The epoch under way, from 1.
  public let epoch: Int
  /// The steps taken in that epoch.
  public let step: Int
  /// The number of steps in an epoch.
  public let stepsPerEpoch: Int
  /// The mean cost of the last batch.
  public let cost: Double
}

/// How a call of training ended.
public enum TrainingEnd: Sendable, Equatable {
  /// All epochs were completed.
  case completed
  /// A stop was requested; the rest of an epoch under way is the first of the next call.
  case stopped
}
