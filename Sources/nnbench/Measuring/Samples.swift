/// The seconds that a sample of steps takes at least.
let leastSampleSeconds = 0.2

/// The least and the median of a number of samples; the unit is the samples' own.
package struct Summary: Encodable, Equatable {
  package let min: Double
  package let median: Double

  /// Not a number where there are no samples.
  package init(_ samples: [Double]) {
    let sorted = samples.sorted()
    let middle = sorted.count / 2
    guard let first = sorted.first else {
      (min, median) = (.nan, .nan)
      return
    }
    min = first
    median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  private init(min: Double, median: Double) {
    self.min = min
    self.median = median
  }

  /// The summary of samples that are all this many times as large.
  func scaled(by factor: Double) -> Summary { Summary(min: min * factor, median: median * factor) }
}

/// The seconds that one call of an operation takes: at least five samples of consecutive calls, together at least as long
/// as asked, after one sample to warm up.
package func secondsPerCall(atLeast total: Double = 0.5, _ operation: () throws -> Void) rethrows -> Summary {
  Summary(try samplesPerCall(atLeast: total, sample: total / 10, operation))
}

/// The same, sample by sample, each at least as long as asked.
func samplesPerCall(atLeast total: Double, sample least: Double, _ operation: () throws -> Void) rethrows -> [Double] {
  let clock = ContinuousClock()
  func seconds(_ calls: Int) throws -> Double {
    let start = clock.now
    for _ in 0..<calls { try operation() }
    return (clock.now - start) / .seconds(1)
  }
  var calls = 1
  while try seconds(calls) < least { calls *= 2 }
  var samples: [Double] = []
  var sum = 0.0
  while samples.count < 5 || sum < total {
    var (done, sample) = (0, 0.0)
    while sample < least {
      sample += try seconds(calls)
      done += calls
    }
    samples.append(sample / Double(done))
    sum += sample
  }
  return samples
}
