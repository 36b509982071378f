/// What one result of a run is, beside the same of another run.
///
/// Noise only ever adds time, so that a slowdown shows in a run's best sample as well as in all of them; and a machine that has
/// become slower shows in its own peak. A result counts as slower where three things agree: the whole interval of the ratio, the ratio
/// of the best samples, and both relative to what the machine's peak has lost. Where processors that work together were farther apart
/// than before, as the host of a virtual machine moves them, it says nothing of the code: then it is unclear.
package struct Comparison: Encodable {
  /// What the samples say.
  package enum Verdict: String, Encodable {
    case slower
    case faster
    /// Within the threshold, or within noise.
    case same
    /// Too few samples for the confidence, or beyond the threshold on a machine that is not as it was.
    case unclear
  }

  package let name: String
  package let unit: Unit
  /// The medians.
  package let old: Double
  package let new: Double
  /// How many times as long the new run takes; of rates the reciprocal, so that above 1 always is slower.
  package let ratio: Double
  /// Of the interval that holds it with 95 % confidence; infinite ends are nil.
  @Nullable package private(set) var low: Double?
  @Nullable package private(set) var high: Double?
  /// The same of the best samples alone.
  package let bestRatio: Double
  /// The old run's peak over the new one's: above 1 the machine itself has become slower; 1 where it was not measured.
  package let machineRatio: Double
  /// How many times as far apart the processors were in the new run; 1 where it was not measured.
  package let roundTripRatio: Double
  package let verdict: Verdict

  /// A higher one would let two disturbed samples of ten hide a slowdown; the best samples and the threshold keep watch besides.
  package static let confidence = 0.95

  /// From which ratio on the processors have moved: measured in turns, it is within a fifth where they have not.
  private static let movedFrom = 1.5

  /// Whether the processors have moved, to or from each other.
  package var hasMoved: Bool { roundTripRatio > Self.movedFrom || roundTripRatio < 1 / Self.movedFrom }

  /// - Parameters:
  ///   - old: What was.
  ///   - new: What is.
  ///   - threshold: By how much of itself a result may become slower.
  package init(_ old: MeasuredDocument.Result, _ new: MeasuredDocument.Result, threshold: Double) {
    (name, unit) = (new.name, new.unit)
    (self.old, self.new) = (Summary(old.samples).median, Summary(new.samples).median)
    func times(_ samples: [Double]) -> [Double] { new.unit.isTime ? samples : samples.map { 1 / $0 } }
    let (oldTimes, newTimes) = (times(old.samples), times(new.samples))
    let interval = RatioInterval(old: oldTimes, new: newTimes, confidence: Self.confidence)
    ratio = interval.ratio
    bestRatio = Summary(newTimes).min / Summary(oldTimes).min
    let machine: Double =
      if let before = old.peak, let after = new.peak, before > 0, after > 0 { before / after } else { 1 }
    machineRatio = machine
    let apart: Double =
      if let before = old.roundTripNanoseconds, let after = new.roundTripNanoseconds, before > 0 { after / before } else
      { 1 }
    roundTripRatio = apart
    let isKnown = interval.high.isFinite
    (low, high) = isKnown ? (interval.low, interval.high) : (nil, nil)
    // A machine that has changed excuses, and never accuses.
    let (slowest, fastest) = (max(1, machine), min(1, machine))
    let limit = 1 + threshold
    if min(interval.low, bestRatio) > limit * slowest {
      verdict = apart > Self.movedFrom ? .unclear : .slower
    } else if max(interval.high, bestRatio) < fastest / limit {
      verdict = apart < 1 / Self.movedFrom ? .unclear : .faster
    } else {
      verdict = isKnown ? .same : .unclear
    }
  }
}

/// All results that two runs have in common.
package struct DocumentComparison {
  package let comparisons: [Comparison]
  /// Names of what only one of the runs has.
  package let onlyOld: [String]
  package let onlyNew: [String]
  /// What differs besides the code, in words.
  package let differences: [String]

  /// - Throws: `DocumentError` where the documents have nothing in common, or a unit differs.
  package init(_ old: MeasuredDocument, _ new: MeasuredDocument, threshold: Double) throws(DocumentError) {
    var comparisons: [Comparison] = []
    for result in new.results {
      guard let before = old.results.first(where: { $0.name == result.name }) else { continue }
      guard before.unit == result.unit else {
        throw DocumentError(
          new.file, "'\(result.name)' is in \(result.unit.rawValue), but in \(old.file) in \(before.unit.rawValue)")
      }
      comparisons.append(Comparison(before, result, threshold: threshold))
    }
    guard !comparisons.isEmpty else {
      throw DocumentError(new.file, "has no result in common with \(old.file); compare two runs of the same command")
    }
    self.comparisons = comparisons
    let names = (old: Set(old.results.map(\.name)), new: Set(new.results.map(\.name)))
    onlyOld = old.results.map(\.name).filter { !names.new.contains($0) }
    onlyNew = new.results.map(\.name).filter { !names.old.contains($0) }
    differences = zip(old.conditions, new.conditions).filter { $0 != $1 }.map {
      "\($0.name): \($0.value), now \($1.value)"
    }
  }

  package var slower: [Comparison] { comparisons.filter { $0.verdict == .slower } }
}

/// Results that have become slower than the threshold allows.
package struct RegressionFound: Error, CustomStringConvertible {
  /// How many, and by how much.
  package let description: String
}
