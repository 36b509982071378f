import NNBlas
import Testing
import nnbench

@Suite("The ratio of two runs")
struct RatioIntervalTests {
  /// Critical values of the Mann–Whitney statistic, two-sided 5 %, as tables print them: the greatest U with P(U ≤ u) ≤ 2.5 %.
  /// As many ratios lie outside at each end.
  @Test(
    "Ends follow the published tables of the Mann–Whitney statistic",
    arguments: [(4, 4, 0), (5, 5, 2), (5, 8, 6), (8, 8, 13), (10, 10, 23), (7, 20, 34), (20, 20, 127)])
  func tables(m: Int, n: Int, critical: Int) {
    #expect(RatioInterval.trimmed(m, n, tail: 0.025) == critical)
    #expect(RatioInterval.trimmed(n, m, tail: 0.025) == critical)
  }

  @Test("Few samples have no interval, however far apart they are")
  func tooFew() {
    // The most unlikely order of 3 and 3 has probability 1/20, of 4 and 4 1/70.
    #expect(RatioInterval.trimmed(3, 3, tail: 0.049) == nil && RatioInterval.trimmed(3, 3, tail: 0.05) == 0)
    #expect(RatioInterval.trimmed(4, 4, tail: 0.014) == nil && RatioInterval.trimmed(4, 4, tail: 0.0143) == 0)
    let interval = RatioInterval(old: [1, 1, 1], new: [2, 2, 2], confidence: 0.99)
    #expect((interval.ratio, interval.low, interval.high) == (2, 0, .infinity))
  }

  /// Mean 64²/2, variance 64²·129/12, 2.5758 standard deviations.
  @Test("Many samples take the normal distribution, which joins the exact one")
  func many() throws {
    #expect(RatioInterval.trimmed(64, 64, tail: 0.005) == 1506)
    let exact = try #require(RatioInterval.trimmed(63, 63, tail: 0.005))
    let (mean, deviation) = (63.0 * 63 / 2, (63.0 * 63 * 127 / 12).squareRoot())
    #expect(abs(Double(exact) - (mean - 2.575829 * deviation)) < 4)
    #expect(RatioInterval.trimmed(1, 5000, tail: 0.005) == nil)
  }

  @Test("The estimate is the median of all ratios, and the interval holds it")
  func estimate() {
    let interval = RatioInterval(old: [1, 2, 4], new: [4, 8], confidence: 0.6)
    // 1, 2, 2, 4, 4, 8.
    #expect(interval.ratio == 3)
    let old = (0..<10).map { 100 + Double($0) }
    let shifted = RatioInterval(old: old, new: old.map { 1.1 * $0 }, confidence: 0.99)
    #expect(abs(shifted.ratio - 1.1) < 1e-12 && shifted.low < 1.1 && shifted.high > 1.1)
    #expect(shifted.low > 1.04 && shifted.high < 1.16)
  }

  /// 2000 pairs of samples of one distribution: the interval of 99 % misses 20 of them on average, and more than 40 with
  /// a probability below 1e-4 (Poisson).
  @Test("It holds the truth as often as it says")
  func coverage() {
    var random = Philox(seed: 1)
    var missed = 0
    for _ in 0..<2000 {
      func samples() -> [Double] { (0..<10).map { _ in 1 + 0.1 * random.nextUnit() * random.nextUnit() } }
      let interval = RatioInterval(old: samples(), new: samples(), confidence: 0.99)
      if !(interval.low...interval.high).contains(1) { missed += 1 }
    }
    #expect(missed > 4 && missed < 40, "\(missed)")
  }

  @Test("A hundred thousand samples are thinned, not multiplied")
  func veryMany() {
    let old = (0..<100_000).map { 1 + 1e-6 * Double($0 % 1009) }
    let interval = RatioInterval(old: old, new: old.map { 2 * $0 }, confidence: 0.95)
    #expect(abs(interval.ratio - 2) < 1e-3 && interval.low > 1.99 && interval.high < 2.01)
  }
}
