import NNBlas
import Testing

/// What plans of layers of every reach must be: nothing left out, nothing done twice, nothing read before it is made.
@Suite("A plan of mixed layers")
struct MixedPlanTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let shape: PlanShape
    let nodes: [PlanShape.Node.Kind]
    let rows: Int
    let wholeRows: Bool
    let learns: [Bool]
    let testDescription: String

    init(seed: UInt64) {
      var generator = Philox(seed: seed, stream: .custom(91))
      let kinds: [PlanShape.Node.Kind] = [
        .dense, .dense, .computed(.element), .computed(.row), .computed(.column),
      ]
      func width() -> Int { [1, 7, 10, 30, 100, 300, 1100].randomElement(using: &generator) ?? 1 }
      let inputs = width()
      var widths = [inputs]
      let nodes: [PlanShape.Node.Kind] = (1...Int.random(in: 1...7, using: &generator)).map { _ in
        let kind = kinds.randomElement(using: &generator) ?? .dense
        // Of what is no product, rows alone may have another width.
        let changes = kind == .dense || kind == .computed(.row) && Bool.random(using: &generator)
        widths.append(changes ? width() : widths[widths.count - 1])
        return kind
      }
      self.nodes = nodes
      rows = [1, 2, 10, 64, 128, 700].randomElement(using: &generator) ?? 1
      wholeRows = Bool.random(using: &generator)
      let learns = nodes.map { _ in Int.random(in: 0..<4, using: &generator) > 0 }
      self.learns = learns
      shape = PlanShape(
        inputs: inputs,
        nodes: zip(nodes, zip(widths.dropFirst(), learns)).map { kind, rest in
          PlanShape.Node(kind, outputs: rest.0, learned: rest.1 ? 12 : 0)
        },
        wantsInputErrors: Int.random(in: 0..<4, using: &generator) == 0)
      testDescription = "\(seed): \(widths), \(nodes), \(rows) rows, \(wholeRows), \(learns)"
    }

    var sizes: [Int] { shape.sizes }
    /// Counted as layers are.
    func kind(_ layer: Int) -> PlanShape.Node.Kind { nodes[layer - 1] }
  }

  @Test("reads nothing before it is made, and makes all once", arguments: (0..<300).map { Case(seed: $0) })
  func order(_ example: Case) {
    for purpose in [Plan.Purpose.training(.accumulated), .training(.fused), .training(.stored), .evaluation] {
      let plan = Plan(
        example.shape, rows: example.rows, wholeOutputRows: example.wholeRows, purpose: purpose,
        clipsNorm: purpose == .training(.stored))
      let last = example.sizes.count - 1
      for (stage, tasks) in plan.stages.enumerated() {
        for (index, task) in tasks.enumerated() {
          let before = plan.stages[..<stage].flatMap { $0 } + tasks[..<index].filter { $0.slot == task.slot }
          let others = tasks.enumerated().filter { $0.offset != index && $0.element.slot != task.slot }.map(\.element)
          /// Whether a part of a layer's activations or errors is complete before this task, once.
          func isMade(_ layer: Int, _ kinds: Set<Plan.Task.Kind>, _ rows: Range<Int>, _ columns: Range<Int>) -> Bool {
            func area(_ tasks: [Plan.Task]) -> Int {
              tasks.filter { $0.layer == layer && kinds.contains($0.kind) }.reduce(0) {
                $0 + $1.rows.clamped(to: rows).count * $1.columns.clamped(to: columns).count
              }
            }
            return area(before) == rows.count * columns.count
          }
          /// The part of the layer below or above that a block needs.
          func needs(_ kind: PlanShape.Node.Kind, width: Int) -> (Range<Int>, Range<Int>) {
            switch kind {
            case .dense, .computed(.row): (task.rows, 0..<width)
            case .computed(.element): (task.rows, task.columns)
            case .computed(.column): (0..<example.rows, task.columns)
            }
          }
          switch task.kind {
          case .gather: #expect(stage <= plan.costStage)
          case .forward, .output:
            #expect((task.kind == .output) == (task.layer == last && example.kind(last) == .dense))
            guard task.layer > 1 else { break }
            let (rows, columns) = needs(example.kind(task.layer), width: example.sizes[task.layer - 1])
            #expect(isMade(task.layer - 1, [.forward], rows, columns), "\(task)")
          case .cost: #expect(isMade(last, [.forward], task.rows, task.columns), "\(task)")
          case .backward:
            let (rows, columns) = needs(example.kind(task.layer + 1), width: example.sizes[task.layer + 1])
            #expect(isMade(task.layer + 1, [.output, .cost, .backward], rows, columns), "\(task)")
          case .update, .gradient:
            #expect(
              isMade(
                task.layer, [.output, .cost, .backward], 0..<example.rows, 0..<example.sizes[task.layer]), "\(task)")
            #expect(stage > plan.guardStage && others.allSatisfy { $0.kind == task.kind }, "\(task)")
          case .derive:
            #expect(
              isMade(
                task.layer, [.output, .cost, .backward], 0..<example.rows, 0..<example.sizes[task.layer]), "\(task)")
            #expect(stage == plan.guardStage && tasks.allSatisfy { $0.kind == .derive }, "\(task)")
          case .norm, .descend:
            // In rounds of their own, after all gradients.
            #expect(tasks.allSatisfy { $0.kind == task.kind })
            #expect(stage == plan.stages.count - (task.kind == .norm ? 2 : 1))
          case .settle, .ahead, .overlap, .correct, .postpone: Issue.record("\(task)")
          }
          if example.wholeRows, task.kind == .output || task.kind == .cost {
            #expect(task.columns == 0..<example.sizes[last])
          }
          // A column in one piece, a row in one piece.
          if task.kind == .forward, example.kind(task.layer) == .computed(.column) {
            #expect(task.rows == 0..<example.rows)
          }
          if task.kind == .forward, example.kind(task.layer) == .computed(.row) {
            #expect(task.columns == 0..<example.sizes[task.layer])
          }
        }
      }
      checkCover(plan, example)
    }
  }

  private func checkCover(_ plan: Plan, _ example: Case) {
    let (tasks, last) = (plan.stages.flatMap { $0 }, example.sizes.count - 1)
    func area(_ layer: Int, _ kinds: Set<Plan.Task.Kind>) -> Int {
      tasks.filter { $0.layer == layer && kinds.contains($0.kind) }.reduce(0) { $0 + $1.rows.count * $1.columns.count }
    }
    for layer in 1...last {
      #expect(area(layer, [.forward, .output]) == example.rows * example.sizes[layer], "layer \(layer)")
    }
    #expect(area(last, [.output, .cost]) == example.rows * example.sizes[last])
    let derived = (1...last).filter { example.kind($0) != .dense && example.learns[$0 - 1] && plan.ending != nil }
    #expect(tasks.filter { $0.kind == .derive }.map(\.layer) == derived)
    let parts = tasks.filter { $0.kind == .output || $0.kind == .cost }.map(\.part).sorted()
    #expect(parts == Array(0..<plan.costCount))
  }
}
