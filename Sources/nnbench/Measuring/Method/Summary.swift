/// The least, the median and the spread of a number of samples; the unit of the first two is the samples' own.
package struct Summary: Encodable, Equatable {
  package let min: Double
  package let median: Double
  /// The distance between the quartiles, divided by the median: how uneven the middle half of the samples is.
  package let spread: Double

  /// Not a number where there are no samples.
  package init(_ samples: [Double]) {
    let sorted = samples.sorted()
    min = sorted.first ?? .nan
    median = Self.quantile(0.5, of: sorted)
    spread = (Self.quantile(0.75, of: sorted) - Self.quantile(0.25, of: sorted)) / median
  }

  private init(min: Double, median: Double, spread: Double) {
    (self.min, self.median, self.spread) = (min, median, spread)
  }

  /// The summary of samples that are all this many times as large.
  func scaled(by factor: Double) -> Summary { Summary(min: min * factor, median: median * factor, spread: spread) }

  /// The value below which a share of the values lies, between two of them by a straight line (definition 7 of Hyndman and Fan,
  /// "Sample Quantiles in Statistical Packages", 1996).
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    guard !sorted.isEmpty else { return .nan }
    let place = share * Double(sorted.count - 1)
    let (low, high) = (Int(place.rounded(.down)), Int(place.rounded(.up)))
    return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
  }
}
