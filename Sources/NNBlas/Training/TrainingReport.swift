import Foundation

/// What an epoch, or a number of steps, came to.
public struct TrainingReport: Sendable, Equatable {
  /// What is reported on.
  public enum Scope: Sendable, Equatable {
    /// An epoch of a run; both count from 1.
    case epoch(Int, of: Int)
    /// A number of steps.
    case steps(Int)
  }

  /// What is reported on.
  public let scope: Scope
  /// The number of steps taken.
  public let steps: Int
  /// The number of examples seen, with repetitions.
  public let examples: Int
  /// The mean cost of the training batches as they were met, each batch weighted by its examples.
  public let cost: Double
  /// The seconds that training took, shuffling and gathering included, evaluation not.
  public let seconds: Double
  /// The floating-point operations of the products in these steps.
  public let operations: Double
  /// How the network does on the evaluation data afterwards, where there are any.
  public let evaluation: Evaluation?
  /// How it does on the training data afterwards, where that is monitored.
  public let training: Evaluation?

  package init(
    scope: Scope, steps: Int, examples: Int, cost: Double, seconds: Double, operations: Double, evaluation: Evaluation?,
    training: Evaluation? = nil
  ) {
    self.scope = scope
    self.steps = steps
    self.examples = examples
    self.cost = cost
    self.seconds = seconds
    self.operations = operations
    self.evaluation = evaluation
    self.training = training
  }

  /// 10⁹ floating-point operations a second.
  public var gflops: Double { seconds > 0 ? operations / seconds / 1e9 : 0 }
}

extension TrainingReport: CustomStringConvertible {
  /// `Epoch 1/30: 9046/10000 correct, cost 0.0812, 0.12 s, 40 GFLOP/s`.
  public var description: String {
    let head =
      switch scope {
      case .epoch(let number, let count): "Epoch \(number)/\(count)"
      case .steps(let count): counted(count, "step")
      }
    let result = (evaluation.map { "\($0), " } ?? "") + (training.map { "training data \($0), " } ?? "")
    let seconds = String(format: self.seconds < 9.995 ? "%.2f" : "%.1f", self.seconds)
    let rate = String(format: gflops < 9.95 ? "%.2g" : "%.0f", gflops)
    return "\(head): \(result)cost \(significant(cost)), \(seconds) s, \(rate) GFLOP/s"
  }
}

/// A number with three significant digits.
package func significant(_ value: Double) -> String { String(format: "%.3g", value) }
