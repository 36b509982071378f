/// What checkpoints have cost since a trainer began to write them.
public struct CheckpointCost: Sendable, Equatable {
  /// How many have been made.
  public internal(set) var count = 0
  /// The seconds that training has waited for their numbers to be looked at and copied, in all.
  public internal(set) var waitedSeconds = 0.0
  /// The seconds that it took to write them, in all, beside training.
  public internal(set) var writingSeconds = 0.0
  /// The bytes of the last one.
  public internal(set) var bytes = 0
}

extension CheckpointCost: CustomStringConvertible {
  /// `12 of 34.5 MB, for each of which training waited 8.1 ms; written beside it in 60 ms each`.
  public var description: String {
    let count = Double(max(count, 1))
    return "\(self.count) of \(significant(Double(bytes) / 1e6)) MB, for each of which training waited "
      + "\(significant(1e3 * waitedSeconds / count)) ms; written beside it in \(significant(1e3 * writingSeconds / count)) ms each"
  }
}
