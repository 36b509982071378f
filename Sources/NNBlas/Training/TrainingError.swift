/// A run that cannot start, or cannot go on.
public enum TrainingError: Error, Equatable, Sendable {
  /// A setting is out of its range.
  case setting(name: String, found: String, expected: String)
  /// The cost of a batch is infinite or not a number, or its gradient is, or so large that sums on the way to it may be. All that a
  /// trainer knows is as it was before that batch. The layer is the one with the largest derivative.
  case stepNotFinite(epoch: Int, step: Int, cost: String, layer: String, gradient: String)
  /// Training has left a parameter that is infinite or not a number; this trainer cannot go on, one with another rate and
  /// an earlier network can.
  case parameterNotFinite(epoch: Int, step: Int, parameter: String)
  /// A trainer is called while a call of training is under way: from within its own closures, or from another thread.
  case reentered
  /// The system gives no thread for a training that nobody is to wait for.
  case noThread
}

extension TrainingError: CustomStringConvertible {
  /// The whole message: what, where, expected, remedy.
  public var description: String {
    switch self {
    case .setting(let name, let found, let expected):
      "Trainer: \(name) is \(found), expected \(expected)"
    case .stepNotFinite(let epoch, let step, let cost, let layer, let gradient):
      "train: the cost is \(cost) and the largest derivative \(gradient) (\(layer)) in epoch \(epoch), step \(step), "
        + "expected numbers whose sums are finite; lower the learning rate, clip gradients, or scale the inputs; "
        + "the parameters are as before this step"
    case .parameterNotFinite(let epoch, let step, let parameter):
      "train: a parameter is \(parameter) after epoch \(epoch), step \(step), expected a finite number; "
        + "lower the learning rate, or scale the inputs"
    case .reentered:
      "train: called while this trainer is training, from one of its closures or another thread, "
        + "expected one call at a time; train on when the first has returned"
    case .noThread:
      "reports: the system gives no thread to train on, expected one; "
        + "raise its limit on threads, or call train(epochs:on:), which trains on the caller's"
    }
  }
}

extension TrainingError {
  /// A number of threads that can be asked for.
  static func check(threads: Int?) throws(TrainingError) {
    guard let threads, !(1...1024).contains(threads) else { return }
    throw .setting(name: "threads", found: "\(threads)", expected: "1 to 1024")
  }
}

/// A number as errors show it: NaN has a sign, which says nothing.
func shown<Number: BinaryFloatingPoint & LosslessStringConvertible>(_ value: Number) -> String {
  value.isNaN ? "nan" : String(value)
}
