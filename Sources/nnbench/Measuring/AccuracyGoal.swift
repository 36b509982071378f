import NNBlas

/// A share of the evaluation's examples at which a run ends, and how far it has come.
package struct AccuracyGoal {
  private let accuracy: Double
  private var epochs = 0
  private var seconds = 0.0
  private var best: (evaluation: Evaluation, accuracy: Double, epoch: Int)?

  /// - Parameter accuracy: The share, above 0 to 1.
  package init(accuracy: Double) {
    self.accuracy = accuracy
  }

  /// Takes the next epoch into account, and tells whether it has reached the share.
  package mutating func isReached(by report: TrainingReport) -> Bool {
    epochs += 1
    seconds += report.seconds
    guard let evaluation = report.evaluation, let reached = evaluation.accuracy else { return false }
    if best.map({ reached > $0.accuracy }) ?? true { best = (evaluation, reached, epochs) }
    return reached >= accuracy
  }

  /// How it ended, when it was reached.
  ///
  /// - Parameter hasEpochsLeft: Whether something else than the number of epochs has ended the run.
  /// - Returns: The words.
  /// - Throws: `AccuracyMissed` where it was not.
  package func conclusion(hasEpochsLeft: Bool = false) throws(AccuracyMissed) -> String {
    guard let best, best.accuracy >= accuracy else {
      let found = best.map { ": the best was \($0.evaluation), \($0.accuracy), after epoch \($0.epoch)" } ?? ""
      throw AccuracyMissed(
        description:
          "\(counted(epochs, "epoch")) did not reach --until-accuracy \(accuracy)\(found); \(hasEpochsLeft ? "let it go on with what has ended it" : "give more with --epochs"), "
          + "or change --learning-rate, --optimizer or --layers")
    }
    return
      "Reached \(accuracy) after \(counted(epochs, "epoch")), \(fixed(seconds, 2)) s of training: \(best.evaluation)"
  }
}

/// A run that ended before it had reached its accuracy.
package struct AccuracyMissed: Error, CustomStringConvertible {
  /// How many epochs there were, the best of them, and the remedy.
  package let description: String
}
