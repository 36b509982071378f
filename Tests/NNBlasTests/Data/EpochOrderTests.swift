import NNBlas
import Testing

@Suite struct EpochOrderTests {
  @Test(arguments: [0, 1, 2, 3, 10, 1_000])
  func everyExampleComesOnce(count: Int) {
    let order = ExampleOrder.shuffled.indices(count: count, seed: 1, epoch: 0)
    #expect(order.sorted() == Array(0..<Int32(count)))
  }

  /// A resumed run must visit what the interrupted one would have: the order is pinned to its definition, Durstenfeld's
  /// shuffle by the words of the published generator, with the counter (block, 0, epoch, 2).
  @Test(arguments: [(0, 0), (1, 0), (0, 1), (0x1_0000_0002, 29)] as [(UInt64, Int)])
  func ordersAreTheOnesDefined(seed: UInt64, epoch: Int) {
    let count = 100
    let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32))
    var expected = Array(0..<Int32(count))
    for step in 0..<count - 1 {
      let words = Philox.block(counter: SIMD4(UInt32(step / 2), 0, UInt32(epoch), 2), key: key)
      let number = UInt128(words[step % 2 * 2 + 1]) << 32 | UInt128(words[step % 2 * 2])
      let last = count - 1 - step
      expected.swapAt(last, Int((number * UInt128(last + 1)) >> 64))
    }
    #expect(ExampleOrder.shuffled.indices(count: count, seed: seed, epoch: epoch) == expected)
  }

  @Test func sameSeedAndEpochGiveTheSameOrder() {
    let orders = (0..<3).map { _ in ExampleOrder.shuffled.indices(count: 500, seed: 9, epoch: 4) }
    #expect(orders[0] == orders[1] && orders[1] == orders[2])
  }

  @Test func everySeedAndEveryEpochHasItsOwnOrder() {
    var orders: Set<[Int32]> = []
    for seed in 0..<5 as Range<UInt64> {
      for epoch in 0..<20 { orders.insert(ExampleOrder.shuffled.indices(count: 100, seed: seed, epoch: epoch)) }
    }
    // 100! permutations: no two of 100 coincide by chance.
    #expect(orders.count == 5 * 20)
  }

  @Test(arguments: [0, 1, 7])
  func sequentialOrderIsTheDataSets(epoch: Int) {
    #expect(ExampleOrder.sequential.indices(count: 5, seed: 3, epoch: epoch) == [0, 1, 2, 3, 4])
  }

  @Test func allPermutationsOf4AreEquallyFrequentOverSeeds() {
    expectAllPermutationsOf4(count: 4_800) { (seed: UInt64($0), epoch: 0) }
  }

  @Test func allPermutationsOf4AreEquallyFrequentOverEpochs() {
    expectAllPermutationsOf4(count: 4_800) { (seed: 12, epoch: $0) }
  }

  @Test func everyExampleComesToEveryPlaceEquallyOften() {
    let count = 12
    var counts = [Int](repeating: 0, count: count * count)
    for epoch in 0..<2_400 {
      for (place, index) in ExampleOrder.shuffled.indices(count: count, seed: 1, epoch: epoch).enumerated() {
        counts[place * count + Int(index)] += 1
      }
    }
    // Row by row, since the rows of one permutation depend on each other.
    for place in 0..<count { expectUniform(Array(counts[place * count..<(place + 1) * count]), "place \(place)") }
  }

  /// 200 expected of each of the 24 where `count` is 4,800.
  private func expectAllPermutationsOf4(count: Int, _ run: (Int) -> (seed: UInt64, epoch: Int)) {
    var counts: [[Int32]: Int] = [:]
    for index in 0..<count {
      let (seed, epoch) = run(index)
      counts[ExampleOrder.shuffled.indices(count: 4, seed: seed, epoch: epoch), default: 0] += 1
    }
    #expect(counts.count == 24)
    expectUniform(Array(counts.values))
  }
}
