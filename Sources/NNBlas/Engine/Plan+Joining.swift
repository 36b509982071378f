// Blocks are small enough for many workers. Where a worker has several side by side it makes them at once: a product packs
// its operands anew in every call, which costs large layers up to a tenth of their time.

extension Plan {
  /// A worker's tasks of a stage, neighbouring blocks joined where that keeps their bits.
  func joined<S: Scalar>(_ tasks: [Task], as _: S.Type) -> [Task] {
    let joined = joinedNeighbours(tasks, as: S.self)
    return joined.count < tasks.count && ProductParts.keepBits(S.self) ? joined : tasks
  }

  /// A worker's tasks of a stage, those of neighbouring blocks joined where OpenBLAS copies operands and the product is large
  /// enough to have the same bits made whole and in parts, if the library is one that keeps them.
  package func joinedNeighbours<S: Scalar>(_ tasks: [Task], as _: S.Type) -> [Task] {
    var result: [Task] = []
    for task in tasks {
      if let last = result.last, let joined = joined(last, task, size: MemoryLayout<S>.stride) {
        result[result.count - 1] = joined
      } else {
        result.append(task)
      }
    }
    return result
  }

  /// Two tasks as one, or nil where they are not alike and side by side.
  private func joined(_ first: Task, _ second: Task, size: Int) -> Task? {
    // One example alone goes through `gemv`, whose sums do depend on how many there are.
    guard first.kind == second.kind, first.layer == second.layer, first.isDivisible(in: self), rows > 1,
      multiplications(first) >= ProductParts.leastMultiplications,
      multiplications(second) >= ProductParts.leastMultiplications,
      !isTiled(first, size), !isTiled(second, size)
    else { return nil }
    let (rows, columns) = (first.rows, first.columns)
    guard columns.count % ProductParts.columnUnit == 0, second.columns.count % ProductParts.columnUnit == 0 else {
      return nil
    }
    if rows == second.rows, columns.upperBound == second.columns.lowerBound {
      return first.with(rows: rows, columns: columns.lowerBound..<second.columns.upperBound)
    }
    if columns == second.columns, rows.upperBound == second.rows.lowerBound,
      rows.count % ProductParts.rowUnit == 0
    {
      return first.with(rows: rows.lowerBound..<second.rows.upperBound, columns: columns)
    }
    return nil
  }

  /// Whether a task's product is made in tiles, which depend on the block.
  package func isTiled(_ task: Task, _ size: Int) -> Bool {
    guard let (product, depth) = product(task) else { return false }
    return product.tile(task.rows.count, task.columns.count, depth, size: size) != nil
  }

  /// The multiplications of a task's product.
  private func multiplications(_ task: Task) -> Int {
    task.rows.count * task.columns.count * (product(task)?.depth ?? 0)
  }

  /// A task's product, and what it is summed over.
  private func product(_ task: Task) -> (StepProduct, depth: Int)? {
    switch task.kind {
    case .forward, .output: shape.isDense(task.layer) ? (.forward, sizes[task.layer - 1]) : nil
    case .backward: shape.isDense(task.layer + 1) ? (.backward, sizes[task.layer + 1]) : nil
    case .update, .gradient: shape.isDense(task.layer) ? (.gradient, rows) : nil
    case .gather, .cost, .derive, .norm, .descend, .settle, .ahead, .overlap, .correct, .postpone: nil
    }
  }
}

extension Plan.Task {
  /// Whether nothing but its product depends on how large the block is: not where a sum of costs is made, nor where a panel's
  /// gradient should stay in cache until its update.
  fileprivate func isDivisible(in plan: Plan) -> Bool {
    switch kind {
    case .forward, .backward, .gradient: true
    case .update: plan.ending == .accumulated
    case .gather, .output, .cost, .derive, .norm, .descend, .settle, .ahead, .overlap, .correct, .postpone: false
    }
  }

  fileprivate func with(rows: Range<Int>, columns: Range<Int>) -> Plan.Task {
    Plan.Task(kind: kind, layer: layer, rows: rows, columns: columns, slot: slot, slots: slots, part: part)
  }
}
