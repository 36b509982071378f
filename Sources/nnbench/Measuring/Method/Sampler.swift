/// The seconds that a sample of steps takes at least.
let leastSampleSeconds = 0.2

/// How samples are taken: until there are enough of them and they have taken long enough.
package struct SamplingPlan {
  /// The seconds that all samples of one variant take together at least.
  package let total: Double
  /// The seconds that one sample takes at least.
  package let sample: Double
  /// The fewest samples.
  package let count: Int

  package init(total: Double, sample: Double? = nil, count: Int = 10) {
    self.total = total
    // Less than a microsecond no clock tells.
    self.sample = max(1e-6, sample ?? total / 20)
    self.count = count
  }
}

/// Something that is timed.
package struct Variant {
  /// What has to be as it should before a sample, such as the number of threads; not timed.
  let prepare: () throws -> Void
  /// What is timed, so many times.
  let calls: (Int) throws -> Void

  package init(prepare: @escaping () throws -> Void = {}, calls: @escaping (Int) throws -> Void) {
    (self.prepare, self.calls) = (prepare, calls)
  }

  /// One call at a time.
  package init(_ call: @escaping () throws -> Void) {
    self.init { count in
      for _ in 0..<count {
        try call()
        Machine.barrier()
      }
    }
  }
}

/// The seconds that one call of each variant takes, sample by sample.
///
/// The variants take turns, a sample of each, so that a slow minute of the machine slows all of them. A sample is as many
/// consecutive calls as take the time that was planned; how many that is comes of a warm-up, in which their number doubles
/// until they take so long. A sample that turns out too short goes on: to leave it out would be to leave out fast ones.
///
/// - Parameters:
///   - variants: What is timed.
///   - plan: How long.
///   - progress: Called before each sample with the variant's place.
/// - Returns: As many samples of each variant, in its place.
/// - Throws: What the variants throw.
package func samplesInTurns(
  _ variants: [Variant], _ plan: SamplingPlan, progress: (Int) -> Void = { _ in }
) throws -> [[Double]] {
  let clock = ContinuousClock()
  func seconds(_ calls: Int, of variant: Variant) throws -> Double {
    let start = clock.now
    try variant.calls(calls)
    return (clock.now - start) / .seconds(1)
  }
  var calls: [Int] = []
  for (place, variant) in variants.enumerated() {
    progress(place)
    try variant.prepare()
    var count = 1
    while try seconds(count, of: variant) < plan.sample { count *= 2 }
    calls.append(count)
  }
  var samples = variants.map { _ in [Double]() }
  var sums = variants.map { _ in 0.0 }
  while samples.contains(where: { $0.count < plan.count }) || sums.contains(where: { $0 < plan.total }) {
    for (place, variant) in variants.enumerated() {
      progress(place)
      try variant.prepare()
      var (done, sum) = (0, 0.0)
      while sum < plan.sample {
        sum += try seconds(calls[place], of: variant)
        done += calls[place]
      }
      samples[place].append(sum / Double(done))
      sums[place] += sum
    }
  }
  return samples
}
