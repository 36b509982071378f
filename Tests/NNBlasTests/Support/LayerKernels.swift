import CElementwise
import NNBlas

/// The kernels of one level for one scalar that layers, costs and optimizers beyond the book's need.
struct LayerKernels<S> {
  typealias Out = UnsafeMutablePointer<S>
  typealias In = UnsafePointer<S>

  let activate: (nnblas_activation, S, Out, Int, Int, Int, In?) -> Void
  let multiplyByDerivative: (nnblas_activation, S, Out, In, Int, Int, Int) -> (error: S, a: S)
  let activateSloped: (nnblas_sloped, Out, Out?, Int, Int, Int, In?) -> Void
  let multiply: (Out, In, Int, Int, Int) -> Void
  let softmax: (Out, Int, Int, Int, In?) -> Void
  let multiplyBySoftmaxDerivative: (Out, In, Int, Int, Int) -> Void
  let quadratic: (nnblas_activation, S, S, Out, In, In, Int, Int, Int) -> Double
  let absolute: (S, Out, In, In, Int, Int, Int) -> Double
  let huber: (S, S, Out, In, In, Int, Int, Int) -> Double
  let sigmoidCrossEntropy: (Out, Bool, Out, In, Int, Int, Int) -> Double
  let softmaxCrossEntropy: (Out, In, In, S, S, Int, Int, Int) -> Double
  let scaleRows: (Out, In, Int, Int, Int) -> Void
  let columnDots: (Out, S, S, In, In, Int, Int, Int) -> Void
  let sumOfSquares: (In, Int) -> Double
  let momentum: (Out, Out, In, Int, S, S, Bool) -> Void
  let rmsProp: (Out, Out, In, Int, S, S, S, S) -> Void
  let regularize: (Out, In, Int, S, S, S, S) -> Void
  let average: (Out, In, Int, S) -> Void
  let scale: (Out, Int, S) -> Void
  let layerNorm: (Out, Out?, Out?, In, Int, In, In, S, Int, Int, Int) -> Void
  let layerNormErrors: (Out, Int, In, In, In, In, Int, Int, Int) -> Void
  let columnMoments: (Out, Out, In, Int, Int, Int) -> Void
  let normalizeColumns: (Out, Out?, In, Int, In, In, In, In, Int, Int, Int) -> Void
  let batchNormErrors: (Out, Int, In, In, In, In, In, Int, Int, Int) -> Void
  let dropout: (Out, Out, In, Int, S, UInt32, UnsafePointer<nnblas_place>, Int, Int, Int) -> Void
}

extension KernelScalar {
  /// Nil where the processor has not got the level.
  static func layerKernels(_ level: SIMDLevel) -> LayerKernels<Self>? {
    if Self.self == Float.self { return floatKernels(level) as? LayerKernels<Self> }
    return doubleKernels(level) as? LayerKernels<Self>
  }
}

private func floatKernels(_ level: SIMDLevel) -> LayerKernels<Float>? {
  guard let table = nnblas_kernels_f32(level.code)?.pointee else { return nil }
  return LayerKernels(
    activate: table.activate,
    multiplyByDerivative: {
      let found = table.multiply_by_derivative($0, $1, $2, $3, $4, $5, $6)
      return (found.error, found.a)
    }, activateSloped: table.activate_sloped,
    multiply: table.multiply, softmax: table.softmax, multiplyBySoftmaxDerivative: table.multiply_by_softmax_derivative,
    quadratic: table.quadratic, absolute: table.absolute, huber: table.huber,
    sigmoidCrossEntropy: table.sigmoid_cross_entropy, softmaxCrossEntropy: table.softmax_cross_entropy,
    scaleRows: table.scale_rows, columnDots: table.column_dots, sumOfSquares: table.sum_of_squares,
    momentum: table.momentum, rmsProp: table.rms_prop, regularize: table.regularize, average: table.average,
    scale: table.scale, layerNorm: table.layer_norm, layerNormErrors: table.layer_norm_errors,
    columnMoments: table.column_moments, normalizeColumns: table.normalize_columns,
    batchNormErrors: table.batch_norm_errors, dropout: table.dropout)
}

private func doubleKernels(_ level: SIMDLevel) -> LayerKernels<Double>? {
  guard let table = nnblas_kernels_f64(level.code)?.pointee else { return nil }
  return LayerKernels(
    activate: table.activate,
    multiplyByDerivative: {
      let found = table.multiply_by_derivative($0, $1, $2, $3, $4, $5, $6)
      return (found.error, found.a)
    }, activateSloped: table.activate_sloped,
    multiply: table.multiply, softmax: table.softmax, multiplyBySoftmaxDerivative: table.multiply_by_softmax_derivative,
    quadratic: table.quadratic, absolute: table.absolute, huber: table.huber,
    sigmoidCrossEntropy: table.sigmoid_cross_entropy, softmaxCrossEntropy: table.softmax_cross_entropy,
    scaleRows: table.scale_rows, columnDots: table.column_dots, sumOfSquares: table.sum_of_squares,
    momentum: table.momentum, rmsProp: table.rms_prop, regularize: table.regularize, average: table.average,
    scale: table.scale, layerNorm: table.layer_norm, layerNormErrors: table.layer_norm_errors,
    columnMoments: table.column_moments, normalizeColumns: table.normalize_columns,
    batchNormErrors: table.batch_norm_errors, dropout: table.dropout)
}
