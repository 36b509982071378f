/// A counter-based random generator: Philox 4×32 with 10 rounds.
///
/// Its numbers are a pure function of (seed, stream, position), so that nothing has to be carried along: the order of
/// epoch e is the stream `.epochOrder(e)` of a seed, and a run that resumes needs only its position.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
public struct Philox: RandomNumberGenerator, Sendable {
  /// Which of a seed's independent sequences: streams of different purpose or index share no counter. An index counts
  /// modulo 2³², so that after as many epochs their orders begin anew.
  public struct Stream: Hashable, Sendable {
    let purpose: UInt32
    let index: UInt32

    /// A stream for a user's own purposes.
    public static func custom(_ index: UInt32) -> Stream { Stream(purpose: 0, index: index) }
    /// The initial parameters of a layer, or of one of its arrays.
    package static func initialParameters(layer: Int, array: Int = 0) -> Stream {
      Stream(purpose: 1, index: UInt32(truncatingIfNeeded: layer + array << 16))
    }
    /// The order of the examples in an epoch.
    package static func epochOrder(_ epoch: Int) -> Stream {
      Stream(purpose: 2, index: UInt32(truncatingIfNeeded: epoch))
    }
    /// One synthetic digit.
    package static func digit(_ index: Int) -> Stream { Stream(purpose: 3, index: UInt32(truncatingIfNeeded: index)) }
    /// Which examples of a data set validate, and in which order it is shuffled for good; one for each class where
    /// classes are drawn from separately.
    package static func selection(_ index: Int) -> Stream {
      Stream(purpose: 5, index: UInt32(truncatingIfNeeded: index))
    }
  }

  private let key: SIMD2<UInt32>
  private let stream: Stream
  /// The index of the next block of four words.
  private var block: UInt64 = 0
  private var words = SIMD4<UInt32>()
  private var unusedWords = 0

  /// The generator at the start of a stream.
  public init(seed: UInt64, stream: Stream = .custom(0)) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    if unusedWords == 0 {
      let counter = SIMD4(
        UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), stream.index, stream.purpose)
      words = Self.block(counter: counter, key: key)
      block &+= 1
      unusedWords = 4
    }
    let low = UInt64(words[4 - unusedWords])
    let high = UInt64(words[5 - unusedWords])
    unusedWords -= 2
    return high << 32 | low
  }

  /// A number in [0, 1), a multiple of 2⁻⁵³.
  public mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// An integer in 0..<bound without bias, bound ≥ 1 (Lemire, "Fast Random Integer Generation in an Interval", 2019).
  package mutating func nextIndex(below bound: Int) -> Int {
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// The bijection itself: four random words for a counter and a key.
  package static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
    var (k0, k1) = (key[0], key[1])
    for _ in 0..<10 {
      let first = c0.multipliedFullWidth(by: 0xD251_1F53)
      let second = c2.multipliedFullWidth(by: 0xCD9E_8D57)
      (c0, c1, c2, c3) = (second.high ^ c1 ^ k0, second.low, first.high ^ c3 ^ k1, first.low)
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return SIMD4(c0, c1, c2, c3)
  }
}
