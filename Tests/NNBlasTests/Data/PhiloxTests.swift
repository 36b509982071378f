import NNBlas
import Testing

@Suite(.timeLimit(.minutes(10))) struct PhiloxTests {
  /// One line of Random123's `tests/kat_vectors`.
  struct PublishedVector: Sendable {
    let counter: SIMD4<UInt32>
    let key: SIMD2<UInt32>
    let result: SIMD4<UInt32>
  }

  /// The three lines that start with `philox4x32 10`; the last begins with the digits of π.
  static let publishedVectors = [
    PublishedVector(
      counter: SIMD4(0, 0, 0, 0), key: SIMD2(0, 0), result: SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)),
    PublishedVector(
      counter: SIMD4(repeating: 0xFFFF_FFFF), key: SIMD2(repeating: 0xFFFF_FFFF),
      result: SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)),
    PublishedVector(
      counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), key: SIMD2(0xA409_3822, 0x299F_31D0),
      result: SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)),
  ]

  @Test(arguments: publishedVectors)
  func agreesWithPublishedVectors(vector: PublishedVector) {
    #expect(Philox.block(counter: vector.counter, key: vector.key) == vector.result)
  }

  @Test func startsWithTheFirstPublishedVector() {
    var generator = Philox(seed: 0)
    #expect(generator.next() == 0xE169_C58D_6627_E8D5)
    #expect(generator.next() == 0x9B00_DBD8_BC57_AC4C)
  }

  /// Counter = (block low, block high, index, purpose), key = (seed low, seed high); the lower word of a number is first.
  @Test(arguments: [
    (Philox.Stream.custom(7), UInt32(7), UInt32(0)), (.initialParameters(layer: 3), 3, 1), (.epochOrder(11), 11, 2),
    (.digit(59_999), 59_999, 3), (.selection(4), 4, 5),
  ])
  func numbersAreAFunctionOfSeedStreamAndPosition(stream: Philox.Stream, index: UInt32, purpose: UInt32) {
    var generator = Philox(seed: 0x0123_4567_89AB_CDEF, stream: stream)
    for block in 0..<5 as Range<UInt32> {
      let words = Philox.block(
        counter: SIMD4(block, 0, index, purpose), key: SIMD2(0x89AB_CDEF, 0x0123_4567))
      #expect(generator.next() == UInt64(words[1]) << 32 | UInt64(words[0]))
      #expect(generator.next() == UInt64(words[3]) << 32 | UInt64(words[2]))
    }
  }

  @Test func aCopyContinuesWhereTheOriginalStands() {
    var original = Philox(seed: 3)
    _ = original.next()
    var copy = original
    #expect((0..<5).map { _ in original.next() } == (0..<5).map { _ in copy.next() })
  }

  @Test func streamsShareNoNumber() {
    let streams: [Philox.Stream] = [
      .custom(0), .custom(1), .custom(.max), .initialParameters(layer: 0), .initialParameters(layer: 1),
      .epochOrder(0), .epochOrder(1), .digit(0), .digit(1), .selection(0), .selection(1),
    ]
    // 44,000 numbers of 64 bits: two of them coincide by chance with a probability below 44,000² / 2⁶⁵ ≈ 6·10⁻¹¹.
    var numbers: Set<UInt64> = []
    for seed in [0, 1] as [UInt64] {
      for stream in streams {
        var generator = Philox(seed: seed, stream: stream)
        for _ in 0..<2_000 { numbers.insert(generator.next()) }
      }
    }
    #expect(numbers.count == 2 * streams.count * 2_000)
  }

  @Test(arguments: [
    (Philox(seed: 1, stream: .epochOrder(0)), Philox(seed: 1, stream: .epochOrder(1))),
    (Philox(seed: 1, stream: .epochOrder(1)), Philox(seed: 1, stream: .digit(1))),
    (Philox(seed: 1), Philox(seed: 2)),
    (Philox(seed: 1), Philox(seed: 1 << 32)),
  ])
  func neighboringStreamsAreUncorrelated(left: Philox, right: Philox) {
    var (left, right) = (left, right)
    let count = 20_000
    var sum = 0.0
    for _ in 0..<count { sum += (left.nextUnit() - 0.5) * (right.nextUnit() - 0.5) }
    // A product of two has the variance 1/12², their mean 1/(144 n): five standard deviations, p < 10⁻⁶.
    #expect(abs(sum / Double(count)) < 5 / (144 * Double(count)).squareRoot())
  }

  @Test func unitsAreTheUpper53Bits() {
    var (units, words) = (Philox(seed: 5), Philox(seed: 5))
    for _ in 0..<1_000 {
      let unit = units.nextUnit()
      #expect(unit >= 0 && unit < 1)
      #expect(unit == Double(words.next() >> 11) / 9_007_199_254_740_992)  // 2⁵³
    }
  }

  @Test func unitsHaveTheMomentsOfAUniformDistribution() {
    var generator = Philox(seed: 2)
    let count = 50_000
    var (sum, squares) = (0.0, 0.0)
    var tenths = [Int](repeating: 0, count: 10)
    for _ in 0..<count {
      let unit = generator.nextUnit()
      sum += unit - 0.5
      squares += (unit - 0.5) * (unit - 0.5)
      tenths[min(Int(unit * 10), 9)] += 1
    }
    // One number has the variance 1/12, its square about the mean 1/80 − 1/144 = 1/180; five standard deviations each.
    #expect(abs(sum / Double(count)) < 5 / (12 * Double(count)).squareRoot())
    #expect(abs(squares / Double(count) - 1 / 12) < 5 / (180 * Double(count)).squareRoot())
    expectUniform(tenths)
  }

  @Test(arguments: [2, 3, 10, 256, 1_000])
  func indicesAreUniform(bound: Int) throws {
    var generator = Philox(seed: 4)
    var counts = [Int](repeating: 0, count: bound)
    // At least 20 expected in every place, so that the statistic is close to χ².
    for _ in 0..<20_000 {
      let index = generator.nextIndex(below: bound)
      try #require(counts.indices.contains(index))
      counts[index] += 1
    }
    expectUniform(counts)
  }

  /// 2⁶⁴ / (3·2⁶¹) = 8/3: scaled without rejection, the values ≡ 0, 1 and 2 (mod 3) come with 3/8, 3/8 and 2/8.
  @Test func indicesBelowHugeBoundsAreUnbiased() {
    let bound = 3 << 61
    var generator = Philox(seed: 6)
    var (remainders, thirds) = ([0, 0, 0], [0, 0, 0])
    for _ in 0..<6_000 {
      let index = generator.nextIndex(below: bound)
      #expect(index >= 0 && index < bound)
      remainders[index % 3] += 1
      thirds[index / (1 << 61)] += 1
    }
    expectUniform(remainders)
    expectUniform(thirds)
  }

  @Test func theOnlyIndexBelow1Is0() {
    var generator = Philox(seed: 7)
    #expect((0..<100).allSatisfy { _ in generator.nextIndex(below: 1) == 0 })
  }
}
