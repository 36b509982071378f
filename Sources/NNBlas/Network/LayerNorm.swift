/// A layer that brings each example's numbers to mean 0 and variance 1, then to a scale γ and a shift β that it learns:
/// y = γ (x − μ) / √(σ² + ε) + β, with μ and σ² of the example.
///
/// Source: Ba, Kiros and Hinton, "Layer Normalization", 2016; ε as in PyTorch's `LayerNorm`.
public struct LayerNorm: Layer, Codable {
  /// What is added to the variance.
  public let epsilon: Double

  /// A layer with an ε above 0.
  public init(epsilon: Double = 1e-5) { self.epsilon = epsilon }

  /// As many as there are inputs.
  ///
  /// - Throws: `ShapeError.layerSetting` for an ε that is not above 0 and finite.
  public func outputs(inputs: Int) throws(ShapeError) -> Int {
    try checkEpsilon(epsilon, of: "LayerNorm")
    return inputs
  }

  /// γ, from 1, and β, from 0.
  public func parameters(inputs: Int) -> [LayerArray] { normalizationParameters(inputs) }

  /// What computes it.
  public func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
    LayerNormComputation<S>(epsilon: S(epsilon))
  }
}

/// γ and β, as PyTorch calls them.
func normalizationParameters(_ inputs: Int) -> [LayerArray] {
  [
    LayerArray("weight", .vector(inputs), start: .constant(1)),
    LayerArray("bias", .vector(inputs), start: .constant(0)),
  ]
}

func checkEpsilon(_ epsilon: Double, of layer: String) throws(ShapeError) {
  guard epsilon >= Double(Float.leastNormalMagnitude), Float(epsilon).isFinite else {
    throw .layerSetting(
      operation: "Network", layer: layer, name: "epsilon", found: shown(epsilon),
      expected: "a number above 0 and finite")
  }
}

struct LayerNormComputation<S: Scalar>: LayerComputation {
  let epsilon: S

  var reach: LayerReach { .row }
  var keeps: Bool { true }

  func forward(_ pass: LayerPass<S>) {
    let (y, gamma) = (pass.output, pass.parameters.start)
    S._layerNorm(
      y.pointer, normalized: pass.kept?.pointer, inverseDeviations: pass.kept == nil ? nil : pass.keptOfRows.start,
      pass.input.pointer, xStride: pass.input.stride, gamma: gamma, beta: gamma + y.columns, epsilon: epsilon, y.shape)
  }

  func backward(_ pass: LayerPass<S>, errors: MatrixBlock<S>, inputErrors: MutableMatrixBlock<S>) {
    S._layerNormErrors(
      inputErrors.pointer, dxStride: inputErrors.stride, dy: errors.pointer, normalized: pass.keptBlock.pointer,
      inverseDeviations: UnsafePointer(pass.keptOfRows.start), gamma: pass.parameters.start, errors.shape)
  }

  func gradient(
    _ pass: LayerPass<S>, errors: MatrixBlock<S>, into gradient: UnsafeMutableBufferPointer<S>, scale: S, adds: Bool
  ) {
    addNormalizationGradient(pass, errors, gradient, scale, adds)
  }
}

/// ∇γ = Σ δ x̂ and ∇β = Σ δ over the batch.
func addNormalizationGradient<S: Scalar>(
  _ pass: LayerPass<S>, _ errors: MatrixBlock<S>, _ gradient: UnsafeMutableBufferPointer<S>, _ scale: S, _ adds: Bool
) {
  let beta: S = adds ? 1 : 0
  S._columnDots(
    gradient.start, alpha: scale, beta: beta, errors.pointer, pass.keptBlock.pointer, errors.shape)
  S._columnSums(gradient.start + errors.columns, alpha: scale, beta: beta, errors.pointer, errors.shape)
}

extension UnsafeBufferPointer {
  /// The address of the first element; some other where there is none, of which nothing is read.
  var start: UnsafePointer<Element> { baseAddress ?? UnsafePointer(bitPattern: 64).unsafelyUnwrapped }
}

extension UnsafeMutableBufferPointer {
  /// The address of the first element; some other where there is none, to which nothing is written.
  var start: UnsafeMutablePointer<Element> { baseAddress ?? UnsafeMutablePointer(bitPattern: 64).unsafelyUnwrapped }
}
