// Plain gradient descent on few examples a step is bound by the first layer's weights, which come from the second-level cache
// once for the forward pass and twice for the update. A plan that looks ahead takes them for a block of steps at once.
//
// With errors Δₛ (already times −η/examples) and inputs Xₛ of the block's steps before step t, the weights in step t are
// W + Σ Δₛᵀ Xₛ, so that
//
//     Zₜ = Xₜ Wᵀ + Σ (Xₜ Xₛᵀ) Δₛ,
//
// where X Wᵀ and X Xᵀ are products of all examples of the block, known before its first step, and the sum takes few operations.
// The update of W is deferred to the end of the block and adds the outer products in the order of the steps. It is the same
// descent, step by step, rounded otherwise; deferred updates are what simulations of many electrons use for the inverses
// that they change by one row at a time (McDaniel, D'Azevedo, Li, Wong and Kent, "Delayed Slater determinant update
// algorithms for high efficiency quantum Monte Carlo", J. Chem. Phys. 147, 2017).

extension Plan {
  /// The most steps in a block.
  static let longestLookahead = 8

  /// How many steps look ahead together.
  ///
  /// - Parameters:
  ///   - sizes: The widths of the layers, the input's first.
  ///   - rows: The examples of a step.
  /// - Returns: The steps of a block, or 1 where a step that makes its own products is as fast.
  package static func lookahead(sizes: [Int], rows: Int) -> Int {
    let division = Division(PlanShape(sizes: sizes), rows: rows, wholeOutputRows: true)
    // The first layer is divided among workers, the others are not worth it: one worker takes the steps themselves.
    guard sizes.count > 2, !division.isByRows(1), division.panels(1).count > 1,
      (2..<sizes.count).reduce(0, { $0 + division.work($1) }) < Division.leastWork
    else { return 1 }
    // The examples' products with one another are few beside those with the weights, and a block fits the cache.
    let (byProducts, exampleWidth) = (1 + sizes[1] / (4 * rows), sizes[0] + sizes[sizes.count - 1])
    // So is the work of taking updates into account, of which a single example's is little beside bringing the weights.
    let byUpdates = rows == 1 ? longestLookahead : sizes[0] / (8 * rows)
    return max(1, min(longestLookahead, byProducts, byUpdates, Division.smallBatch / (rows * exampleWidth)))
  }

  /// A plan whose steps look ahead: one round for each block of them, and one for each step, which a single worker takes.
  ///
  /// - Parameters:
  ///   - sizes: The widths of the layers, the input's first; at least two layers.
  ///   - rows: The examples of a step.
  ///   - lookahead: The steps of a block.
  package init(sizes: [Int], rows: Int, lookahead: Int) {
    let last = sizes.count - 1
    let division = Division(PlanShape(sizes: sizes), rows: rows, wholeOutputRows: true)
    let (block, panels) = (0..<rows * lookahead, division.panels(1))
    var ahead = [Task(kind: .gather, layer: 0, rows: block, columns: 0..<sizes[0], slot: 0, slots: 1)]
    for (slot, panel) in panels.enumerated() {
      // The panel's weights come into the cache once for both.
      ahead.append(
        Task(kind: .settle, layer: 1, rows: panel, columns: 0..<sizes[0], slot: slot, slots: panels.count))
      ahead.append(Task(kind: .ahead, layer: 1, rows: block, columns: panel, slot: slot, slots: panels.count))
    }
    // Nobody comes before the first step.
    let overlaps = Division.divide(rows * (lookahead - 1), into: 2, unit: 1)
    for (slot, range) in overlaps.enumerated() {
      let later = range.lowerBound + rows..<range.upperBound + rows
      // Those of the steps before the last of these examples' own.
      let earlier = 0..<(later.upperBound - 1) / rows * rows
      ahead.append(Task(kind: .overlap, layer: 0, rows: later, columns: earlier, slot: slot, slots: overlaps.count))
    }

    func alone(_ kind: Task.Kind, _ layer: Int, isUpdate: Bool = false) -> Task {
      Task(
        kind: kind, layer: layer, rows: 0..<(isUpdate ? sizes[layer] : rows),
        columns: 0..<(isUpdate ? sizes[layer - 1] : sizes[layer]), slot: 0, slots: 1)
    }
    let forward = (2...last).map { alone($0 == last ? .output : .forward, $0) }
    let backward = (1..<last).reversed().map { alone(.backward, $0) }
    let updates = (2...last).reversed().map { alone(.update, $0, isUpdate: true) }
    self.init(
      sizes: sizes, rows: rows, lookahead: lookahead,
      stages: [ahead, [alone(.correct, 1)] + forward + backward, updates + [alone(.postpone, 1, isUpdate: true)]],
      costStage: 1, costCount: 1)
  }
}
