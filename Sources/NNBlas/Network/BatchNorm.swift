/// A layer that brings each input to mean 0 and variance 1 over the batch, then to a scale γ and a shift β that it learns:
/// y = γ (x − μ) / √(σ² + ε) + β.
///
/// While training, μ and σ² are the batch's; running means and variances, for predictions, follow them:
/// running ← (1 − momentum) running + momentum batch, with the variance that divides by examples − 1. A frozen one uses the running
/// ones always. Of a batch of one example there is no variance: x − μ is 0 then, and the running variance stays.
///
/// Source: Ioffe and Szegedy, "Batch Normalization", 2015; momentum and ε as in PyTorch's `BatchNorm1d`.
public struct BatchNorm: Layer, Codable {
  /// How fast running means and variances follow.
  public let momentum: Double
  /// What is added to the variance.
  public let epsilon: Double

  /// A layer with a momentum from 0 to 1 and an ε above 0.
  public init(momentum: Double = 0.1, epsilon: Double = 1e-5) {
    (self.momentum, self.epsilon) = (momentum, epsilon)
  }

  /// As many as there are inputs.
  ///
  /// - Throws: `ShapeError.layerSetting` for a momentum or an ε out of its range.
  public func outputs(inputs: Int) throws(ShapeError) -> Int {
    try checkEpsilon(epsilon, of: "BatchNorm")
    guard momentum >= 0, momentum <= 1 else {
      throw .layerSetting(
        operation: "Network", layer: "BatchNorm", name: "momentum", found: shown(momentum),
        expected: "a number from 0 to 1")
    }
    return inputs
  }

  /// γ, from 1, and β, from 0.
  public func parameters(inputs: Int) -> [LayerArray] { normalizationParameters(inputs) }

  /// Running means, from 0, and variances, from 1.
  public func statistics(inputs: Int) -> [LayerArray] {
    [
      LayerArray("running_mean", .vector(inputs), start: .constant(0)),
      LayerArray("running_var", .vector(inputs), start: .constant(1)),
    ]
  }

  /// What computes it.
  public func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
    BatchNormComputation<S>(momentum: momentum, epsilon: epsilon)
  }
}

struct BatchNormComputation<S: Scalar>: LayerComputation {
  let momentum: Double
  let epsilon: Double

  var reach: LayerReach { .column }
  var keeps: Bool { true }

  func forward(_ pass: LayerPass<S>) {
    let (x, y, gamma) = (pass.input, pass.output, pass.parameters.start + pass.columns.lowerBound)
    let (columns, (mean, variance, inverse)) = (y.columns, moments(pass))
    if pass.isTraining {
      S._columnMoments(mean: mean, variance: variance, x.pointer, x.shape)
    } else {
      let running = pass.statistics.start + pass.columns.lowerBound
      mean.update(from: running, count: columns)
      variance.update(from: running + pass.width, count: columns)
    }
    S._inverseDeviations(inverse, variance, columns, epsilon: S(epsilon))
    S._normalizeColumns(
      y.pointer, normalized: pass.kept?.pointer, x.pointer, xStride: x.stride, mean: mean, inverseDeviation: inverse,
      gamma: gamma, beta: gamma + pass.width, y.shape)
  }

  /// The means, the variances, and 1 / √(variance + ε) of the block's columns.
  private func moments(_ pass: LayerPass<S>) -> (
    mean: UnsafeMutablePointer<S>, variance: UnsafeMutablePointer<S>, inverse: UnsafeMutablePointer<S>
  ) { (pass.keptOfColumns[0].start, pass.keptOfColumns[1].start, pass.keptOfColumns[2].start) }

  func backward(_ pass: LayerPass<S>, errors: MatrixBlock<S>, inputErrors: MutableMatrixBlock<S>) {
    let (columns, share, kept) = (errors.columns, 1 / S(errors.rows), pass.keptOfColumns)
    let (scale, meanError, meanProduct) = (kept[3].start, kept[4].start, kept[5].start)
    scale.update(from: moments(pass).inverse, count: columns)
    S._multiply(scale, by: pass.parameters.start + pass.columns.lowerBound, _BlockShape(count: columns))
    if pass.isTraining {
      S._columnSums(meanError, alpha: share, beta: 0, errors.pointer, errors.shape)
      S._columnDots(meanProduct, alpha: share, beta: 0, errors.pointer, pass.keptBlock.pointer, errors.shape)
    } else {
      // Running means and variances do not depend on the batch.
      S._fill(meanError, 0, columns)
      S._fill(meanProduct, 0, columns)
    }
    S._batchNormErrors(
      inputErrors.pointer, dxStride: inputErrors.stride, dy: errors.pointer, normalized: pass.keptBlock.pointer,
      scale: scale, meanError: meanError, meanProduct: meanProduct, errors.shape)
  }

  func gradient(
    _ pass: LayerPass<S>, errors: MatrixBlock<S>, into gradient: UnsafeMutableBufferPointer<S>, scale: S, adds: Bool
  ) {
    addNormalizationGradient(pass, errors, gradient, scale, adds)
  }

  func gather(_ statistics: UnsafeMutableBufferPointer<S>, _ pass: LayerPass<S>) {
    let (width, rows, (mean, variance, _)) = (pass.width, pass.rows.count, moments(pass))
    S._average(statistics.start, mean, width, rate: S(momentum))
    guard rows > 1 else { return }
    S._scale(variance, width, by: S(Double(rows) / Double(rows - 1)))
    S._average(statistics.start + width, variance, width, rate: S(momentum))
  }
}
