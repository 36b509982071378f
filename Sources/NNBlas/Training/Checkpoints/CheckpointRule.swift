/// When a trainer writes checkpoints, and where.
///
/// A checkpoint is all that a run needs to go on to the same bits, in one file. One is written when it is due, while training goes on:
/// the workers wait for a copy of the numbers alone. One more is written when a call of training ends, but by an error. A call reads all its data
/// once, to know them again, and waits for the disk when it ends: train in calls of many steps.
public struct CheckpointRule: Sendable, Hashable {
  /// What becomes of a run whose checkpoint cannot be written.
  public enum Failure: String, Sendable, CaseIterable {
    /// Training throws `CheckpointError.unwritable` after the step under way.
    case end
    /// It goes on, and tries again when the next one is due; `Trainer.checkpointFailure` says what was wrong.
    case goOn = "go-on"
  }

  /// The folder, which is made where there is none.
  public var folder: String
  /// The steps from one to the next, at least 1, or nil.
  public var everySteps: Int?
  /// The seconds from one to the next, at least 0.001, or nil.
  public var everySeconds: Double?
  /// How many are kept, at least 1: the last ones, besides that of the best epoch.
  public var kept: Int
  /// What becomes of the run where one cannot be written.
  public var failure: Failure

  /// A rule.
  public init(
    folder: String, everySteps: Int? = nil, everySeconds: Double? = 60, kept: Int = 3, failure: Failure = .end
  ) {
    (self.folder, self.everySteps, self.everySeconds) = (folder, everySteps, everySeconds)
    (self.kept, self.failure) = (kept, failure)
  }

  /// - Throws: `TrainingError.setting` for a number out of its range.
  package func check() throws(TrainingError) {
    if let everySteps, everySteps < 1 {
      throw .setting(name: "checkpoints' everySteps", found: "\(everySteps)", expected: "at least 1 step, or nil")
    }
    if let everySeconds, !(everySeconds >= 1e-3 && everySeconds <= 1e9) {
      throw .setting(
        name: "checkpoints' everySeconds", found: shown(everySeconds),
        expected: "a number from 0.001 to 1e9, or nil")
    }
    guard kept >= 1 else {
      throw .setting(name: "checkpoints' kept", found: "\(kept)", expected: "at least 1 checkpoint")
    }
  }
}
