import NNBlas

/// How a workload grows from one measurement to the next.
package enum Sweep: String, CaseIterable {
  /// The neurons of every hidden layer.
  case widths
  /// The examples of a step.
  case batches
  /// The engine's threads.
  case threads

  /// One of the measurements.
  package struct Point {
    /// What the workload was given.
    package let value: Int
    package let workload: Workload
    /// How it is timed.
    package let settings: EpochSettings
  }

  /// What one value is called.
  var singular: String {
    switch self {
    case .widths: "width"
    case .batches: "batch"
    case .threads: "threads"
    }
  }

  /// All measurements, the smallest first.
  ///
  /// - Parameters:
  ///   - base: What is as it is where the sweep does not change it.
  ///   - settings: How each is timed.
  ///   - processors: The most threads.
  /// - Returns: A measurement for each value.
  package func points(of base: Workload, _ settings: EpochSettings, processors: Int = Processors.available) -> [Point] {
    values(processors: processors).map { value in
      var (workload, settings) = (base, settings)
      workload.name = "\(base.name), \(singular) \(value)"
      switch self {
      case .widths: for layer in workload.layers.indices.dropFirst().dropLast() { workload.layers[layer] = value }
      case .batches: workload.batch = value
      case .threads: settings.threads = value
      }
      return Point(value: value, workload: workload, settings: settings)
    }
  }

  private func values(processors: Int) -> [Int] {
    switch self {
    case .widths: Self.powersOfTwo(32...4096)
    case .batches: Self.powersOfTwo(1...1024)
    case .threads: Self.threadCounts(processors: processors)
    }
  }

  /// All numbers of threads where they are few, else twice as many each time, and as many as there are processors.
  static func threadCounts(processors: Int = Processors.available) -> [Int] {
    processors <= 8 ? Array(1...processors) : powersOfTwo(1...(processors - 1)) + [processors]
  }

  private static func powersOfTwo(_ range: ClosedRange<Int>) -> [Int] {
    (0..<62).map { 1 << $0 }.filter(range.contains)
  }

  /// `nielsen-30 (784-30-10, f64, batch 10) by the width of its hidden layers`.
  func title(of base: Workload) -> String {
    let (axis, network) =
      switch self {
      case .widths: ("the width of its hidden layers", "\(base.network), batch \(base.batch)")
      case .batches: ("the examples of a batch", base.network)
      case .threads: ("the number of threads", "\(base.network), batch \(base.batch)")
      }
    return "\(base.name) (\(network)) by \(axis)"
  }

  /// The table that people read, a line a measurement.
  func table(_ points: [Point], _ results: [EpochResult]) -> String {
    var table = Table([
      singular, self == .threads ? "batch" : "threads", "µs/step min", "median", "µs/example", "GFLOP/s", "% peak",
      "× products", "allocs",
    ])
    for (point, result) in zip(points, results) {
      let step = result.microsecondsPerStep
      // The mean: the last batch of an epoch can be short.
      let examples = result.operationsPerStep / Double(result.workload.operationsPerExample)
      table.add([
        "\(point.value)", "\(self == .threads ? result.workload.batch : result.threads)", fixed(step.min, 1),
        fixed(step.median, 1), fixed(step.median / examples, 2), fixed(result.gflops, 1),
        fixed(result.percentOfPeak, 0), fixed(result.timesProducts, 2),
        result.allocationsPerStep.map(significant) ?? "-",
      ])
    }
    return table.text
  }
}
