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
    #expect(Summary([]).min.isNaN && Summary([]).median.isNaN && Summary([]).spread.isNaN)
  }

  @Test(
    "The spread is the distance of the quartiles, by straight lines between samples",
    // Of 1, 2, 3, 4 the quartiles are 1.75 and 3.25 (NumPy's percentile), the median 2.5.
    arguments: [([1.0, 2, 3, 4], 0.6), ([5.0], 0.0), ([4.0, 1, 3, 2, 5], 2.0 / 3), ([2.0, 2, 2, 9], 1.75 / 2)])
  func spread(samples: [Double], spread: Double) {
    #expect(abs(Summary(samples).spread - spread) < 1e-12)
  }

  /// Sleep lasts at least as long as asked, whatever else the machine does.
  @Test("A call's time is that of one call, warm-up and repetition apart")
  func calls() throws {
    var calls = 0
    let start = ContinuousClock().now
    let samples = try samplesInTurns(
      [
        Variant {
          calls += 1
          usleep(1000)
        }
      ], SamplingPlan(total: 0.2))[0]
    let total = (ContinuousClock().now - start) / .seconds(1)
    let summary = Summary(samples)
    #expect(samples.count >= 5 && summary.min >= 0.001 && summary.median >= summary.min)
    // All samples together are as long as asked, and so is the time of all calls.
    #expect(samples.reduce(0, +) <= total && summary.min * Double(calls) <= total)
  }

  @Test("Variants take turns, each is prepared before each sample, and all have as many")
  func turns() throws {
    var log: [String] = []
    let variants = ["a", "b"].map { name in
      Variant {
        log.append("prepare \(name)")
      } calls: { count in
        log.append(name)
        usleep(UInt32(2000 * count))
      }
    }
    var places: [Int] = []
    let samples = try samplesInTurns(variants, SamplingPlan(total: 0.01, sample: 0.001, count: 7)) { places.append($0) }
    #expect(samples.map(\.count) == [7, 7])
    // The warm-up of each, then the samples.
    #expect(log == Array(repeating: ["prepare a", "a", "prepare b", "b"], count: 8).flatMap { $0 })
    #expect(places == Array(repeating: [0, 1], count: 8).flatMap { $0 })
  }

  @Test("What is called fails at once, and as itself")
  func failure() {
    struct Failure: Error {}
    #expect(throws: Failure.self) { try samplesInTurns([Variant { throw Failure() }], SamplingPlan(total: 1)) }
  }
}
