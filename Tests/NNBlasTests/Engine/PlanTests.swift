import NNBlas
import Testing

/// What any plan must be, whatever the shapes: nothing left out, nothing done twice, nothing read before it is made.
@Suite("A plan")
struct PlanTests {
  struct Shape: CustomTestStringConvertible, Sendable {
    let sizes: [Int]
    let rows: Int
    let wholeRows: Bool
    var testDescription: String { "\(sizes) × \(rows)\(wholeRows ? ", whole rows" : "")" }

    static let all: [Shape] = {
      let networks = [
        [784, 30, 10], [784, 100, 10], [784, 512, 512, 10], [784, 1024, 1024, 1024, 10], [3, 2], [1, 1, 1], [784, 10],
        [10, 300, 300, 300], [100, 8, 200, 8, 700], [2, 3000, 1],
      ]
      return networks.flatMap { sizes in
        [1, 2, 10, 80, 128, 500, 4001].flatMap { rows in
          [false, true].map { Shape(sizes: sizes, rows: rows, wholeRows: $0) }
        }
      }
    }()

    func plan(_ purpose: Plan.Purpose = .training(.fused)) -> Plan {
      Plan(sizes: sizes, rows: rows, wholeOutputRows: wholeRows, purpose: purpose)
    }
  }

  @Test("covers every element of every layer once, forward, backward and in the update", arguments: Shape.all)
  func covers(_ shape: Shape) {
    for purpose in [Plan.Purpose.training(.accumulated), .training(.fused), .training(.stored), .evaluation] {
      let tasks = shape.plan(purpose).stages.flatMap { $0 }
      let last = shape.sizes.count - 1
      for layer in 1...last {
        let width = shape.sizes[layer]
        let forward = tasks.filter { $0.layer == layer && [.forward, .output].contains($0.kind) }
        #expect(isCover(forward, rows: shape.rows, columns: width), "layer \(layer) forward")
        let backward = tasks.filter { $0.layer == layer && $0.kind == .backward }
        if purpose != .evaluation, layer < last {
          #expect(isCover(backward, rows: shape.rows, columns: width), "layer \(layer) backward")
        } else {
          #expect(backward.isEmpty)
        }
        for (kind, owners) in [
          (Plan.Task.Kind.update, [Plan.Purpose.training(.accumulated), .training(.fused)]),
          (.gradient, [.training(.stored)]), (.descend, [.training(.stored)]),
        ] {
          let panels = tasks.filter { $0.layer == layer && $0.kind == kind }
          if owners.contains(purpose) {
            #expect(isCover(panels, rows: width, columns: shape.sizes[layer - 1]), "layer \(layer) \(kind)")
          } else {
            #expect(panels.isEmpty)
          }
        }
      }
      let gather = tasks.filter { $0.kind == .gather }
      #expect(isCover(gather, rows: shape.rows, columns: shape.sizes[0]))
      let costs = tasks.filter { $0.kind == .output }.map(\.part).sorted()
      #expect(costs == Array(0..<shape.plan(purpose).costCount))
      #expect(!costs.isEmpty)
    }
  }

  /// Whether rectangles lie side by side and fill the whole.
  private func isCover(_ tasks: [Plan.Task], rows: Int, columns: Int) -> Bool {
    let area = tasks.reduce(0) { $0 + $1.rows.count * $1.columns.count }
    let isInside = tasks.allSatisfy {
      !$0.rows.isEmpty && !$0.columns.isEmpty && $0.rows.upperBound <= rows && $0.columns.upperBound <= columns
    }
    let areApart = tasks.indices.allSatisfy { i in
      tasks[..<i].allSatisfy { !$0.rows.overlaps(tasks[i].rows) || !$0.columns.overlaps(tasks[i].columns) }
    }
    return area == rows * columns && isInside && areApart
  }

  @Test("makes what a task reads in an earlier stage, or before it in the same slot", arguments: Shape.all)
  func reads(_ shape: Shape) {
    for ending in [Plan.Ending.accumulated, .fused, .stored] { reads(shape, ending) }
  }

  private func reads(_ shape: Shape, _ ending: Plan.Ending) {
    let plan = shape.plan(.training(ending))
    let last = shape.sizes.count - 1
    for (stage, tasks) in plan.stages.enumerated() {
      for (index, task) in tasks.enumerated() {
        /// Whether some rows of a layer's activations or errors are complete before this task.
        func isMade(_ layer: Int, _ kinds: Set<Plan.Task.Kind>, rows: Range<Int>) -> Bool {
          let before = plan.stages[..<stage].flatMap { $0 } + tasks[..<index].filter { $0.slot == task.slot }
          let makers = before.filter { $0.layer == layer && kinds.contains($0.kind) && $0.rows.overlaps(rows) }
          let made = makers.reduce(0) { $0 + $1.rows.clamped(to: rows).count * $1.columns.count }
          return made == rows.count * shape.sizes[layer]
        }
        switch task.kind {
        case .gather: #expect(stage <= plan.costStage)
        case .forward, .output:
          if task.layer > 1 { #expect(isMade(task.layer - 1, [.forward], rows: task.rows), "\(task)") }
        case .backward:
          #expect(isMade(task.layer + 1, [.output, .backward], rows: task.rows), "\(task)")
          #expect(isMade(task.layer, [.forward], rows: task.rows), "\(task)")
          #expect(stage <= plan.guardStage)
        case .update:
          // After everything else, since every error is made with the weights of before.
          #expect(stage == plan.stages.count - 1 && tasks.allSatisfy { $0.kind == .update })
          #expect(stage > plan.guardStage && ending != .stored)
        case .gradient:
          #expect(isMade(task.layer, [.output, .backward], rows: 0..<shape.rows), "\(task)")
          #expect(stage == plan.stages.count - 2 && tasks.allSatisfy { $0.kind == .gradient })
          #expect(stage > plan.guardStage)
        case .cost, .derive, .norm: Issue.record("\(task) in a plan of dense layers without a limit")
        case .settle, .ahead, .overlap, .correct, .postpone: Issue.record("\(task) in a plan that does not look ahead")
        case .descend:
          // In a round of its own, with the slot of the gradient.
          #expect(stage == plan.stages.count - 1 && tasks.allSatisfy { $0.kind == .descend })
          #expect(tasks.map(\.slot) == plan.stages[stage - 1].map(\.slot))
        }
        if shape.wholeRows, task.kind == .output { #expect(task.columns == 0..<shape.sizes[last]) }
      }
    }
  }

  @Test("divides large shapes for many workers, and small ones not at all")
  func width() {
    #expect(Shape(sizes: [784, 2048, 2048, 2048, 10], rows: 512, wholeRows: true).plan().width >= 8)
    #expect(Shape(sizes: [3, 2], rows: 4, wholeRows: false).plan().stages[0].filter { $0.kind == .output }.count == 1)
    let small = Shape(sizes: [784, 30, 10], rows: 10, wholeRows: false).plan()
    // Two panels on cache lines of their own; the rest is too little to share.
    #expect(small.stages[0].map(\.columns) == [0..<16, 16..<30])
    #expect(small.stages.count == 3 && small.replicatesBatch)
    // A single example's weights come from two caches faster than from one.
    #expect(Shape(sizes: [784, 30, 10], rows: 1, wholeRows: false).plan().width == 2)
  }
}
