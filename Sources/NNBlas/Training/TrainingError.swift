/// A run that cannot start, or cannot go on.
public enum TrainingError: Error, Equatable, Sendable {
  /// A setting is out of its range.
  case setting(name: String, found: String, expected: String)
  /// The cost of a batch is infinite or not a number; parameters are as they were before that batch.
  case costNotFinite(epoch: Int, step: Int, cost: String)
}

extension TrainingError: CustomStringConvertible {
  /// The whole message: what, where, expected, remedy.
  public var description: String {
    switch self {
    case .setting(let name, let found, let expected):
      "Trainer: \(name) is \(found), expected \(expected)"
    case .costNotFinite(let epoch, let step, let cost):
      "train: the cost is \(cost) in epoch \(epoch), step \(step), expected a finite number; "
        + "lower the learning rate, or scale the inputs; the parameters are as before this step"
    }
  }
}
