/// Sums over steps.
struct Tally: Codable, Sendable, Equatable {
  var steps = 0
  var examples = 0
  var costSum = 0.0
  var seconds = 0.0

  @inline(__always)
  mutating func add(examples count: Int, cost: Double) {
    steps += 1
    examples += count
    costSum += cost * Double(count)
  }

  /// The report on them.
  ///
  /// - Parameters:
  ///   - scope: What they are.
  ///   - operationsPerExample: The floating-point operations of products for one example.
  ///   - evaluation: How the network does afterwards on evaluation data.
  ///   - training: How it does on the training data.
  /// - Returns: The report.
  func report(
    _ scope: TrainingReport.Scope, operationsPerExample: Int, evaluation: Evaluation?, training: Evaluation? = nil
  ) -> TrainingReport {
    TrainingReport(
      scope: scope, steps: steps, examples: examples, cost: costSum / Double(max(examples, 1)), seconds: seconds,
      operations: Double(operationsPerExample) * Double(examples), evaluation: evaluation, training: training)
  }
}
