/// Everything that a worker needs for one step, in plain addresses: no reference is counted and no access checked on the
/// way. Worker 0 writes it between steps, all read it.
struct StepContext<S: Scalar> {
  var schedule: Schedule.View
  /// The stages of this round: all, those before or after the gradient is seen, or those of a block or of a step in it.
  var stages: Range<Int>
  let layers: UnsafePointer<Workspace<S>.Layer>
  let costs: UnsafeMutablePointer<Double>
  let scratch: UnsafeMutablePointer<S>
  let scratchStride: Int
  let cost: Cost
  /// This step's batch, or, before the first step of a block, that of the deferred updates.
  var batch: Workspace<S>.Batch
  /// The flat buffer of the network.
  var parameters: UnsafeMutablePointer<S>
  /// The flat gradient, where the plan stores it.
  var gradient: UnsafeMutablePointer<S>
  var rule: UpdateRule<S>
  /// The batch to be fetched, which is the next one's in training: none where there is no count.
  var examples: ExampleSource?
  var fetchIndices: UnsafePointer<Int32>
  var fetchCount: Int
  var fetchBatch: Workspace<S>.Batch
  /// The examples after those, which are brought near.
  var upcomingCount = 0
  /// Where steps look ahead.
  var block: Lookahead<S>.View?
  /// Whether only the products are made, to be timed alone.
  var isReplay = false
  /// Where the workers' times are added up, or nil where nobody asks.
  var profile: UnsafeMutablePointer<PhaseTimes>?

  /// The cost of all examples of the step; the same sum on every worker.
  @inline(__always)
  var costSum: Double {
    var sum = 0.0
    for index in 0..<schedule.costCount { sum += costs[index] }
    return sum
  }

  /// A worker's share of the step.
  ///
  /// - Returns: The sum of the costs of its examples, where they were computed. Where it is not finite, nothing has been
  ///   updated, unless by a second round.
  @inline(__always)
  func run(worker: Int, barrier: Barrier) -> Double? {
    let clock = PhaseClock(profile.map { $0 + worker })
    var sum: Double?
    // Far apart in memory, they arrive while the first products are made.
    if stages == schedule.firstRound, batch.inputStride > 0, let examples {
      examples.prefetch(fetchIndices, count: fetchCount)
    }
    for stage in stages {
      for task in schedule.tasks(of: worker, stage: stage) { run(task, worker: worker, clock) }
      // The team meets at the end.
      if stage == stages.upperBound - 1, stage != schedule.costStage { break }
      barrier.wait(worker)
      clock.mark(.wait)
      if stage == schedule.costStage {
        let cost = costSum
        sum = cost
        // In a replay there is no cost.
        if !cost.isFinite, !isReplay, schedule.secondRound.isEmpty { break }
      }
    }
    if upcomingCount > 0, let examples { examples.prefetch(fetchIndices + fetchCount, count: upcomingCount) }
    return sum
  }

  @inline(__always)
  func run(_ task: Plan.Task, worker: Int, _ clock: PhaseClock) {
    if isReplay { return replay(task, worker: worker, clock) }
    switch task.kind {
    case .gather:
      gather(task.rows, worker)
      clock.mark(.gather)
    case .forward:
      let (z, shape, bias) = forward(task, worker)
      clock.mark(.forward)
      S._activate(layers[task.layer].activation.function, z, shape, bias: bias)
      clock.mark(.activation)
    case .output:
      let (z, shape, bias) = forward(task, worker)
      clock.mark(.forward)
      let offset = task.rows.lowerBound * layers[task.layer].stride + task.columns.lowerBound
      costs[task.cost] = cost.finish(
        layers[task.layer].activation, z, errors: layers[task.layer].errors + offset,
        y: batch.targets + worker * batch.targetStride + offset,
        bias: bias, shape)
      clock.mark(.cost)
    case .backward: backward(task, clock)
    case .update: update(task, worker: worker, clock)
    case .gradient: storeGradient(task, worker: worker, clock)
    case .descend: descend(task, clock)
    case .settle: settle(task, worker, clock)
    case .ahead: lookAhead(task, worker, clock)
    case .overlap: overlap(task, worker, clock)
    case .correct: correct(task, clock)
    case .postpone: postpone(task, clock)
    }
  }

  private func replay(_ task: Plan.Task, worker: Int, _ clock: PhaseClock) {
    switch task.kind {
    case .gather, .descend, .postpone: break
    case .forward, .output: _ = forward(task, worker)
    case .backward: backward(task, clock)
    case .update: update(task, worker: worker, clock)
    case .gradient: storeGradient(task, worker: worker, clock)
    case .settle: settle(task, worker, clock)
    case .ahead: lookAhead(task, worker, clock)
    case .overlap: overlap(task, worker, clock)
    case .correct: correct(task, clock)
    }
  }

  // MARK: Tasks

  private func gather(_ rows: Range<Int>, _ worker: Int) {
    let count = min(rows.upperBound, fetchCount) - rows.lowerBound
    guard count > 0, let examples else { return }
    examples.gather(
      fetchIndices + rows.lowerBound, count: count,
      inputs: fetchBatch.inputs + worker * fetchBatch.inputStride + rows.lowerBound * examples.inputWidth,
      targets: fetchBatch.targets + worker * fetchBatch.targetStride + rows.lowerBound * examples.targetWidth)
  }

  /// A layer's input (rows × width of the layer before).
  @inline(__always)
  private func input(_ layer: Int, _ worker: Int) -> (a: UnsafePointer<S>, stride: Int) {
    layer == 1
      ? (batch.inputs(of: worker), layers[0].stride)
      : (UnsafePointer(layers[layer - 1].a), layers[layer - 1].stride)
  }

  /// Z = A Wᵀ, a block of it, and the biases that are still to be added.
  @inline(__always)
  private func forward(_ task: Plan.Task, _ worker: Int) -> (
    UnsafeMutablePointer<S>, _BlockShape, bias: UnsafePointer<S>?
  ) {
    let (layer, below) = (layers[task.layer], layers[task.layer - 1].width)
    let (rows, columns) = (task.rows.count, task.columns.count)
    let (input, stride) = input(task.layer, worker)
    let a = input + task.rows.lowerBound * stride
    let w = parameters + layer.weights + task.columns.lowerBound * below
    let z = layer.a + task.rows.lowerBound * layer.stride + task.columns.lowerBound
    let bias = weightedInputs(
      Examples(rows: rows, pointer: a, stride: stride, isTransposed: false), width: below, w,
      parameters + layer.biases + task.columns.lowerBound, z, columns: columns, stride: layer.stride)
    return (z, _BlockShape(rows: rows, columns: columns, stride: layer.stride), bias)
  }

  /// δ = δ′ W ⊙ f′(Z), a block of it; for one example δ = Wᵀ δ′ ⊙ f′(z), one `gemv`.
  @inline(__always)
  private func backward(_ task: Plan.Task, _ clock: PhaseClock) {
    let (layer, above) = (layers[task.layer], layers[task.layer + 1])
    let (rows, columns) = (task.rows.count, task.columns.count)
    let offset = task.rows.lowerBound * layer.stride + task.columns.lowerBound
    let w = UnsafePointer(parameters + above.weights + task.columns.lowerBound)
    let (source, target) = (UnsafePointer(above.errors + task.rows.lowerBound * above.stride), layer.errors + offset)
    if rows == 1 {
      S._fill(target, 0, columns)
      S._gemv(true, Int32(above.width), Int32(columns), 1, w, Int32(layer.width), source, 1, target)
    } else {
      StepProduct.backward.multiply(
        rows, columns, above.width, 1, (source, above.stride), (w, layer.width), 0, into: (target, layer.stride))
    }
    clock.mark(.backward)
    if isReplay { return }
    S._multiplyByDerivative(
      layer.activation.function, target, a: layer.a + offset,
      _BlockShape(rows: rows, columns: columns, stride: layer.stride))
    clock.mark(.activation)
  }

  /// ∇W = δᵀ A / examples and ∇b = δᵀ 1 / examples for some neurons, and their update.
  ///
  /// A plain gradient step adds −η ∇W in the product itself, for one example in the `ger`, and stores no gradient.
  @inline(__always)
  private func update(_ task: Plan.Task, worker: Int, _ clock: PhaseClock) {
    let (weights, biases) = places(task)
    if case .sgd(let rate) = rule {
      addGradient(task, worker, -rate / S(schedule.rows), beta: 1, parameters + weights, parameters + biases)
    } else {
      let (gradient, count) = (scratch + worker * scratchStride, task.rows.count * task.columns.count)
      addGradient(task, worker, 1 / S(schedule.rows), beta: 0, gradient, gradient + count)
      clock.mark(.backward)
      if isReplay { return }
      rule.apply(to: parameters, at: weights, gradient, count)
      rule.apply(to: parameters, at: biases, gradient + count, task.rows.count)
    }
    clock.mark(.update)
  }

  /// ∇W and ∇b of some neurons, into the flat gradient.
  private func storeGradient(_ task: Plan.Task, worker: Int, _ clock: PhaseClock) {
    let (weights, biases) = places(task)
    addGradient(task, worker, 1 / S(schedule.rows), beta: 0, gradient + weights, gradient + biases)
    clock.mark(.backward)
  }

  /// The update of some neurons from the flat gradient.
  private func descend(_ task: Plan.Task, _ clock: PhaseClock) {
    let (weights, biases) = places(task)
    rule.apply(to: parameters, at: weights, gradient + weights, task.rows.count * task.columns.count)
    rule.apply(to: parameters, at: biases, gradient + biases, task.rows.count)
    clock.mark(.update)
  }

  /// Where the weights and biases of some neurons start in the flat buffers.
  func places(_ task: Plan.Task) -> (weights: Int, biases: Int) {
    let layer = layers[task.layer]
    return (layer.weights + task.rows.lowerBound * task.columns.count, layer.biases + task.rows.lowerBound)
  }

  /// W ← α δᵀ A + β W and b ← α δᵀ 1 + β b for some neurons; for one example one `ger`.
  @inline(__always)
  private func addGradient(
    _ task: Plan.Task, _ worker: Int, _ alpha: S, beta: S, _ weights: UnsafeMutablePointer<S>,
    _ biases: UnsafeMutablePointer<S>
  ) {
    let (layer, count, neurons, below) = (layers[task.layer], schedule.rows, task.rows.count, task.columns.count)
    let errors = UnsafePointer(layer.errors + task.rows.lowerBound)
    let (a, stride) = input(task.layer, worker)
    if count == 1 {
      if beta == 0 { S._fill(weights, 0, neurons * below) }
      S._ger(Int32(neurons), Int32(below), alpha, errors, a, weights, Int32(below))
    } else {
      StepProduct.gradient.multiply(
        neurons, below, count, alpha, (errors, layer.stride), (a, stride), beta, into: (weights, below))
    }
    if isReplay { return }
    let shape = _BlockShape(rows: count, columns: neurons, stride: layer.stride)
    S._columnSums(biases, alpha: alpha, beta: beta, errors, shape)
  }
}
