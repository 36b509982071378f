import NNBlas

/// What timing the steps of a workload came to: one entry of `results` in the JSON document.
struct EpochResult: TimedResult {
  /// The workload's; in a sweep with what was changed.
  var name: String { workload.name }
  let workload: Workload
  let threads: Int
  /// Which part of its steps one of them took alone, 0 to 1.
  let aloneShare: Double
  /// The number of steps that were timed.
  let steps: Int
  let stepsPerEpoch: Int
  /// How far apart the processors were between the samples, the median; nil for one worker.
  let roundTripNanoseconds: Double?
  /// Microseconds a step, one value for each stretch of consecutive steps of at least 0.2 s, or of as many as were asked for.
  let samples: [Double]
  let microsecondsPerStep: Summary
  let operationsPerStep: Double
  /// The fused multiply-add peak of as many threads, measured in the same run.
  let peakGFLOPS: Double
  /// Heap allocations a step, or nil where they are not counted, and where an epoch is one step.
  let allocationsPerStep: Double?
  let productsOnly: Products
  /// Microseconds a step in each phase, for each worker; nil without a profile.
  let phases: [[String: Double]]?
  let peakResidentBytes: Int
  /// The mean cost of the examples of the first step of all.
  let firstCost: Double
  /// The mean cost of the examples of the last sample and of the step before it.
  let cost: Double
  /// How the network does on the test examples after all steps.
  let evaluation: Evaluation

  /// The step's own products replayed alone in the same run.
  struct Products: Encodable {
    /// The faster of the two below.
    let microseconds: Double
    let gflops: Double
    /// As the engine divides them among its workers, or has them made by one alone where it may and that is faster.
    let engineMicroseconds: Double
    /// As whole calls with OpenBLAS's own threads.
    let openblasMicroseconds: Double
  }

  var summary: Summary { microsecondsPerStep }

  var percentOfPeak: Double { 100 * gflops / peakGFLOPS }

  var secondsPerEpoch: Summary { microsecondsPerStep.scaled(by: Double(stepsPerEpoch) * 1e-6) }

  /// 10⁹ floating-point operations of the products a second, at the median.
  var gflops: Double { operationsPerStep / microsecondsPerStep.median / 1e3 }

  private enum CodingKeys: String, CodingKey {
    case name, workload, precision, layers, batch, threads, aloneShare, roundTripNanoseconds, steps, samples, unit,
      microsecondsPerStep
    case secondsPerEpoch, gflops, peakGFLOPS, percentOfPeak, allocationsPerStep, productsOnly, peakResidentBytes, phases
    case firstCost, cost, correct, test
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(workload.name, forKey: .workload)
    try container.encode(workload.precision, forKey: .precision)
    try container.encode(workload.layers, forKey: .layers)
    try container.encode(workload.batch, forKey: .batch)
    try container.encode(threads, forKey: .threads)
    try container.encode(aloneShare, forKey: .aloneShare)
    try container.encode(roundTripNanoseconds, forKey: .roundTripNanoseconds)
    try container.encode(steps, forKey: .steps)
    try container.encode(samples, forKey: .samples)
    try container.encode(Unit.microseconds, forKey: .unit)
    try container.encode(microsecondsPerStep, forKey: .microsecondsPerStep)
    try container.encode(secondsPerEpoch, forKey: .secondsPerEpoch)
    try container.encode(gflops, forKey: .gflops)
    try container.encode(peakGFLOPS, forKey: .peakGFLOPS)
    try container.encode(percentOfPeak, forKey: .percentOfPeak)
    // Null where it was not measured: readers can rely on every field's presence.
    try container.encode(allocationsPerStep, forKey: .allocationsPerStep)
    try container.encode(productsOnly, forKey: .productsOnly)
    try container.encode(phases, forKey: .phases)
    try container.encode(peakResidentBytes, forKey: .peakResidentBytes)
    try container.encode(firstCost, forKey: .firstCost)
    try container.encode(cost, forKey: .cost)
    try container.encode(evaluation.correct, forKey: .correct)
    try container.encode(evaluation.count, forKey: .test)
  }

}

// MARK: - What people read

extension EpochResult {
  /// A line a result.
  static func table(_ results: [EpochResult]) -> String {
    var table = Table([
      "workload", "batch", "threads", "µs/step min", "median", "s/epoch", "GFLOP/s", "% peak", "× products", "allocs",
    ])
    for result in results {
      table.add([
        result.name, "\(result.workload.batch)", "\(result.threads)", fixed(result.microsecondsPerStep.min, 1),
        fixed(result.microsecondsPerStep.median, 1), fixed(result.secondsPerEpoch.median, 3), fixed(result.gflops, 1),
        fixed(result.percentOfPeak, 0), fixed(result.timesProducts, 2),
        result.allocationsPerStep.map(significant) ?? "-",
      ])
    }
    return table.text
  }

  /// A step's time relative to that of its products alone.
  var timesProducts: Double { microsecondsPerStep.median / productsOnly.microseconds }

  /// What the table has no room for, where so many threads were asked for, or nil where the engine chose.
  func note(threads: Int?) -> String {
    let workers = workersNote(self.threads, aloneShare: aloneShare, threads: threads)
    return
      "\(name): \(workload.network); \(evaluation); \(counted(samples.count, "sample")) of \(counted(steps, "step")) in all"
      + (workers.map { "; \($0)" } ?? "")
      + (roundTripNanoseconds.map { "; from processor to processor and back \(fixed($0, 0)) ns" } ?? "")
  }

  /// Microseconds a step in each phase, a line a worker; at its end their sum, in which reading the clock is included. Nil without
  /// a profile.
  var phaseTable: String? {
    guard let phases else { return nil }
    let names = PhaseTimes.Phase.allCases.map { "\($0)" }
    var table = Table([name] + names + ["in all"])
    for (worker, phases) in phases.enumerated() {
      let times = names.map { phases[$0] ?? 0 }
      table.add(["worker \(worker), µs/step"] + (times + [times.reduce(0, +)]).map { fixed($0, 2) })
    }
    return table.text
  }
}
