/// Everything that a worker needs for one step, in plain addresses: no reference is counted and no access checked on the
/// way. Worker 0 writes it between steps, all read it.
struct StepContext<S: Scalar> {
  var schedule: Schedule.View
  let layers: UnsafePointer<Workspace<S>.Layer>
  let costs: UnsafeMutablePointer<Double>
  let scratch: UnsafeMutablePointer<S>
  let scratchStride: Int
  let cost: Cost
  /// This step's batch; a worker with a copy of its own finds it so many strides further on.
  var batch: Workspace<S>.Batch
  let inputStride: Int
  let targetStride: Int
  /// The flat buffer of the network.
  var parameters: UnsafeMutablePointer<S>
  var rule: UpdateRule<S>
  /// The batch to be fetched, which is the next one's in training: none where there is no count.
  var examples: ExampleSource?
  var fetchIndices: UnsafePointer<Int32>
  var fetchCount: Int
  var fetchBatch: Workspace<S>.Batch
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
  /// - Returns: The sum of the costs of its examples. Where it is not finite, nothing has been updated.
  @inline(__always)
  func run(worker: Int, barrier: Barrier) -> Double {
    let clock = PhaseClock(profile.map { $0 + worker })
    var sum = 0.0
    // Far apart in memory, they arrive while the first products are made.
    if inputStride > 0, let examples { examples.prefetch(fetchIndices, count: fetchCount) }
    for stage in 0..<schedule.stageCount {
      for task in schedule.tasks(of: worker, stage: stage) { run(task, worker: worker, clock) }
      // The team meets at the end.
      if stage == schedule.stageCount - 1, stage != schedule.costStage { break }
      barrier.wait()
      clock.mark(.wait)
      if stage == schedule.costStage {
        sum = costSum
        // In a replay there is no cost.
        if !sum.isFinite, !isReplay { break }
      }
    }
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
      let (z, shape) = forward(task, worker)
      clock.mark(.forward)
      S._activate(layers[task.layer].activation.function, z, shape, bias: bias(task))
      clock.mark(.activation)
    case .output:
      let (z, shape) = forward(task, worker)
      clock.mark(.forward)
      let offset = task.rows.lowerBound * layers[task.layer].stride + task.columns.lowerBound
      costs[task.cost] = cost.finish(
        layers[task.layer].activation, z, errors: layers[task.layer].errors + offset,
        y: batch.targets + worker * targetStride + offset,
        bias: bias(task), shape)
      clock.mark(.cost)
    case .backward: backward(task, clock)
    case .update: update(task, worker: worker, clock)
    }
  }

  private func replay(_ task: Plan.Task, worker: Int, _ clock: PhaseClock) {
    switch task.kind {
    case .gather: break
    case .forward, .output: _ = forward(task, worker)
    case .backward: backward(task, clock)
    case .update: update(task, worker: worker, clock)
    }
  }

  // MARK: Tasks

  private func gather(_ rows: Range<Int>, _ worker: Int) {
    let count = min(rows.upperBound, fetchCount) - rows.lowerBound
    guard count > 0, let examples else { return }
    examples.gather(
      fetchIndices + rows.lowerBound, count: count,
      inputs: fetchBatch.inputs + worker * inputStride + rows.lowerBound * examples.inputWidth,
      targets: fetchBatch.targets + worker * targetStride + rows.lowerBound * examples.targetWidth)
  }

  /// Biases are added with the activation; for one example they are where the product starts.
  private func bias(_ task: Plan.Task) -> UnsafePointer<S>? {
    task.rows.count == 1 ? nil : UnsafePointer(parameters + layers[task.layer].biases + task.columns.lowerBound)
  }

  /// A layer's input (rows × width of the layer before).
  @inline(__always)
  private func input(_ layer: Int, _ worker: Int) -> (a: UnsafeMutablePointer<S>, stride: Int) {
    layer == 1
      ? (batch.inputs + worker * inputStride, layers[0].stride) : (layers[layer - 1].a, layers[layer - 1].stride)
  }

  /// Z = A Wᵀ, a block of it: one `gemm`, or for one example z = W a + b, one `gemv`.
  @inline(__always)
  private func forward(_ task: Plan.Task, _ worker: Int) -> (UnsafeMutablePointer<S>, _BlockShape) {
    let (layer, below) = (layers[task.layer], layers[task.layer - 1].width)
    let (rows, columns) = (task.rows.count, task.columns.count)
    let (input, stride) = input(task.layer, worker)
    let a = input + task.rows.lowerBound * stride
    let w = parameters + layer.weights + task.columns.lowerBound * below
    let z = layer.a + task.rows.lowerBound * layer.stride + task.columns.lowerBound
    if rows == 1 {
      z.update(from: parameters + layer.biases + task.columns.lowerBound, count: columns)
      S._gemv(false, Int32(columns), Int32(below), 1, w, Int32(below), a, 1, z)
    } else {
      S._gemm(
        false, true, Int32(rows), Int32(columns), Int32(below), 1, a, Int32(stride), w, Int32(below), 0, z,
        Int32(layer.stride))
    }
    return (z, _BlockShape(rows: rows, columns: columns, stride: layer.stride))
  }

  /// δ = δ′ W ⊙ f′(Z), a block of it: one `gemm`, or for one example δ = Wᵀ δ′ ⊙ f′(z), one `gemv`.
  @inline(__always)
  private func backward(_ task: Plan.Task, _ clock: PhaseClock) {
    let (layer, above) = (layers[task.layer], layers[task.layer + 1])
    let (rows, columns) = (task.rows.count, task.columns.count)
    let offset = task.rows.lowerBound * layer.stride + task.columns.lowerBound
    let w = parameters + above.weights + task.columns.lowerBound
    let (source, target) = (above.errors + task.rows.lowerBound * above.stride, layer.errors + offset)
    if rows == 1 {
      S._fill(target, 0, columns)
      S._gemv(true, Int32(above.width), Int32(columns), 1, w, Int32(layer.width), source, 1, target)
    } else {
      S._gemm(
        false, false, Int32(rows), Int32(columns), Int32(above.width), 1, source, Int32(above.stride), w,
        Int32(layer.width), 0, target, Int32(layer.stride))
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
  /// A plain gradient step adds −η ∇W in the same `gemm`, or for one example the same `ger`, and stores no gradient.
  @inline(__always)
  private func update(_ task: Plan.Task, worker: Int, _ clock: PhaseClock) {
    let (layer, below) = (layers[task.layer], layers[task.layer - 1].width)
    let (count, neurons) = (schedule.rows, task.rows.count)
    let errors = layer.errors + task.rows.lowerBound
    let (a, stride) = input(task.layer, worker)
    let (weights, biases) = (layer.weights + task.rows.lowerBound * below, layer.biases + task.rows.lowerBound)
    let errorShape = _BlockShape(rows: count, columns: neurons, stride: layer.stride)
    if case .sgd(let rate) = rule {
      let alpha = -rate / S(count)
      if count == 1 {
        S._ger(Int32(neurons), Int32(below), alpha, errors, a, parameters + weights, Int32(below))
      } else {
        S._gemm(
          true, false, Int32(neurons), Int32(below), Int32(count), alpha, errors, Int32(layer.stride), a, Int32(stride),
          1, parameters + weights, Int32(below))
      }
      if !isReplay { S._columnSums(parameters + biases, alpha: alpha, beta: 1, errors, errorShape) }
      return clock.mark(.update)
    }
    let gradient = scratch + worker * scratchStride
    let alpha = 1 / S(count)
    if !isReplay {
      S._columnSums(gradient, alpha: alpha, beta: 0, errors, errorShape)
      rule.apply(to: parameters, at: biases, gradient, neurons)
    }
    S._gemm(
      true, false, Int32(neurons), Int32(below), Int32(count), alpha, errors, Int32(layer.stride), a, Int32(stride), 0,
      gradient, Int32(below))
    clock.mark(.backward)
    if isReplay { return }
    rule.apply(to: parameters, at: weights, gradient, neurons * below)
    clock.mark(.update)
  }
}
