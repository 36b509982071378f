/// Sums over steps.
struct Tally {
  let operationsPerExample: Int
  var steps = 0
  var examples = 0
  var costSum = 0.0
  var seconds = 0.0

  mutating func add(examples count: Int, cost: Double) {
    steps += 1
    examples += count
    costSum += cost * Double(count)
  }

  mutating func add(_ other: Tally) {
    steps += other.steps
    examples += other.examples
    costSum += other.costSum
    seconds += other.seconds
  }

  func report(
    _ scope: TrainingReport.Scope, evaluation: Evaluation?, training: Evaluation? = nil
  ) -> TrainingReport {
    TrainingReport(
      scope: scope, steps: steps, examples: examples, cost: costSum / Double(max(examples, 1)), seconds: seconds,
      operations: Double(operationsPerExample) * Double(examples), evaluation: evaluation, training: training)
  }
}
