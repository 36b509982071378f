extension Dataset {
  /// How far rounding may take a probability from its range, or a distribution's sum from 1.
  private static let tolerance = 1e-3

  /// Targets are what a cost is defined for: of the cross-entropies numbers from 0 to 1, and of those with a softmax rows whose sum is 1.
  ///
  /// - Parameters:
  ///   - cost: The cost.
  ///   - name: What the data set is called in errors.
  /// - Throws: `DataError.target` for the first example whose target is none.
  package func checkTargets(for cost: Cost, named name: String) throws(DataError) {
    guard cost.isOfProbabilities, case .numbers(let targets) = targets else { return }
    let (limits, width) = (-Self.tolerance...1 + Self.tolerance, targets.columns)
    let isDistribution = cost != .crossEntropy
    var problem: DataError?
    targets.forEachBlock { first, count, block in
      guard problem == nil else { return }
      for row in 0..<count {
        let target = UnsafeBufferPointer(start: block + row * width, count: width)
        if let wrong = target.first(where: { !limits.contains($0) }) {
          problem = .target(
            name: name, found: shown(wrong), row: first + row, expected: "numbers from 0 to 1 for the cost \(cost)")
          return
        }
        let sum = target.reduce(0, +)
        if isDistribution, !(abs(sum - 1) <= Self.tolerance) {
          problem = .target(
            name: name, found: "numbers whose sum is \(shown(sum))", row: first + row,
            expected: "a distribution, whose sum is 1, for the cost \(cost)")
          return
        }
      }
    }
    if let problem { throw problem }
  }
}
