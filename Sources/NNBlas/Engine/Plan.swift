/// The pieces that a step is made of, for one network and one number of examples.
///
/// A plan is a function of shapes alone, never of the number of threads: threads only execute it, so that every sum is
/// made in the same order on any number of them.
package struct Plan: Equatable, Sendable {
  /// What the pieces are for.
  package enum Purpose: Equatable, Sendable {
    /// Forward, cost, backward, update.
    case training(Ending)
    /// Forward and cost.
    case evaluation
  }

  /// How a training step ends.
  package enum Ending: String, Sendable, Codable {
    /// Plain gradient descent: the product of a panel's weight gradient is added to the weights at once.
    case accumulated
    /// The weight gradient of a panel and its update are one task; the gradient as a whole is never there.
    case fused
    /// The whole gradient is written, somebody sees it, then parameters are updated.
    case stored
  }

  /// Tasks of one stage that have different slots are independent of one another; everybody waits for the end of a stage.
  package var stages: [[Task]] = []
  /// The network.
  let shape: PlanShape
  /// The widths of the layers, the input's first.
  var sizes: [Int] { shape.sizes }
  /// The number of examples.
  package let rows: Int
  /// The stage after which the costs of all examples are there.
  package private(set) var costStage = 0
  /// The stage after which all is there that decides whether the step may change anything: in training the last error.
  package private(set) var guardStage = 0
  /// The number of partial sums of the cost.
  package private(set) var costCount = 0
  /// The number of partial sums of the squares of the gradient.
  private(set) var normCount = 0
  /// How many steps make a block, whose first products are made in the first stage; 1 where every step makes its own.
  package let lookahead: Int
  /// Whether every worker fetches the whole batch into memory of its own: a small batch costs less to make twice than to
  /// bring from another processor's cache.
  package let replicatesBatch: Bool
  /// How a training step ends; nil for an evaluation.
  package let ending: Ending?
  /// The most weights and biases in one update.
  package private(set) var largestPanel = 0

  /// A piece of work on a block of a layer's matrix (examples × neurons), or on a panel of its weights.
  package struct Task: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
      /// Rows of the next batch.
      case gather
      /// A block of a layer's activations.
      case forward
      /// A block of the last layer's activations, of its errors and its cost.
      case output
      /// A block of a hidden layer's errors.
      case backward
      /// The gradient of some neurons' weights (rows), and their update.
      case update
      /// The gradient of the parameters of what is no product, before anything changes.
      case derive
      /// The gradient of some neurons' weights (rows), stored.
      case gradient
      /// The update of some neurons' weights (rows) by the stored gradient.
      case descend
      /// A block of the errors and the cost of a last layer that is no product.
      case cost
      /// The sum of squares of the stored gradient of some neurons' weights (rows).
      case norm
      /// The deferred updates of some neurons' weights (rows), by all steps that have deferred theirs.
      case settle
      /// The first layer's products with all examples of a block of steps (rows), for some neurons (columns).
      case ahead
      /// The products of some examples of a block (rows) with those of steps before (columns).
      case overlap
      /// The first layer's activations, from products made ahead and from the updates deferred since.
      case correct
      /// The first layer's update, deferred to the end of the block.
      case postpone
    }

    package let kind: Kind
    /// Counted from 1; 0 is the input.
    package let layer: Int
    package let rows: Range<Int>
    package let columns: Range<Int>
    /// Decides the worker, out of so many slots. Tasks of a stage with the same slot are done in order by the same worker, and a
    /// panel of neurons has the same slot in every stage, so that its weights stay in one worker's cache.
    package let slot: Int
    package let slots: Int
    /// Which partial sum a task writes: of the cost, or of the squares of the gradient.
    package var part = 0
  }

  /// A plan of dense layers that all learn.
  package init(sizes: [Int], rows: Int, wholeOutputRows: Bool, purpose: Purpose) {
    self.init(PlanShape(sizes: sizes), rows: rows, wholeOutputRows: wholeOutputRows, purpose: purpose)
  }

  package init(_ shape: PlanShape, rows: Int, wholeOutputRows: Bool, purpose: Purpose, clipsNorm: Bool = false) {
    self.shape = shape
    self.rows = rows
    lookahead = 1
    let (sizes, last) = (shape.sizes, shape.last)
    let division = Division(shape, rows: rows, wholeOutputRows: wholeOutputRows)
    if case .training(let ending) = purpose { self.ending = ending } else { ending = nil }
    replicatesBatch = purpose != .evaluation && rows * (sizes[0] + sizes[last]) <= Division.smallBatch

    if purpose == .evaluation {
      stages.append([])
      for (slot, block) in division.gatherBlocks.enumerated() {
        add(
          Task(
            kind: .gather, layer: 0, rows: block, columns: 0..<sizes[0], slot: slot,
            slots: division.gatherBlocks.count))
      }
    }
    var made = addForward(division, wholeOutputRows: wholeOutputRows)
    (costStage, guardStage) = (stages.count - 1, stages.count - 1)
    guard let ending else { return }
    for layer in (shape.firstWithErrors..<last).reversed() { made = addErrors(of: layer, division, above: made) }

    // The next batch is fetched by those who have little to do in the stage of the output: the last ones.
    let (outputSlots, gatherBlocks) = (costCount, division.gatherBlocks)
    for (index, block) in gatherBlocks.enumerated() {
      let slots = max(outputSlots, gatherBlocks.count)
      stages[costStage].append(
        Task(
          kind: .gather, layer: 0, rows: block, columns: 0..<sizes[0], slot: slots - gatherBlocks.count + index,
          slots: slots))
    }

    addDerivatives()
    guardStage = stages.count - 1
    // No update before the last error is there.
    let kinds: [Task.Kind] =
      ending == .stored ? [.gradient] + (clipsNorm ? [.norm] : []) + [.descend] : [.update]
    for kind in kinds { addUpdates(kind, division) }
  }

  /// The blocks of a layer's matrix, as they were made.
  private struct Made {
    let blocks: [Division.Block]
    let isByRows: Bool
  }

  /// Forward and cost; returns the blocks of the last layer's errors.
  private mutating func addForward(_ division: Division, wholeOutputRows: Bool) -> Made {
    var made = Made(blocks: [], isByRows: true)
    for layer in 1...shape.last {
      let (kind, isByRows) = (shape.nodes[layer].kind, division.isByRows(layer))
      // A layer goes on in the stage of the one before where a block needs nothing but the same block of that, or the same rows.
      let continues =
        switch kind {
        case .dense, .computed(.row): made.isByRows && isByRows
        case .computed(.element): true
        case .computed(.column): !made.isByRows
        }
      if layer == 1 || !continues { stages.append([]) }
      let keepsBlocks = layer > 1 && continues && kind != .dense
      let blocks =
        keepsBlocks
        ? made.blocks.map {
          Division.Block(rows: $0.rows, columns: kind == .computed(.row) ? 0..<sizes[layer] : $0.columns)
        }
        : division.blocks(layer)
      made = Made(blocks: blocks, isByRows: keepsBlocks ? made.isByRows : isByRows)
      let isOutput = layer == shape.last && kind == .dense
      addBlocks(isOutput ? .output : .forward, layer, made)
    }
    if !shape.isDense(shape.last) {
      if wholeOutputRows, !made.isByRows {
        stages.append([])
        made = Made(blocks: division.rowBlocks(shape.last), isByRows: true)
      }
      addBlocks(.cost, shape.last, made)
    }
    costCount = made.blocks.count
    return made
  }

  /// A layer's errors, of those of the layer above it.
  private mutating func addErrors(of layer: Int, _ division: Division, above: Made) -> Made {
    var made: Made
    switch shape.nodes[layer + 1].kind {
    case .dense:
      // Errors that follow cheaply from the same rows of the layer above are made in its stage.
      let continues = above.isByRows && (division.isByRows(layer) || sizes[layer + 1] <= Division.narrow)
      let isByRows = continues || division.isByRows(layer)
      if !continues { stages.append([]) }
      made = Made(blocks: isByRows ? division.rowBlocks(layer) : division.blocks(layer), isByRows: isByRows)
    case .computed(.element): made = above
    case .computed(.row):
      if !above.isByRows { stages.append([]) }
      made = Made(blocks: division.rowBlocks(layer), isByRows: true)
    case .computed(.column):
      if above.isByRows {
        stages.append([])
        made = Made(blocks: division.panelBlocks(layer + 1), isByRows: false)
      } else {
        made = above
      }
    }
    addBlocks(.backward, layer, made)
    return made
  }

  private mutating func addBlocks(_ kind: Task.Kind, _ layer: Int, _ made: Made) {
    for (slot, block) in made.blocks.enumerated() {
      add(
        Task(
          kind: kind, layer: layer, rows: block.rows, columns: block.columns, slot: slot, slots: made.blocks.count,
          part: kind == .output || kind == .cost ? slot : 0))
    }
  }

  /// The gradients of what learns and is no product: they are few numbers, and made before it is decided whether anything changes.
  private mutating func addDerivatives() {
    let layers = (1...shape.last).filter { !shape.isDense($0) && shape.learns($0) }
    if layers.isEmpty { return }
    stages.append([])
    for (slot, layer) in layers.enumerated() {
      add(
        Task(
          kind: .derive, layer: layer, rows: 0..<1, columns: 0..<shape.nodes[layer].learned, slot: slot,
          slots: layers.count))
    }
  }

  /// What is done with the gradient of every layer that learns.
  private mutating func addUpdates(_ kind: Task.Kind, _ division: Division) {
    stages.append([])
    for layer in (1...shape.last).reversed() where shape.changes(layer) {
      // Parameters of what is no product are few, and one task.
      let (panels, columns) =
        shape.isDense(layer)
        ? (division.panels(layer), sizes[layer - 1]) : ([0..<1], max(shape.nodes[layer].learned, 1))
      for (slot, panel) in panels.enumerated() {
        add(
          Task(
            kind: kind, layer: layer, rows: panel, columns: 0..<columns, slot: slot, slots: panels.count,
            part: kind == .norm ? normCount : 0))
        if kind == .norm { normCount += 1 }
        if ending == .fused, shape.isDense(layer) { largestPanel = max(largestPanel, panel.count * (columns + 1)) }
      }
    }
  }

  /// A plan of plain gradient descent on batches small enough for every worker to fetch all examples itself.
  init(sizes: [Int], rows: Int, lookahead: Int, stages: [[Task]], costStage: Int, costCount: Int) {
    (shape, self.rows, self.lookahead) = (PlanShape(sizes: sizes), rows, lookahead)
    (self.stages, self.costStage, self.guardStage, self.costCount) = (stages, costStage, costStage, costCount)
    (replicatesBatch, ending) = (true, .accumulated)
  }

  /// The stages of a step: all, those after its block's, or those before the gradient is seen.
  var firstRound: Range<Int> {
    (lookahead > 1 ? 1 : 0)..<stages.count - (storesGradient ? normCount > 0 ? 2 : 1 : 0)
  }
  /// The stages that follow when somebody has seen the gradient.
  var secondRound: Range<Int> { firstRound.upperBound..<stages.count }
  /// The stages before the first step of a block.
  var blockRound: Range<Int> { 0..<firstRound.lowerBound }

  /// Whether the whole gradient is there before the last stage.
  var storesGradient: Bool { ending == .stored }

  private mutating func add(_ task: Task) { stages[stages.count - 1].append(task) }

  /// Whether a step is so short that its workers wait for one another a good part of the time: a millisecond of a worker's.
  var isBrief: Bool { shape.operationsPerExample * rows < 50_000_000 }

  /// How many numbers of small batches and of blocks of them workers have for themselves, at most.
  static func copiedElements(_ sizes: [Int], rows: Int, workers: Int) -> Double {
    let isSmall = Double(rows) * Double(sizes[0] + sizes[sizes.count - 1]) <= Double(Division.smallBatch)
    return isSmall ? 4 * Double(Division.smallBatch) * Double(workers) : 0
  }

  /// As many workers as the processors and the plan have use for.
  var defaultWorkers: Int { min(width, Processors.available) }

  /// The most workers that ever have something to do at once.
  package var width: Int { stages.map { Set($0.map(\.slot)).count }.max() ?? 1 }
}
