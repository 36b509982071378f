import Foundation
import NNBlas
import Testing

/// PyTorch's cases hold four of them to 1e-10 over 50 steps; here are their ends and seams.
@Suite("Schedules of the learning rate")
struct LearningRateScheduleTests {
  @Test("are pure functions of the number of updates")
  func values() {
    #expect((0..<5).map { LearningRateSchedule.constant.factor(step: $0) } == [1, 1, 1, 1, 1])
    #expect(
      (0..<5).map { LearningRateSchedule.step(every: 2, factor: 0.5).factor(step: $0) } == [1, 1, 0.5, 0.5, 0.25])
    let exponential = LearningRateSchedule.exponential(factor: 0.25, every: 2)
    #expect(
      exponential.factor(step: 0) == 1 && exponential.factor(step: 1) == 0.5 && exponential.factor(step: 4) == 0.0625)
    let cosine = LearningRateSchedule.cosine(updates: 4, final: 0.2)
    #expect(cosine.factor(step: 0) == 1 && abs(cosine.factor(step: 2) - 0.6) < 1e-15)
    #expect(cosine.factor(step: 4) == 0.2 && cosine.factor(step: 1_000_000) == 0.2)
  }

  @Test("begin after a warm-up, and count from its end")
  func warmUp() {
    let schedule = LearningRateSchedule.warmUp(updates: 4, then: .step(every: 2, factor: 0.5))
    #expect((0..<9).map { schedule.factor(step: $0) } == [0.25, 0.5, 0.75, 1, 1, 1, 0.5, 0.5, 0.25])
    let nested = LearningRateSchedule.warmUp(updates: 1, then: .warmUp(updates: 2))
    #expect((0..<4).map { nested.factor(step: $0) } == [1, 0.5, 1, 1])
  }
}
