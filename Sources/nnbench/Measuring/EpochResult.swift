import NNBlas

/// What timing the steps of a workload came to: one entry of `results` in the JSON document.
struct EpochResult: Encodable {
  let workload: Workload
  let threads: Int
  /// The number of steps that were timed.
  let steps: Int
  let stepsPerEpoch: Int
  /// Microseconds a step, one value for each stretch of consecutive epochs of at least 0.2 s.
  let samples: [Double]
  let microsecondsPerStep: Summary
  let operationsPerStep: Double
  let peakResidentBytes: Int

  var secondsPerEpoch: Summary { microsecondsPerStep.scaled(by: Double(stepsPerEpoch) * 1e-6) }

  /// 10⁹ floating-point operations of the products a second, at the median.
  var gflops: Double { operationsPerStep / microsecondsPerStep.median / 1e3 }

  private enum CodingKeys: String, CodingKey {
    case workload, precision, layers, batch, threads, steps, samples, unit, microsecondsPerStep, secondsPerEpoch, gflops
    case percentOfPeak, allocationsPerStep, peakResidentBytes, phases
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(workload.name, forKey: .workload)
    try container.encode(workload.precision, forKey: .precision)
    try container.encode(workload.layers, forKey: .layers)
    try container.encode(workload.batch, forKey: .batch)
    try container.encode(threads, forKey: .threads)
    try container.encode(steps, forKey: .steps)
    try container.encode(samples, forKey: .samples)
    try container.encode("us", forKey: .unit)
    try container.encode(microsecondsPerStep, forKey: .microsecondsPerStep)
    try container.encode(secondsPerEpoch, forKey: .secondsPerEpoch)
    try container.encode(gflops, forKey: .gflops)
    try container.encode(peakResidentBytes, forKey: .peakResidentBytes)
    // Not measured yet, and said so: readers can rely on every field's presence.
    for key in [CodingKeys.percentOfPeak, .allocationsPerStep, .phases] { try container.encodeNil(forKey: key) }
  }

  /// The table that people read, a line a result.
  static func table(_ results: [EpochResult]) -> String {
    var table = Table([
      "workload", "precision", "layers", "batch", "threads", "µs/step min", "median", "s/epoch", "GFLOP/s",
    ])
    for result in results {
      table.add([
        result.workload.name, "\(result.workload.precision)",
        result.workload.layers.map(String.init).joined(separator: "-"), "\(result.workload.batch)",
        "\(result.threads)", fixed(result.microsecondsPerStep.min, 1), fixed(result.microsecondsPerStep.median, 1),
        fixed(result.secondsPerEpoch.median, 3), fixed(result.gflops, 1),
      ])
    }
    return table.text
  }
}

/// The document that `--json` writes.
struct EpochDocument: Encodable {
  let schema = 1
  let context: RunContext
  let results: [EpochResult]
}
