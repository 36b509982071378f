/// Everything that a worker needs for one step, in plain addresses: no reference is counted and no access checked on the
/// way. Worker 0 writes it between steps, all read it.
struct StepContext<S: Scalar> {
  var schedule: Schedule.View
  /// The stages of this round: all, those before or after the gradient is seen, or those of a block or of a step in it.
  var stages: Range<Int>
  let layers: UnsafePointer<Workspace<S>.Layer>
  /// What layers compute that are no products.
  let computations: UnsafePointer<any LayerComputation<S>>
  let costs: UnsafeMutablePointer<Double>
  let norms: UnsafeMutablePointer<Double>
  let magnitudes: Magnitudes
  let scratch: UnsafeMutablePointer<S>
  let scratchStride: Int
  let cost: CostRule<S>
  /// This step's batch, or, before the first step of a block, that of the deferred updates.
  var batch: Workspace<S>.Batch
  /// The flat buffer of the network.
  var parameters: UnsafeMutablePointer<S>
  /// What the network's layers gather, in one flat buffer.
  var statistics: UnsafeMutablePointer<S>
  /// Whether a step changes nothing where its cost or gradient may not be finite.
  var isGuarded = false
  /// Whether this step's batch is gathered: not where only a gradient is asked for.
  var gathersStatistics = false
  /// The flat gradient, where the plan stores it.
  var gradient: UnsafeMutablePointer<S>
  /// How many examples the gradient is the mean of, and whether it is added to the stored gradient.
  var gradientExamples: S = 1
  var addsGradient = false
  var rule: UpdateRule<S>
  /// What random numbers are a function of.
  var seed: UInt64 = 0
  var batchNumber: UInt32 = 0
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

  /// What the sum of the examples' gradients is multiplied by.
  @inline(__always)
  var gradientScale: S { 1 / gradientExamples }

  /// A worker's share of the step.
  ///
  /// - Returns: What the step came to, where it was one.
  @inline(__always)
  func run(worker: Int, barrier: Barrier) -> StepOutcome? {
    let clock = PhaseClock(profile.map { $0 + worker })
    var outcome: StepOutcome?
    if stages == schedule.firstRound {
      magnitudes.clear(worker: worker)
      // Far apart in memory, they arrive while the first products are made.
      if batch.inputStride > 0, let examples { examples.prefetch(fetchIndices, count: fetchCount) }
    }
    for stage in stages {
      for task in schedule.tasks(of: worker, stage: stage) { run(task, worker: worker, clock) }
      // The team meets at the end.
      if stage == stages.upperBound - 1, stage != schedule.guardStage { break }
      barrier.wait(worker)
      clock.mark(.wait)
      if stage == schedule.guardStage {
        let sum = costSum
        let isSound = isSound(costSum: sum, worker: worker)
        outcome = StepOutcome(costSum: sum, isSound: isSound)
        if !isSound { break }
      }
    }
    if upcomingCount > 0, let examples { examples.prefetch(fetchIndices + fetchCount, count: upcomingCount) }
    return outcome
  }

  @inline(__always)
  func run(_ task: Plan.Task, worker: Int, _ clock: PhaseClock) {
    if isReplay { return replay(task, worker: worker, clock) }
    switch task.kind {
    case .gather:
      gather(task.rows, worker)
      clock.mark(.gather)
    case .forward:
      if !layers[task.layer].isDense {
        compute(task, worker, clock)
        break
      }
      let (z, shape, bias) = forward(task, worker)
      clock.mark(.forward)
      S._activate(layers[task.layer].function, z, shape, bias: bias)
      noteOutputs(task, worker)
      clock.mark(.activation)
    case .output:
      let (z, shape, bias) = forward(task, worker)
      clock.mark(.forward)
      finish(task, worker, layers[task.layer].function, z, bias, shape)
      clock.mark(.cost)
    case .cost:
      let layer = layers[task.layer]
      let z = layer.a + task.rows.lowerBound * layer.stride + task.columns.lowerBound
      let shape = _BlockShape(rows: task.rows.count, columns: task.columns.count, stride: layer.stride)
      finish(task, worker, .identity, z, nil, shape)
      clock.mark(.cost)
    case .backward: backward(task, worker, clock)
    case .derive: derive(task, worker, clock)
    case .update: update(task, worker: worker, clock)
    case .gradient: storeGradient(task, worker: worker, clock)
    case .norm: sumSquares(task, clock)
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
    case .gather, .cost, .derive, .norm, .descend, .postpone: break
    case .forward, .output: if layers[task.layer].isDense { _ = forward(task, worker) }
    case .backward: if layers[task.layer + 1].isDense { backward(task, worker, clock) }
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
    let magnitudes = fetchBatch.magnitudes + worker * fetchBatch.magnitudeStride + rows.lowerBound
    examples.gather(
      fetchIndices + rows.lowerBound, count: count,
      inputs: fetchBatch.inputs + worker * fetchBatch.inputStride + rows.lowerBound * examples.inputWidth,
      targets: fetchBatch.targets + worker * fetchBatch.targetStride + rows.lowerBound * examples.targetWidth,
      magnitudes: isGuarded ? magnitudes : nil)
    if let weights = fetchBatch.weights {
      examples.gatherWeights(
        fetchIndices + rows.lowerBound, count: count, into: weights + worker * fetchBatch.weightStride + rows.lowerBound
      )
    }
  }

  /// A block of the last layer's errors, and its cost: times the examples' weights, where they have some.
  @inline(__always)
  private func finish(
    _ task: Plan.Task, _ worker: Int, _ function: _ElementwiseFunction, _ z: UnsafeMutablePointer<S>,
    _ bias: UnsafePointer<S>?, _ shape: _BlockShape
  ) {
    let layer = layers[task.layer]
    let offset = task.rows.lowerBound * layer.stride + task.columns.lowerBound
    let (errors, y) = (layer.errors + offset, UnsafePointer(batch.targets + worker * batch.targetStride + offset))
    defer {
      if isGuarded, layer.isDense, layer.learns {
        magnitudes.noteErrors(S._largestMagnitude(errors, shape), layer: task.layer, worker: worker)
      }
    }
    guard let weights = batch.weights else {
      costs[task.part] = cost.finish(function, z, errors: errors, y: y, bias: bias, shape)
      return
    }
    // The kernels sum the costs of a block: each example is one.
    let row = _BlockShape(rows: 1, columns: shape.columns, stride: shape.stride)
    let factors = weights + worker * batch.weightStride + task.rows.lowerBound
    var sum = 0.0
    for example in 0..<shape.rows {
      let start = example * shape.stride
      let cost = cost.finish(function, z + start, errors: errors + start, y: y + start, bias: bias, row)
      sum += Double(factors[example]) * cost
    }
    S._scaleRows(errors, by: factors, shape)
    costs[task.part] = sum
  }

  /// A layer's input (rows × width of the layer before).
  @inline(__always)
  func input(_ layer: Int, _ worker: Int) -> (a: UnsafePointer<S>, stride: Int) {
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
  private func backward(_ task: Plan.Task, _ worker: Int, _ clock: PhaseClock) {
    let (layer, above) = (layers[task.layer], layers[task.layer + 1])
    let (rows, columns) = (task.rows.count, task.columns.count)
    let offset = task.rows.lowerBound * layer.stride + task.columns.lowerBound
    let target = layer.errors + offset
    if above.isDense {
      let w = UnsafePointer(parameters + above.weights + task.columns.lowerBound)
      let source = UnsafePointer(above.errors + task.rows.lowerBound * above.stride)
      if rows == 1 {
        S._fill(target, 0, columns)
        S._gemv(true, Int32(above.width), Int32(columns), 1, w, Int32(layer.width), source, 1, target)
      } else {
        StepProduct.backward.multiply(
          rows, columns, above.width, 1, (source, above.stride), (w, layer.width), 0, into: (target, layer.stride))
      }
    } else {
      computeErrors(task, worker)
    }
    clock.mark(.backward)
    // The input has no outputs of its own.
    if isReplay || !layer.isDense || task.layer == 0 { return }
    let largest = S._multiplyByDerivative(
      layer.function, target, a: layer.a + offset, _BlockShape(rows: rows, columns: columns, stride: layer.stride))
    magnitudes.noteErrors(largest.error, layer: task.layer, worker: worker)
    magnitudes.noteOutputs(largest.a, layer: task.layer, worker: worker)
    clock.mark(.activation)
  }
}
