import Foundation
import Testing
import nnbench

@Suite("Samples")
struct SamplesTests {
  @Test(
    "The median of an even number is the mean of the middle two",
    arguments: [([3.0], 3.0, 3.0), ([4, 1], 1, 2.5), ([9, 2, 5], 2, 5), ([8, 1, 2, 4], 1, 3)])
  func summaries(samples: [Double], min: Double, median: Double) {
    let summary = Summary(samples)
    #expect((summary.min, summary.median) == (min, median))
  }

  @Test("Without samples nothing is claimed")
  func noSamples() {
    #expect(Summary([]).min.isNaN && Summary([]).median.isNaN)
  }

  /// Sleep lasts at least as long as asked, whatever else the machine does.
  @Test("A call's time is that of one call, warm-up and repetition apart")
  func calls() throws {
    var calls = 0
    let start = ContinuousClock().now
    let summary = secondsPerCall(atLeast: 0.2) {
      calls += 1
      usleep(1000)
    }
    let total = (ContinuousClock().now - start) / .seconds(1)
    #expect(summary.min >= 0.001)
    #expect(summary.median >= summary.min)
    // Warm-up, and at least five samples of as many calls, of which one takes a tenth of 0.2 s.
    #expect(calls >= 6)
    #expect(summary.median * Double(calls) <= 2 * total)
  }
}
