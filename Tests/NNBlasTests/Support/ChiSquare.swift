import Testing

/// Expects counts that a uniform distribution over their places would give.
///
/// Pearson's statistic must lie between two quantiles of χ². Both tails have the probability 10⁻⁶ (4.75 standard
/// deviations of a normal distribution): counts that are too even betray a generator as well. The quantiles are Wilson and
/// Hilferty's, k (1 − 2/(9k) ± 4.75 √(2/(9k)))³ for k degrees of freedom.
func expectUniform(_ counts: [Int], _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
  let expected = Double(counts.reduce(0, +)) / Double(counts.count)
  let statistic = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  let freedom = Double(counts.count - 1)
  let variance = 2 / (9 * freedom)
  let quantile = { (deviations: Double) in
    let root = max(0, 1 - variance + deviations * variance.squareRoot())
    return freedom * root * root * root
  }
  let range = quantile(-4.75)...quantile(4.75)
  #expect(range.contains(statistic), comment, sourceLocation: sourceLocation)
}
