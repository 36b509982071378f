/// What a step came to.
struct StepOutcome {
  /// The sum of the costs of its examples.
  let costSum: Double
  /// Whether the cost is finite, and the gradient so far from what is not that it must be: else nothing has changed.
  let isSound: Bool
}
