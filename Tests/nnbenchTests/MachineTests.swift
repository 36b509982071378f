import Foundation
import Testing
import nnbench

@Suite("What is asked of the machine", .serialized)
struct MachineTests {
  /// Several of them, since other processes may leave one of them no time.
  @Test("Waiting until the process is idle lasts as long as threads of it compute")
  func waitsForOthers() {
    let clock = ContinuousClock()
    let end = clock.now + .milliseconds(100)
    let threads = (0..<4).map { _ in Thread { while clock.now < end {} } }
    for thread in threads { thread.start() }
    while threads.contains(where: { !$0.isExecuting && !$0.isFinished }) {}
    Machine.waitUntilIdle()
    #expect(clock.now >= end)
  }

  @Test("It has an end where a thread never rests")
  func ends() {
    let clock = ContinuousClock()
    let start = clock.now
    let thread = Thread { while !Thread.current.isCancelled {} }
    thread.start()
    Machine.waitUntilIdle(most: 0.05)
    thread.cancel()
    #expect(clock.now - start >= .milliseconds(50))
  }
}
