import Foundation
import Testing
import nnbench

@Suite("What is asked of the machine")
struct MachineTests {
  /// How often 20 ms pass, where threads compute for so long each time, and rest in the end.
  private func looks(_ computed: [Double], most: Int = 100) -> Int {
    var (looks, sum) = (0, 1.0)
    Machine.waitUntilIdle(most: most) {
      sum
    } sleep: {
      #expect($0 == 0.02)
      if looks < computed.count { sum += computed[looks] }
      looks += 1
    }
    return looks
  }

  @Test("Waiting until the process is idle lasts as long as threads of it compute")
  func waitsForOthers() {
    #expect(looks([]) == 1)
    #expect(looks([0.04, 0.02, 0.003]) == 4)
    // What the waiting itself computes is no work.
    #expect(looks([0.04, 0.001, 0.02]) == 2)
  }

  @Test("It has an end where a thread never rests")
  func ends() {
    #expect(looks(Array(repeating: 0.02, count: 50), most: 10) == 10)
  }

  @Test("What a thread computes counts for the process")
  func processorSeconds() {
    let before = Machine.processorSeconds
    let isOver = DispatchSemaphore(value: 0)
    let thread = Thread {
      var time = timespec()
      while time.tv_sec == 0, time.tv_nsec < 30_000_000 { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) }
      isOver.signal()
    }
    thread.start()
    isOver.wait()
    #expect(Machine.processorSeconds - before >= 0.03)
  }
}
