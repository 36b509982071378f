import Foundation

/// How many times as large the samples of one run are as those of another, with an interval that holds the true ratio with a
/// given confidence.
///
/// The estimate is that of Hodges and Lehmann ("Estimates of Location Based on Rank Tests", Annals of Mathematical Statistics
/// 34, 1963): the median of all ratios of a new sample to an old one. The interval reaches from the k-th least to the k-th
/// greatest of them, k by the distribution of the Mann–Whitney statistic: no assumption on how samples are distributed, a single
/// bad sample cannot move it far, and nothing is drawn at random.
package struct RatioInterval: Equatable, Sendable {
  package let ratio: Double
  /// 0 and infinity where there are too few samples for the confidence that is asked for.
  package let low: Double
  package let high: Double

  /// - Parameters:
  ///   - old: Samples above 0, at least one.
  ///   - new: Likewise.
  ///   - confidence: How probable it is that the interval holds the ratio, 0 to 1.
  package init(old: [Double], new: [Double], confidence: Double) {
    let (old, new) = (Self.thinned(old), Self.thinned(new))
    let ratios = new.flatMap { new in old.map { new / $0 } }.sorted()
    ratio = Summary(ratios).median
    let trimmed = Self.trimmed(old.count, new.count, tail: (1 - confidence) / 2)
    guard let trimmed, 2 * trimmed < ratios.count else {
      (low, high) = (0, .infinity)
      return
    }
    (low, high) = (ratios[trimmed], ratios[ratios.count - 1 - trimmed])
  }

  /// At most a thousand of the samples, evenly spaced: a million ratios are as many as tell anything.
  private static func thinned(_ samples: [Double], most: Int = 1000) -> [Double] {
    samples.count <= most ? samples : (0..<most).map { samples[$0 * samples.count / most] }
  }

  /// How many ratios at each end lie outside: one less than the greatest k with P(U < k) ≤ tail, for the statistic U of samples of m
  /// and n; nil where even the outermost ratios do not reach the confidence.
  ///
  /// Exactly up to some thousands of pairs, beyond them by the normal distribution with the mean and variance of U.
  package static func trimmed(_ m: Int, _ n: Int, tail: Double) -> Int? {
    guard m * n <= 4000 else {
      let (pairs, count) = (Double(m) * Double(n), Double(m + n + 1))
      let k = Int((pairs / 2 + normalQuantile(tail) * (pairs * count / 12).squareRoot()).rounded(.down))
      return k < 1 ? nil : k - 1
    }
    let counts = arrangements(m, n)
    let all = counts.reduce(0, +)
    var (sum, k) = (0.0, 0)
    while k < counts.count, sum + counts[k] <= tail * all {
      sum += counts[k]
      k += 1
    }
    return k == 0 ? nil : k - 1
  }

  /// In how many orders of m old and n new samples exactly u pairs have the new one first, for each u from 0 to m n: the
  /// coefficients of the Gaussian binomial, by the recursion of Mann and Whitney (1947).
  private static func arrangements(_ m: Int, _ n: Int) -> [Double] {
    // Row j holds those of j new samples, for as many old ones as have been added.
    var rows = (0...n).map { _ in [1.0] }
    for old in 1...m {
      var next = [[1.0]]
      for new in 1...n {
        // The last of all is an old one, after all new ones, or it is a new one, after the old ones.
        var sums = [Double](repeating: 0, count: old * new + 1)
        for (u, count) in rows[new].enumerated() { sums[u] += count }
        for (u, count) in next[new - 1].enumerated() { sums[u + old] += count }
        next.append(sums)
      }
      rows = next
    }
    return rows[n]
  }

  /// The value below which a standard normal variable lies with a small probability, by bisection of the error function.
  private static func normalQuantile(_ probability: Double) -> Double {
    var (low, high) = (-40.0, 0.0)
    while high - low > 1e-9 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < probability { low = middle } else { high = middle }
    }
    return low
  }
}
