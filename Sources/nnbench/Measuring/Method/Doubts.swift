import NNBlas

/// What makes figures doubtful, in words for a warning.
package enum Doubts {
  /// The spread from which on a figure is doubtful.
  static let doubtfulSpread = 0.1

  /// That the processors have other work, or nil where they have none.
  ///
  /// The load average alone says too much: it counts this tool's own runs of the last minutes. So what others compute right now
  /// is looked at too.
  ///
  /// - Parameters:
  ///   - load: The system's load average over one minute, or nil where it does not tell.
  ///   - others: How many processors other processes use at the moment.
  ///   - processors: How many there are for this one.
  /// - Returns: The words.
  package static func load(_ load: Double?, others: Double, processors: Int) -> String? {
    guard let load, load > 0.25 * Double(processors), others > 0.1 * Double(processors) else { return nil }
    return
      "the load average is \(fixed(load, 2)), and other processes use \(fixed(others, 1)) of \(counted(processors, "processor")): "
      + "figures may be too slow; measure when the machine is idle"
  }

  /// That samples of what was timed, by name, spread more than they should, or nil where none do.
  package static func spread(_ spreads: [(name: String, spread: Double)]) -> String? {
    let uneven = spreads.filter { $0.spread > doubtfulSpread }.sorted { $0.spread > $1.spread }
    guard let worst = uneven.first else { return nil }
    let others = uneven.count > 1 ? ", and of \(counted(uneven.count - 1, "other"))" : ""
    return
      "the middle half of the samples of \(worst.name)\(others) spreads by up to \(fixed(100 * worst.spread, 0)) % of the median: "
      + "the machine is uneven; measure again, for longer or when it is idle"
  }
}
