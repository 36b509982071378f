/// Where an interrupted run goes on.
public struct Resumption: Sendable, Equatable {
  /// The checkpoint.
  public let file: String
  /// The epochs completed.
  public let completedEpochs: Int
  /// The steps of the epoch under way.
  public let stepsInEpoch: Int
  /// The steps since the run began.
  public let steps: Int
  /// Newer checkpoints that are damaged, and were passed over: file and reason.
  public let damaged: [String]
  /// Why the rest of the run will come to other bits than without the interruption; none where it will not.
  public let warnings: [String]
  /// The report on every epoch so far of the call that was interrupted.
  public let reports: [TrainingReport]
  /// Whether one of its rules had ended that call already.
  public let hasEnded: Bool
  /// What `Trainer.checkpointNotes` said.
  public let notes: [String: String]
}

extension Resumption {
  /// `after 3 epochs and 20 steps`.
  package var place: String {
    let epochs = "after \(counted(completedEpochs, "epoch"))"
    return stepsInEpoch > 0 ? "\(epochs) and \(counted(stepsInEpoch, "step"))" : epochs
  }
}

extension Resumption: CustomStringConvertible {
  /// `after 3 epochs and 20 steps, from run/checkpoint-0000000320.safetensors`, with what was passed over.
  public var description: String {
    let passedOver = damaged.isEmpty ? "" : "; passed over: \(damaged.joined(separator: "; "))"
    return "\(place), from \(file)\(passedOver)"
  }
}

/// What the first call of training after resuming has to fit, and what its engine goes on with.
struct ResumedRun<S: Scalar> {
  let file: String
  let call: TrainingCall
  let plan: Checkpoint<S>.PlanKind
  /// What has been added up for the update under way.
  let gradient: Vector<S>?
}
