// The tasks that change parameters.

extension StepContext {
  /// ∇W = δᵀ A / examples and ∇b = δᵀ 1 / examples for some neurons, and their update.
  ///
  /// A plain gradient step adds −η ∇W in the product itself, for one example in the `ger`, and stores no gradient.
  @inline(__always)
  func update(_ task: Plan.Task, worker: Int, _ clock: PhaseClock) {
    let layer = layers[task.layer]
    if !layer.isDense {
      if isReplay { return }
      computeUpdate(task, worker)
    } else if schedule.addsToWeights {
      let (weights, biases) = places(task)
      addGradient(
        task, worker, -rule.rate / gradientExamples, betas: (rule.weightFactor, 1), parameters + weights,
        parameters + biases)
    } else {
      let (weights, biases) = places(task)
      let (gradient, count) = (scratch + worker * scratchStride, task.rows.count * task.columns.count)
      addGradient(task, worker, gradientScale, betas: (0, 0), gradient, gradient + count)
      clock.mark(.backward)
      if isReplay { return }
      rule.apply(to: parameters, at: weights, gradient, count, isPenalized: true)
      rule.apply(to: parameters, at: biases, gradient + count, task.rows.count, isPenalized: false)
    }
    clock.mark(.update)
  }

  /// ∇W and ∇b of some neurons, into the flat gradient.
  func storeGradient(_ task: Plan.Task, worker: Int, _ clock: PhaseClock) {
    if layers[task.layer].isDense {
      let (weights, biases) = places(task)
      let beta: S = addsGradient ? 1 : 0
      addGradient(task, worker, gradientScale, betas: (beta, beta), gradient + weights, gradient + biases)
    } else if !isReplay {
      computeGradient(task, worker)
    }
    clock.mark(.backward)
  }

  /// The sum of squares of some neurons' derivatives.
  func sumSquares(_ task: Plan.Task, _ clock: PhaseClock) {
    let layer = layers[task.layer]
    if layer.isDense {
      let (weights, biases) = places(task)
      norms[task.part] =
        S._sumOfSquares(gradient + weights, task.rows.count * task.columns.count)
        + S._sumOfSquares(gradient + biases, task.rows.count)
    } else {
      norms[task.part] = S._sumOfSquares(gradient + layer.weights, layer.parameterCount)
    }
    clock.mark(.update)
  }

  /// What the stored gradient is multiplied by so that its norm is within the limit.
  private var clippingScale: S {
    guard rule.normLimit < .infinity else { return 1 }
    var sum = 0.0
    for index in 0..<schedule.normCount { sum += norms[index] }
    let norm = sum.squareRoot()
    return norm > Double(rule.normLimit) ? S(Double(rule.normLimit) / norm) : 1
  }

  /// The update of some neurons from the flat gradient.
  func descend(_ task: Plan.Task, _ clock: PhaseClock) {
    let (layer, scale) = (layers[task.layer], clippingScale)
    func apply(_ offset: Int, _ count: Int, isPenalized: Bool) {
      rule.apply(
        to: parameters, at: offset, gradient + offset, count, isPenalized: isPenalized, scale: scale)
    }
    if layer.isDense {
      let (weights, biases) = places(task)
      apply(weights, task.rows.count * task.columns.count, isPenalized: true)
      apply(biases, task.rows.count, isPenalized: false)
    } else {
      apply(layer.weights, layer.penalized, isPenalized: true)
      apply(layer.weights + layer.penalized, layer.parameterCount - layer.penalized, isPenalized: false)
    }
    clock.mark(.update)
  }

  /// Where the weights and biases of some neurons start in the flat buffers.
  func places(_ task: Plan.Task) -> (weights: Int, biases: Int) {
    let layer = layers[task.layer]
    return (layer.weights + task.rows.lowerBound * task.columns.count, layer.biases + task.rows.lowerBound)
  }

  /// W ← α δᵀ A + β W and b ← α δᵀ 1 + β′ b for some neurons; for one example one `ger`.
  @inline(__always)
  private func addGradient(
    _ task: Plan.Task, _ worker: Int, _ alpha: S, betas: (S, S), _ weights: UnsafeMutablePointer<S>,
    _ biases: UnsafeMutablePointer<S>
  ) {
    let (layer, count, neurons, below) = (layers[task.layer], schedule.rows, task.rows.count, task.columns.count)
    let errors = UnsafePointer(layer.errors + task.rows.lowerBound)
    let (a, stride) = input(task.layer, worker)
    if count == 1 {
      if betas.0 == 0 {
        S._fill(weights, 0, neurons * below)
      } else if betas.0 != 1 {
        S._scale(weights, neurons * below, by: betas.0)
      }
      S._ger(Int32(neurons), Int32(below), alpha, errors, a, weights, Int32(below))
    } else {
      StepProduct.gradient.multiply(
        neurons, below, count, alpha, (errors, layer.stride), (a, stride), betas.0, into: (weights, below))
    }
    if isReplay { return }
    let shape = _BlockShape(rows: count, columns: neurons, stride: layer.stride)
    S._columnSums(biases, alpha: alpha, beta: betas.1, errors, shape)
  }
}
