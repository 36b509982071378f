private import CElementwise

// The door to CElementwise: the only file that imports it. It is long because every kernel is named once for each scalar.

/// Which instructions of the processor the loops over elements use: chosen when a process starts, the same until it ends.
///
/// The environment variable `NNBLAS_SIMD` asks for a level below the widest, as `portable` or `avx2`. Results of two levels
/// differ by roundings.
public enum SIMDLevel: String, CaseIterable, Codable, Sendable, CustomStringConvertible {
  /// Plain C, for any processor.
  case portable
  /// 256-bit vectors of x86-64 processors with AVX2 and FMA.
  case avx2
  /// 512-bit vectors of x86-64 processors with AVX-512F.
  case avx512

  /// The level in use.
  public static var current: SIMDLevel {
    switch nnblas_simd_level() {
    case NNBLAS_AVX512: .avx512
    case NNBLAS_AVX2: .avx2
    default: .portable
    }
  }

  /// The levels that this processor has, whatever `NNBLAS_SIMD` asks for; the widest last.
  package static var available: [SIMDLevel] { allCases.filter { nnblas_kernels_f32($0.code) != nil } }

  /// The widest level of this processor, whatever `NNBLAS_SIMD` asks for.
  package static var widest: SIMDLevel { available.last ?? .portable }

  /// Makes the process use the kernels of a level that the processor has, until the body returns. Nobody else may be computing.
  package func using<R>(_ body: () throws -> R) rethrows -> R {
    let before = nnblas_simd_level()
    nnblas_use_level(code)
    defer { nnblas_use_level(before) }
    return try body()
  }

  private var code: nnblas_simd {
    switch self {
    case .portable: NNBLAS_PORTABLE
    case .avx2: NNBLAS_AVX2
    case .avx512: NNBLAS_AVX512
    }
  }

  /// What `NNBLAS_SIMD` asks for where that is no level this processor has, and was therefore ignored; its first 63 bytes.
  public static var ignoredRequest: String? { nnblas_simd_ignored().map { String(cString: $0) } }

  /// `portable`, `avx2` or `avx512`.
  public var description: String { rawValue }
}

extension _RandomPlace {
  fileprivate var kernel: nnblas_place {
    nnblas_place(
      first_row: firstRow, first_column: firstColumn, width: width, key: seed, layer: layer, step: step,
      purpose: Self.purpose)
  }
}

extension _ElementwiseFunction {
  fileprivate var function: nnblas_activation { nnblas_activation(kind.rawValue) }
}

// The protocol documents these.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Float: _KernelScalar {
  public static func _activate(
    _ f: _ElementwiseFunction, _ z: UnsafeMutablePointer<Float>, _ shape: _BlockShape, bias: UnsafePointer<Float>?
  ) {
    nnblas_f32().pointee.activate(f.function, Float(f.parameter), z, shape.rows, shape.columns, shape.stride, bias)
  }
  @discardableResult
  public static func _multiplyByDerivative(
    _ f: _ElementwiseFunction, _ error: UnsafeMutablePointer<Float>, a: UnsafePointer<Float>, _ shape: _BlockShape
  ) -> (error: Float, a: Float) {
    let found = nnblas_f32().pointee.multiply_by_derivative(
      f.function, Float(f.parameter), error, a, shape.rows, shape.columns, shape.stride)
    return (found.error, found.a)
  }
  public static func _activate(
    _ f: _SlopedFunction, _ z: UnsafeMutablePointer<Float>, slope: UnsafeMutablePointer<Float>?, _ shape: _BlockShape,
    bias: UnsafePointer<Float>?
  ) {
    nnblas_f32().pointee.activate_sloped(
      nnblas_sloped(f.rawValue), z, slope, shape.rows, shape.columns, shape.stride, bias)
  }
  public static func _multiply(
    _ error: UnsafeMutablePointer<Float>, by factors: UnsafePointer<Float>, _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.multiply(error, factors, shape.rows, shape.columns, shape.stride)
  }
  public static func _softmax(_ z: UnsafeMutablePointer<Float>, _ shape: _BlockShape, bias: UnsafePointer<Float>?) {
    nnblas_f32().pointee.softmax(z, shape.rows, shape.columns, shape.stride, bias)
  }
  public static func _multiplyBySoftmaxDerivative(
    _ error: UnsafeMutablePointer<Float>, p: UnsafePointer<Float>, _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.multiply_by_softmax_derivative(error, p, shape.rows, shape.columns, shape.stride)
  }
  public static func _quadratic(
    _ f: _ElementwiseFunction, scale: Float, error: UnsafeMutablePointer<Float>, a: UnsafePointer<Float>,
    y: UnsafePointer<Float>, _ shape: _BlockShape
  ) -> Double {
    nnblas_f32().pointee.quadratic(
      f.function, Float(f.parameter), scale, error, a, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _absolute(
    scale: Float, error: UnsafeMutablePointer<Float>, a: UnsafePointer<Float>, y: UnsafePointer<Float>,
    _ shape: _BlockShape
  ) -> Double {
    nnblas_f32().pointee.absolute(scale, error, a, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _huber(
    threshold: Float, scale: Float, error: UnsafeMutablePointer<Float>, a: UnsafePointer<Float>,
    y: UnsafePointer<Float>, _ shape: _BlockShape
  ) -> Double {
    nnblas_f32().pointee.huber(threshold, scale, error, a, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _sigmoidCrossEntropy(
    _ z: UnsafeMutablePointer<Float>, storesAnswers: Bool, error: UnsafeMutablePointer<Float>, y: UnsafePointer<Float>,
    _ shape: _BlockShape
  ) -> Double {
    nnblas_f32().pointee.sigmoid_cross_entropy(z, storesAnswers, error, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _softmaxCrossEntropy(
    error: UnsafeMutablePointer<Float>, z: UnsafePointer<Float>, y: UnsafePointer<Float>,
    smoothing: (keep: Float, floor: Float), _ shape: _BlockShape
  ) -> Double {
    nnblas_f32().pointee.softmax_cross_entropy(
      error, z, y, smoothing.keep, smoothing.floor, shape.rows, shape.columns, shape.stride)
  }
  public static func _scaleRows(
    _ x: UnsafeMutablePointer<Float>, by factors: UnsafePointer<Float>, _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.scale_rows(x, factors, shape.rows, shape.columns, shape.stride)
  }
  public static func _columnSums(
    _ sums: UnsafeMutablePointer<Float>, alpha: Float, beta: Float, _ x: UnsafePointer<Float>, _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.column_sums(sums, alpha, beta, x, shape.rows, shape.columns, shape.stride)
  }
  public static func _columnDots(
    _ sums: UnsafeMutablePointer<Float>, alpha: Float, beta: Float, _ x: UnsafePointer<Float>,
    _ y: UnsafePointer<Float>, _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.column_dots(sums, alpha, beta, x, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _sumOfSquares(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
    nnblas_f32().pointee.sum_of_squares(x, count)
  }
  public static func _largestMagnitude(_ x: UnsafePointer<Float>, _ shape: _BlockShape) -> Float {
    nnblas_f32().pointee.largest_magnitude(x, shape.rows, shape.columns, shape.stride)
  }
  public static func _addOuterProducts(
    _ w: UnsafeMutablePointer<Float>, rows: Int, columns: Int, d: (UnsafePointer<Float>, stride: Int),
    x: (UnsafePointer<Float>, stride: Int), count: Int
  ) {
    nnblas_f32().pointee.outer_products(w, rows, columns, d.0, d.stride, x.0, x.stride, count)
  }
  public static func _descend(_ w: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ count: Int, rate: Float) {
    nnblas_f32().pointee.sgd(w, g, count, rate)
  }
  public static func _descend(
    _ w: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ count: Int,
    rate: Float, momentum: Float
  ) {
    nnblas_f32().pointee.momentum(w, v, g, count, rate, momentum, false)
  }
  public static func _descendNesterov(
    _ w: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ count: Int,
    rate: Float, momentum: Float
  ) {
    nnblas_f32().pointee.momentum(w, v, g, count, rate, momentum, true)
  }
  public static func _descendRMSProp(
    _ w: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ count: Int,
    rate: Float, decay: Float, rest: Float, epsilon: Float
  ) {
    nnblas_f32().pointee.rms_prop(w, v, g, count, rate, decay, rest, epsilon)
  }
  public static func _descend(
    _ w: UnsafeMutablePointer<Float>, m: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>,
    _ g: UnsafePointer<Float>, _ count: Int, _ factors: _AdamFactors<Float>
  ) {
    var factors = nnblas_adam_f32(
      beta1: factors.beta1, beta2: factors.beta2, rest1: factors.rest1, rest2: factors.rest2, step: factors.step,
      correction: factors.correction, epsilon: factors.epsilon, decay: factors.decay)
    nnblas_f32().pointee.adam(w, m, v, g, count, &factors)
  }
  public static func _regularize(
    _ g: UnsafeMutablePointer<Float>, _ w: UnsafePointer<Float>, _ count: Int, scale: Float, limit: Float, l2: Float,
    l1: Float
  ) {
    nnblas_f32().pointee.regularize(g, w, count, scale, limit, l2, l1)
  }
  public static func _average(
    _ average: UnsafeMutablePointer<Float>, _ w: UnsafePointer<Float>, _ count: Int, rate: Float
  ) {
    nnblas_f32().pointee.average(average, w, count, rate)
  }
  public static func _scale(_ x: UnsafeMutablePointer<Float>, _ count: Int, by factor: Float) {
    nnblas_f32().pointee.scale(x, count, factor)
  }
  public static func _layerNorm(
    _ y: UnsafeMutablePointer<Float>, normalized: UnsafeMutablePointer<Float>?,
    inverseDeviations: UnsafeMutablePointer<Float>?, _ x: UnsafePointer<Float>, xStride: Int,
    gamma: UnsafePointer<Float>, beta: UnsafePointer<Float>, epsilon: Float, _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.layer_norm(
      y, normalized, inverseDeviations, x, xStride, gamma, beta, epsilon, shape.rows, shape.columns, shape.stride)
  }
  public static func _layerNormErrors(
    _ dx: UnsafeMutablePointer<Float>, dxStride: Int, dy: UnsafePointer<Float>, normalized: UnsafePointer<Float>,
    inverseDeviations: UnsafePointer<Float>, gamma: UnsafePointer<Float>, _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.layer_norm_errors(
      dx, dxStride, dy, normalized, inverseDeviations, gamma, shape.rows, shape.columns, shape.stride)
  }
  public static func _columnMoments(
    mean: UnsafeMutablePointer<Float>, variance: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>,
    _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.column_moments(mean, variance, x, shape.rows, shape.columns, shape.stride)
  }
  public static func _normalizeColumns(
    _ y: UnsafeMutablePointer<Float>, normalized: UnsafeMutablePointer<Float>?, _ x: UnsafePointer<Float>, xStride: Int,
    mean: UnsafePointer<Float>, inverseDeviation: UnsafePointer<Float>, gamma: UnsafePointer<Float>,
    beta: UnsafePointer<Float>, _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.normalize_columns(
      y, normalized, x, xStride, mean, inverseDeviation, gamma, beta, shape.rows, shape.columns, shape.stride)
  }
  public static func _batchNormErrors(
    _ dx: UnsafeMutablePointer<Float>, dxStride: Int, dy: UnsafePointer<Float>, normalized: UnsafePointer<Float>,
    scale: UnsafePointer<Float>, meanError: UnsafePointer<Float>, meanProduct: UnsafePointer<Float>,
    _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.batch_norm_errors(
      dx, dxStride, dy, normalized, scale, meanError, meanProduct, shape.rows, shape.columns, shape.stride)
  }
  public static func _dropout(
    _ y: UnsafeMutablePointer<Float>, mask: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, xStride: Int,
    keep: Float, threshold: UInt32, _ place: _RandomPlace, _ shape: _BlockShape
  ) {
    var place = place.kernel
    nnblas_f32().pointee.dropout(
      y, mask, x, xStride, keep, threshold, &place, shape.rows, shape.columns, shape.stride)
  }
  public static func _gatherBytes(
    _ target: UnsafeMutablePointer<Float>, _ source: UnsafePointer<UInt8>, width: Int, _ indices: UnsafePointer<Int32>,
    _ count: Int
  ) {
    nnblas_f32().pointee.gather_bytes(target, source, width, indices, count)
  }
}

// The protocol documents these.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Double: _KernelScalar {
  public static func _activate(
    _ f: _ElementwiseFunction, _ z: UnsafeMutablePointer<Double>, _ shape: _BlockShape, bias: UnsafePointer<Double>?
  ) {
    nnblas_f64().pointee.activate(f.function, Double(f.parameter), z, shape.rows, shape.columns, shape.stride, bias)
  }
  @discardableResult
  public static func _multiplyByDerivative(
    _ f: _ElementwiseFunction, _ error: UnsafeMutablePointer<Double>, a: UnsafePointer<Double>, _ shape: _BlockShape
  ) -> (error: Double, a: Double) {
    let found = nnblas_f64().pointee.multiply_by_derivative(
      f.function, Double(f.parameter), error, a, shape.rows, shape.columns, shape.stride)
    return (found.error, found.a)
  }
  public static func _activate(
    _ f: _SlopedFunction, _ z: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>?, _ shape: _BlockShape,
    bias: UnsafePointer<Double>?
  ) {
    nnblas_f64().pointee.activate_sloped(
      nnblas_sloped(f.rawValue), z, slope, shape.rows, shape.columns, shape.stride, bias)
  }
  public static func _multiply(
    _ error: UnsafeMutablePointer<Double>, by factors: UnsafePointer<Double>, _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.multiply(error, factors, shape.rows, shape.columns, shape.stride)
  }
  public static func _softmax(_ z: UnsafeMutablePointer<Double>, _ shape: _BlockShape, bias: UnsafePointer<Double>?) {
    nnblas_f64().pointee.softmax(z, shape.rows, shape.columns, shape.stride, bias)
  }
  public static func _multiplyBySoftmaxDerivative(
    _ error: UnsafeMutablePointer<Double>, p: UnsafePointer<Double>, _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.multiply_by_softmax_derivative(error, p, shape.rows, shape.columns, shape.stride)
  }
  public static func _quadratic(
    _ f: _ElementwiseFunction, scale: Double, error: UnsafeMutablePointer<Double>, a: UnsafePointer<Double>,
    y: UnsafePointer<Double>, _ shape: _BlockShape
  ) -> Double {
    nnblas_f64().pointee.quadratic(
      f.function, Double(f.parameter), scale, error, a, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _absolute(
    scale: Double, error: UnsafeMutablePointer<Double>, a: UnsafePointer<Double>, y: UnsafePointer<Double>,
    _ shape: _BlockShape
  ) -> Double {
    nnblas_f64().pointee.absolute(scale, error, a, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _huber(
    threshold: Double, scale: Double, error: UnsafeMutablePointer<Double>, a: UnsafePointer<Double>,
    y: UnsafePointer<Double>, _ shape: _BlockShape
  ) -> Double {
    nnblas_f64().pointee.huber(threshold, scale, error, a, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _sigmoidCrossEntropy(
    _ z: UnsafeMutablePointer<Double>, storesAnswers: Bool, error: UnsafeMutablePointer<Double>,
    y: UnsafePointer<Double>, _ shape: _BlockShape
  ) -> Double {
    nnblas_f64().pointee.sigmoid_cross_entropy(z, storesAnswers, error, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _softmaxCrossEntropy(
    error: UnsafeMutablePointer<Double>, z: UnsafePointer<Double>, y: UnsafePointer<Double>,
    smoothing: (keep: Double, floor: Double), _ shape: _BlockShape
  ) -> Double {
    nnblas_f64().pointee.softmax_cross_entropy(
      error, z, y, smoothing.keep, smoothing.floor, shape.rows, shape.columns, shape.stride)
  }
  public static func _scaleRows(
    _ x: UnsafeMutablePointer<Double>, by factors: UnsafePointer<Double>, _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.scale_rows(x, factors, shape.rows, shape.columns, shape.stride)
  }
  public static func _columnSums(
    _ sums: UnsafeMutablePointer<Double>, alpha: Double, beta: Double, _ x: UnsafePointer<Double>, _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.column_sums(sums, alpha, beta, x, shape.rows, shape.columns, shape.stride)
  }
  public static func _columnDots(
    _ sums: UnsafeMutablePointer<Double>, alpha: Double, beta: Double, _ x: UnsafePointer<Double>,
    _ y: UnsafePointer<Double>, _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.column_dots(sums, alpha, beta, x, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _sumOfSquares(_ x: UnsafePointer<Double>, _ count: Int) -> Double {
    nnblas_f64().pointee.sum_of_squares(x, count)
  }
  public static func _largestMagnitude(_ x: UnsafePointer<Double>, _ shape: _BlockShape) -> Double {
    nnblas_f64().pointee.largest_magnitude(x, shape.rows, shape.columns, shape.stride)
  }
  public static func _addOuterProducts(
    _ w: UnsafeMutablePointer<Double>, rows: Int, columns: Int, d: (UnsafePointer<Double>, stride: Int),
    x: (UnsafePointer<Double>, stride: Int), count: Int
  ) {
    nnblas_f64().pointee.outer_products(w, rows, columns, d.0, d.stride, x.0, x.stride, count)
  }
  public static func _descend(_ w: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ count: Int, rate: Double)
  {
    nnblas_f64().pointee.sgd(w, g, count, rate)
  }
  public static func _descend(
    _ w: UnsafeMutablePointer<Double>, v: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ count: Int,
    rate: Double, momentum: Double
  ) {
    nnblas_f64().pointee.momentum(w, v, g, count, rate, momentum, false)
  }
  public static func _descendNesterov(
    _ w: UnsafeMutablePointer<Double>, v: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ count: Int,
    rate: Double, momentum: Double
  ) {
    nnblas_f64().pointee.momentum(w, v, g, count, rate, momentum, true)
  }
  public static func _descendRMSProp(
    _ w: UnsafeMutablePointer<Double>, v: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ count: Int,
    rate: Double, decay: Double, rest: Double, epsilon: Double
  ) {
    nnblas_f64().pointee.rms_prop(w, v, g, count, rate, decay, rest, epsilon)
  }
  public static func _descend(
    _ w: UnsafeMutablePointer<Double>, m: UnsafeMutablePointer<Double>, v: UnsafeMutablePointer<Double>,
    _ g: UnsafePointer<Double>, _ count: Int, _ factors: _AdamFactors<Double>
  ) {
    var factors = nnblas_adam_f64(
      beta1: factors.beta1, beta2: factors.beta2, rest1: factors.rest1, rest2: factors.rest2, step: factors.step,
      correction: factors.correction, epsilon: factors.epsilon, decay: factors.decay)
    nnblas_f64().pointee.adam(w, m, v, g, count, &factors)
  }
  public static func _regularize(
    _ g: UnsafeMutablePointer<Double>, _ w: UnsafePointer<Double>, _ count: Int, scale: Double, limit: Double,
    l2: Double, l1: Double
  ) {
    nnblas_f64().pointee.regularize(g, w, count, scale, limit, l2, l1)
  }
  public static func _average(
    _ average: UnsafeMutablePointer<Double>, _ w: UnsafePointer<Double>, _ count: Int, rate: Double
  ) {
    nnblas_f64().pointee.average(average, w, count, rate)
  }
  public static func _scale(_ x: UnsafeMutablePointer<Double>, _ count: Int, by factor: Double) {
    nnblas_f64().pointee.scale(x, count, factor)
  }
  public static func _layerNorm(
    _ y: UnsafeMutablePointer<Double>, normalized: UnsafeMutablePointer<Double>?,
    inverseDeviations: UnsafeMutablePointer<Double>?, _ x: UnsafePointer<Double>, xStride: Int,
    gamma: UnsafePointer<Double>, beta: UnsafePointer<Double>, epsilon: Double, _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.layer_norm(
      y, normalized, inverseDeviations, x, xStride, gamma, beta, epsilon, shape.rows, shape.columns, shape.stride)
  }
  public static func _layerNormErrors(
    _ dx: UnsafeMutablePointer<Double>, dxStride: Int, dy: UnsafePointer<Double>, normalized: UnsafePointer<Double>,
    inverseDeviations: UnsafePointer<Double>, gamma: UnsafePointer<Double>, _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.layer_norm_errors(
      dx, dxStride, dy, normalized, inverseDeviations, gamma, shape.rows, shape.columns, shape.stride)
  }
  public static func _columnMoments(
    mean: UnsafeMutablePointer<Double>, variance: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>,
    _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.column_moments(mean, variance, x, shape.rows, shape.columns, shape.stride)
  }
  public static func _normalizeColumns(
    _ y: UnsafeMutablePointer<Double>, normalized: UnsafeMutablePointer<Double>?, _ x: UnsafePointer<Double>,
    xStride: Int, mean: UnsafePointer<Double>, inverseDeviation: UnsafePointer<Double>, gamma: UnsafePointer<Double>,
    beta: UnsafePointer<Double>, _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.normalize_columns(
      y, normalized, x, xStride, mean, inverseDeviation, gamma, beta, shape.rows, shape.columns, shape.stride)
  }
  public static func _batchNormErrors(
    _ dx: UnsafeMutablePointer<Double>, dxStride: Int, dy: UnsafePointer<Double>, normalized: UnsafePointer<Double>,
    scale: UnsafePointer<Double>, meanError: UnsafePointer<Double>, meanProduct: UnsafePointer<Double>,
    _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.batch_norm_errors(
      dx, dxStride, dy, normalized, scale, meanError, meanProduct, shape.rows, shape.columns, shape.stride)
  }
  public static func _dropout(
    _ y: UnsafeMutablePointer<Double>, mask: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, xStride: Int,
    keep: Double, threshold: UInt32, _ place: _RandomPlace, _ shape: _BlockShape
  ) {
    var place = place.kernel
    nnblas_f64().pointee.dropout(
      y, mask, x, xStride, keep, threshold, &place, shape.rows, shape.columns, shape.stride)
  }
  public static func _gatherBytes(
    _ target: UnsafeMutablePointer<Double>, _ source: UnsafePointer<UInt8>, width: Int, _ indices: UnsafePointer<Int32>,
    _ count: Int
  ) {
    nnblas_f64().pointee.gather_bytes(target, source, width, indices, count)
  }
}
