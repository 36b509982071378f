import Foundation

/// An axis of a chart: what it shows, and where a value lies on it.
package struct Axis {
  package enum Scale: Equatable, Sendable {
    /// From 0, or below where there are such values.
    case linear
    /// Of whole numbers, with no room for any but those that there are.
    case counts
    /// With marks at powers of ten, and between them where there is room.
    case powersOfTen
    /// With marks at powers of two.
    case powersOfTwo
  }

  /// What it shows, with the unit.
  package let label: String
  package let scale: Scale
  /// What it reaches over whatever the data are; nil for as far as they do.
  package let range: ClosedRange<Double>?

  package init(_ label: String, _ scale: Scale, range: ClosedRange<Double>? = nil) {
    (self.label, self.scale, self.range) = (label, scale, range)
  }

  /// Whether a value has a place: of two of them, and what is around, there are differences and ratios.
  func holds(_ value: Double) -> Bool {
    isLogarithmic ? value > 1e-140 && value < 1e140 : abs(value) < 1e300
  }

  private var isLogarithmic: Bool { scale == .powersOfTen || scale == .powersOfTwo }

  /// From the least to the greatest of the values, with some room around; what has no place is left out.
  func reach(_ values: [Double]) -> ClosedRange<Double> {
    if let range { return range }
    let values = values.filter(holds)
    guard let least = values.min(), let most = values.max() else { return isLogarithmic ? 1...10 : 0...1 }
    if scale == .counts {
      let room = least == most ? 0.5 : 0.02 * (most - least)
      // No mark comes before the first.
      return (least - min(room, 0.5))...(most + room)
    }
    if scale == .linear {
      let (low, high) = (min(0, least), max(0, most))
      return low...(high > low ? high + 0.05 * (high - low) : low + 1)
    }
    let room = least == most ? 2 : pow(most / least, 0.04)
    let reach = (least / room)...(most * room)
    return scale == .powersOfTen ? Self.rounded(reach) : reach
  }

  /// From the least to the greatest of the values, with some room around, where 0 is of no interest.
  ///
  /// - Parameters:
  ///   - values: The values; what is no number is left out.
  ///   - limits: What values cannot be beyond.
  /// - Returns: The reach, or nil where there is no value.
  static func reach(
    around values: [Double], within limits: ClosedRange<Double> = -Double.infinity...Double.infinity
  ) -> ClosedRange<Double>? {
    let values = values.filter { abs($0) < 1e300 && limits.contains($0) }
    guard let least = values.min(), let most = values.max() else { return nil }
    // What differs by rounding alone is shown as nearly the same.
    let relative = max(0.05 * (most - least), 0.005 * max(abs(least), abs(most)))
    let room = relative > 1e-290 ? relative : 1
    return max(least - room, limits.lowerBound)...min(most + room, limits.upperBound)
  }

  /// The least reach around another that ends at 1, 2 or 5 times powers of ten, which have marks.
  private static func rounded(_ reach: ClosedRange<Double>) -> ClosedRange<Double> {
    let decades = Int(floor(log10(reach.lowerBound)))...Int(ceil(log10(reach.upperBound)))
    let marks = decades.flatMap { decade in [1, 2, 5].map { $0 * pow(10, Double(decade)) } }
    let low = marks.last { $0 <= reach.lowerBound } ?? reach.lowerBound
    return low...(marks.first { $0 >= reach.upperBound } ?? reach.upperBound)
  }

  /// Where in a reach a value lies, from 0 at its start to 1 at its end.
  func position(of value: Double, in reach: ClosedRange<Double>) -> Double {
    let (low, high) = (reach.lowerBound, reach.upperBound)
    guard isLogarithmic else { return (value - low) / (high - low) }
    return log(value / low) / log(high / low)
  }

  /// The values that are marked.
  func marks(in reach: ClosedRange<Double>) -> [Double] {
    let (low, high) = (reach.lowerBound, reach.upperBound)
    switch scale {
    case .linear: return Self.multiples(of: Self.step(of: (high - low) / 6), in: reach)
    case .counts: return Self.multiples(of: max(1, Self.step(of: (high - low) / 10)), in: reach)
    case .powersOfTen:
      let decades = Int(floor(log10(low)))...Int(ceil(log10(high)))
      let factors =
        high / low < 10 ? Array(stride(from: 1.0, through: 9, by: 1)) : decades.count <= 4 ? [1, 2, 5] : [1]
      // Lines of more than twelve decades would be a hatching.
      let shown = stride(from: decades.lowerBound, through: decades.upperBound, by: (decades.count + 11) / 12)
      let marks = shown.flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
      return marks.filter(reach.contains)
    case .powersOfTwo:
      let powers = (Int(ceil(log2(low)))...max(Int(ceil(log2(low))), Int(floor(log2(high)))))
      return powers.map { pow(2, Double($0)) }.filter(reach.contains)
    }
  }

  /// The least of 1, 2 and 5 times powers of ten that is no less than another step.
  private static func step(of rough: Double) -> Double {
    let power = pow(10, floor(log10(rough)))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
  }

  private static func multiples(of step: Double, in reach: ClosedRange<Double>) -> [Double] {
    // Steps between the least numbers that there are can be 0.
    guard step > 0 else { return [] }
    return Array(stride(from: (reach.lowerBound / step).rounded(.up) * step, through: reach.upperBound, by: step))
  }

  /// A mark's text: as it is read, 1000, or with its power of ten where that is shorter, 1e6.
  static func text(_ mark: Double) -> String {
    if mark == 0 { return "0" }
    guard !(1e-4..<1e6).contains(abs(mark)) else { return String(format: "%.12g", mark) }
    let power = floor(log10(abs(mark)) + 1e-9)
    return String(format: "%.3ge%.0f", mark / pow(10, power), power)
  }
}
