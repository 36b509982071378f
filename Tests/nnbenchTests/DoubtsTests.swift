import Testing
import nnbench

@Suite("What makes figures doubtful")
struct DoubtsTests {
  @Test("Load counts where others compute right now, beyond a part of the processors")
  func load() {
    #expect(
      Doubts.load(1.5, others: 0.9, processors: 2)
        == "the load average is 1.50, and other processes use 0.9 of 2 processors: figures may be too slow; measure when the machine "
        + "is idle")
    // The average remembers this tool's own runs; a moment of others alone is none.
    #expect(Doubts.load(1.5, others: 0.1, processors: 2) == nil)
    #expect(Doubts.load(0.3, others: 0.9, processors: 2) == nil)
    #expect(Doubts.load(nil, others: 0.9, processors: 2) == nil)
    #expect(Doubts.load(1.5, others: 0.9, processors: 64) == nil)
  }

  @Test("Uneven samples are told with the worst of them")
  func spread() {
    #expect(Doubts.spread([("a", 0.02), ("b", 0.1)]) == nil)
    #expect(Doubts.spread([]) == nil)
    #expect(
      Doubts.spread([("a", 0.2)])
        == "the middle half of the samples of a spreads by up to 20 % of the median: the machine is uneven; measure again, for longer "
        + "or when it is idle")
    #expect(
      Doubts.spread([("a", 0.2), ("b", 0.5), ("c", 0.01), ("d", 0.11)])?
        .hasPrefix("the middle half of the samples of b, and of 2 others spreads by up to 50 %") == true)
  }

  @Test("The processors' work is user, nice, system, interrupts and steal, not waiting")
  func busyTicks() {
    #expect(OthersLoad.busyTicks(in: "cpu  1 20 300 4000 50000 600000 7000000 80000000 9 9\ncpu0 1\n") == 87_600_321)
    #expect(OthersLoad.busyTicks(in: "cpu 9223372036854775807 1 0 0 0 0 0 0 0") == 0x1p63)
    #expect(OthersLoad.busyTicks(in: "cpu 1 2") == nil)
    #expect(OthersLoad.busyTicks(in: "") == nil)
    #expect(OthersLoad.busyTicks(in: "intr 1 2 3 4 5 6 7 8 9") == nil)
  }

  @Test("What others compute is never less than nothing, nor more than there is")
  func others() {
    #expect((0...1024).contains(OthersLoad.processors(seconds: 0.02)))
  }
}
