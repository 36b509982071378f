/// An activation, as the package's own and yours are written: a value and a slope for each z.
///
/// ```swift
/// struct Bent: ActivationFunction {
///   var name: String { "bent-identity" }
///   func evaluate(_ z: Double) -> (value: Double, slope: Double) {
///     let root = (z * z + 1).squareRoot()
///     return ((root - 1) / 2 + z, z / (2 * root) + 1)
///   }
/// }
/// let layer = Dense(30, activation: .custom(Bent()))
/// ```
///
/// It is for one scalar, the one that `evaluate` takes, and runs there as fast as a loop over that function: with optimization the
/// compiler makes one of `apply`.
public protocol ActivationFunction<Number>: Sendable, Hashable {
  /// `Float` or `Double`.
  associatedtype Number: Scalar
  /// As summaries and errors call it.
  var name: String { get }
  /// f(z) and f′(z).
  func evaluate(_ z: Number) -> (value: Number, slope: Number)
  /// a ← f(z) and, where they are asked for, slopes ← f′(z), of a whole block. The default calls `evaluate` for every element.
  func apply(_ z: MatrixBlock<Number>, to a: MutableMatrixBlock<Number>, slopes: MutableMatrixBlock<Number>?)
}

extension ActivationFunction {
  /// Calls `evaluate` for every element.
  @inlinable
  public func apply(_ z: MatrixBlock<Number>, to a: MutableMatrixBlock<Number>, slopes: MutableMatrixBlock<Number>?) {
    for row in 0..<z.rows {
      let (from, to) = (z[row], a[row])
      if let slopes {
        let slope = slopes[row]
        for column in 0..<z.columns { (to[column], slope[column]) = evaluate(from[column]) }
      } else {
        for column in 0..<z.columns { to[column] = evaluate(from[column]).value }
      }
    }
  }
}

/// The package's own functions whose slope has to be made of z.
struct SlopedActivation<S: Scalar>: ActivationFunction {
  let function: _SlopedFunction

  var name: String { "\(function)" }

  func evaluate(_ z: S) -> (value: S, slope: S) {
    var (value, slope) = (z, S(0))
    S._activate(function, &value, slope: &slope, _BlockShape(count: 1), bias: nil)
    return (value, slope)
  }

  func apply(_ z: MatrixBlock<S>, to a: MutableMatrixBlock<S>, slopes: MutableMatrixBlock<S>?) {
    a.copy(z)
    if let slopes, slopes.stride != a.stride {
      for row in 0..<a.rows {
        S._activate(
          function, a.pointer + row * a.stride, slope: slopes.pointer + row * slopes.stride,
          _BlockShape(count: a.columns), bias: nil)
      }
    } else {
      S._activate(function, a.pointer, slope: slopes?.pointer, a.shape, bias: nil)
    }
  }
}

/// A layer that does the same with every number, and keeps the slopes for the way back.
struct ActivationComputation<Function: ActivationFunction>: LayerComputation {
  let function: Function

  var reach: LayerReach { .element }
  var keeps: Bool { true }

  func forward(_ pass: LayerPass<Function.Number>) {
    function.apply(pass.input, to: pass.output, slopes: pass.kept)
  }

  func backward(
    _ pass: LayerPass<Function.Number>, errors: MatrixBlock<Function.Number>,
    inputErrors: MutableMatrixBlock<Function.Number>
  ) {
    inputErrors.copy(errors)
    inputErrors.multiply(by: pass.keptBlock)
  }
}

/// A function whose derivative follows from its result, where it is a layer of its own.
struct FusedActivation<S: Scalar>: LayerComputation {
  let function: _ElementwiseFunction

  var reach: LayerReach { .element }

  func forward(_ pass: LayerPass<S>) {
    pass.output.copy(pass.input)
    S._activate(function, pass.output.pointer, pass.output.shape, bias: nil)
  }

  func backward(_ pass: LayerPass<S>, errors: MatrixBlock<S>, inputErrors: MutableMatrixBlock<S>) {
    inputErrors.copy(errors)
    for row in 0..<errors.rows {
      S._multiplyByDerivative(
        function, inputErrors.pointer + row * inputErrors.stride, a: pass.output.pointer + row * pass.output.stride,
        _BlockShape(count: errors.columns))
    }
  }
}

/// eᶻⱼ / Σₖ eᶻₖ; δᵢ = aᵢ (δ′ᵢ − Σₖ δ′ₖ aₖ).
struct SoftmaxComputation<S: Scalar>: LayerComputation {
  var reach: LayerReach { .row }

  func forward(_ pass: LayerPass<S>) {
    pass.output.copy(pass.input)
    S._softmax(pass.output.pointer, pass.output.shape, bias: nil)
  }

  func backward(_ pass: LayerPass<S>, errors: MatrixBlock<S>, inputErrors: MutableMatrixBlock<S>) {
    inputErrors.copy(errors)
    for row in 0..<errors.rows {
      S._multiplyBySoftmaxDerivative(
        inputErrors.pointer + row * inputErrors.stride, p: pass.output.pointer + row * pass.output.stride,
        _BlockShape(count: errors.columns))
    }
  }
}
