/// What checkpoints have cost since a trainer began to write them.
public struct CheckpointCost: Sendable, Equatable {
  /// How many have been copied: those that were written, that could not be, and those of a best epoch that a better one followed.
  public internal(set) var copies = 0
  /// How many have been written.
  public internal(set) var count = 0
  /// The seconds that training has waited for copies, and for their numbers to be looked at, in all.
  public internal(set) var waitedSeconds = 0.0
  /// The seconds that it took to write them, in all, beside training.
  public internal(set) var writingSeconds = 0.0
  /// The bytes of the last one.
  public internal(set) var bytes = 0
}

extension CheckpointCost: CustomStringConvertible {
  /// `12 of 34.5 MB; training waited 8.1 ms for each copy; written beside it in 60 ms each`.
  public var description: String {
    func each(_ seconds: Double, _ count: Int) -> String { significant(1e3 * seconds / Double(max(count, 1))) }
    return "\(count) of \(significant(Double(bytes) / 1e6)) MB; training waited \(each(waitedSeconds, copies)) ms "
      + "for each copy; written beside it in \(each(writingSeconds, count)) ms each"
  }
}
