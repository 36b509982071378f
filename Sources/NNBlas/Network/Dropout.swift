/// A layer that forgets: while training, each number is 0 with a probability p and else divided by 1 − p, so that its mean stays;
/// in predictions nothing happens.
///
/// Which numbers are dropped is a function of the trainer's seed, the step and the layer, on any number of threads.
///
/// Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout: A Simple Way to Prevent Neural Networks from
/// Overfitting", 2014; in the inverted form.
public struct Dropout: Layer, Codable {
  /// The probability p.
  public let rate: Double

  /// A layer that drops numbers with a probability from 0 to below 1.
  public init(_ rate: Double) { self.rate = rate }

  /// `Dropout(0.2)`.
  public var name: String { "Dropout(\(rate))" }

  /// As many as there are inputs.
  ///
  /// - Throws: `ShapeError.layerSetting` for a rate that is not from 0 to below 1.
  public func outputs(inputs: Int) throws(ShapeError) -> Int {
    guard rate >= 0, rate < 1 else {
      throw .layerSetting(
        operation: "Network", layer: "Dropout", name: "rate", found: shown(rate), expected: "a number from 0 to below 1"
      )
    }
    return inputs
  }

  /// What computes it.
  public func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
    DropoutComputation<S>(rate: rate)
  }
}

struct DropoutComputation<S: Scalar>: LayerComputation {
  private let keepScale: S
  private let threshold: UInt32

  init(rate: Double) {
    keepScale = S(1 / (1 - rate))
    threshold = UInt32(min((rate * 0x1p32).rounded(), 0x1p32 - 1))
  }

  var reach: LayerReach { .element }
  var keeps: Bool { true }
  var isIdentityInPrediction: Bool { true }

  func forward(_ pass: LayerPass<S>) {
    guard let kept = pass.kept, pass.isTraining else { return pass.output.copy(pass.input) }
    S._dropout(
      pass.output.pointer, mask: kept.pointer, pass.input.pointer, xStride: pass.input.stride, keep: keepScale,
      threshold: threshold,
      _RandomPlace(
        firstRow: pass.rows.lowerBound, firstColumn: pass.columns.lowerBound, width: pass.width,
        seed: pass.randomness.seed, layer: pass.randomness.layer, step: pass.randomness.step), pass.output.shape)
  }

  func backward(_ pass: LayerPass<S>, errors: MatrixBlock<S>, inputErrors: MutableMatrixBlock<S>) {
    inputErrors.copy(errors)
    if pass.isTraining { inputErrors.multiply(by: pass.keptBlock) }
  }
}
