/// A plan laid out for all workers, and, where it may be executed so, for one.
struct Schedules {
  let together: Schedule
  private let alone: Schedule?

  /// - Parameters:
  ///   - plan: The tasks.
  ///   - workers: How many there are.
  ///   - mayBeAlone: Whether one of them may have all tasks.
  ///   - joining: As in `Schedule`.
  init(
    _ plan: Plan, workers: Int, mayBeAlone: Bool, joining: ([Plan.Task]) -> [Plan.Task]
  ) {
    together = Schedule(plan, workers: workers, joining: joining)
    alone = mayBeAlone ? Schedule(plan, workers: 1, joining: joining) : nil
  }

  var plan: Plan { together.plan }

  @inline(__always)
  subscript(alone isAlone: Bool) -> Schedule { isAlone ? alone ?? together : together }
}

/// A plan laid out for a number of workers: each one's tasks, stage by stage, in plain memory that all of them read.
package final class Schedule: @unchecked Sendable {
  let plan: Plan
  private let workers: Int
  /// The workers' tasks, worker after worker, stage after stage.
  private let tasks: UnsafeMutablePointer<Plan.Task>
  /// Where each worker's stages start in `tasks`, one more than there are stages for each worker.
  private let starts: UnsafeMutablePointer<Int>

  /// What a worker walks through; valid while the schedule lives.
  package struct View {
    let rows: Int
    let lastLayer: Int
    let workers: Int
    let stageCount: Int
    /// As the plan's.
    let blockRound: Range<Int>
    let firstRound: Range<Int>
    let secondRound: Range<Int>
    let guardStage: Int
    let costCount: Int
    let normCount: Int
    /// Whether a product's gradient is added to its weights at once.
    let addsToWeights: Bool
    fileprivate let tasks: UnsafePointer<Plan.Task>
    fileprivate let starts: UnsafePointer<Int>

    @inline(__always)
    package func tasks(of worker: Int, stage: Int) -> UnsafeBufferPointer<Plan.Task> {
      let start = starts[worker * (stageCount + 1) + stage]
      return UnsafeBufferPointer(start: tasks + start, count: starts[worker * (stageCount + 1) + stage + 1] - start)
    }
  }

  /// - Parameters:
  ///   - plan: The tasks.
  ///   - workers: How many there are.
  ///   - joining: Makes fewer of a worker's tasks in a stage, the same work in the same order.
  package init(_ plan: Plan, workers: Int, joining: ([Plan.Task]) -> [Plan.Task]) {
    (self.plan, self.workers) = (plan, workers)
    var (ordered, starts) = ([Plan.Task](), [Int]())
    for worker in 0..<workers {
      for stage in plan.stages {
        starts.append(ordered.count)
        let tasks = stage.filter {
          // Neighbours have neighbouring slots.
          $0.slot * workers / $0.slots == worker || $0.kind == .gather && plan.replicatesBatch
        }
        ordered += joining(tasks)
      }
      starts.append(ordered.count)
    }
    self.tasks = .allocate(capacity: ordered.count)
    self.tasks.initialize(from: ordered, count: ordered.count)
    self.starts = .allocate(capacity: starts.count)
    self.starts.initialize(from: starts, count: starts.count)
  }

  deinit {
    tasks.deallocate()
    starts.deallocate()
  }

  package var view: View {
    View(
      rows: plan.rows, lastLayer: plan.shape.last, workers: workers, stageCount: plan.stages.count,
      blockRound: plan.blockRound, firstRound: plan.firstRound, secondRound: plan.secondRound,
      guardStage: plan.guardStage, costCount: plan.costCount, normCount: plan.normCount,
      addsToWeights: plan.ending == .accumulated, tasks: tasks, starts: starts)
  }
}
