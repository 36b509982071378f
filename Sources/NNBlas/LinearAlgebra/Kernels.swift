private import CElementwise

// The door to CElementwise: the only file that imports it.

/// What a layer does with its weighted inputs, as the kernels know it.
public enum _ElementwiseFunction: UInt32, Sendable {
  /// f(z) = z.
  case identity
  /// f(z) = 1 / (1 + e⁻ᶻ).
  case sigmoid
  /// f(z) = max(z, 0).
  case relu
}

/// The factors of one step of Adam.
public struct _AdamFactors<S: Sendable>: Sendable {
  let beta1: S
  let beta2: S
  /// 1 − β₁ and 1 − β₂, which lose digits when they are made of the rounded β.
  let rest1: S
  let rest2: S
  /// η / (1 − β₁ᵗ).
  let step: S
  /// 1 / √(1 − β₂ᵗ).
  let correction: S
  let epsilon: S

  package init(beta1: S, beta2: S, rest1: S, rest2: S, step: S, correction: S, epsilon: S) {
    (self.beta1, self.beta2, self.rest1, self.rest2) = (beta1, beta2, rest1, rest2)
    (self.step, self.correction, self.epsilon) = (step, correction, epsilon)
  }
}

/// A part of a row-major matrix: `rows` rows of `columns` elements, from one row to the next `stride` elements.
public struct _BlockShape: Sendable {
  let rows: Int
  let columns: Int
  let stride: Int

  package init(rows: Int, columns: Int, stride: Int) {
    (self.rows, self.columns, self.stride) = (rows, columns, stride)
  }
}

extension _BlockShape {
  /// Elements without gaps: one row.
  init(count: Int) { self.init(rows: 1, columns: count, stride: count) }
}

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

/// The fused loops of a training step, as static requirements of `Scalar`; in C, in versions for each level of SIMD.
///
/// Pointers are to the first element of a block; blocks of one call do not overlap. Costs are summed in double precision.
public protocol _KernelScalar: Sendable {
  /// z ← f(z + bias), the bias added to every row; none where it is nil.
  static func _activate(
    _ f: _ElementwiseFunction, _ z: UnsafeMutablePointer<Self>, _ shape: _BlockShape, bias: UnsafePointer<Self>?)
  /// error ← error ⊙ f′(z), written in a = f(z).
  static func _multiplyByDerivative(
    _ f: _ElementwiseFunction, _ error: UnsafeMutablePointer<Self>, a: UnsafePointer<Self>, _ shape: _BlockShape)
  /// error ← (a − y) ⊙ f′(z); ½ Σ (a − y)².
  static func _quadratic(
    _ f: _ElementwiseFunction, error: UnsafeMutablePointer<Self>, a: UnsafePointer<Self>, y: UnsafePointer<Self>,
    _ shape: _BlockShape
  ) -> Double
  /// z ← a = σ(z), error ← a − y; Σ (max(z, 0) − z y + ln(1 + e^−|z|)).
  static func _sigmoidCrossEntropy(
    _ z: UnsafeMutablePointer<Self>, error: UnsafeMutablePointer<Self>, y: UnsafePointer<Self>, _ shape: _BlockShape
  ) -> Double
  /// For whole rows: error ← softmax(z) − y; −Σ y ln softmax(z).
  static func _softmaxCrossEntropy(
    error: UnsafeMutablePointer<Self>, z: UnsafePointer<Self>, y: UnsafePointer<Self>, _ shape: _BlockShape
  ) -> Double
  /// sums ← β sums + α 1ᵀ x, the sums over rows.
  static func _columnSums(
    _ sums: UnsafeMutablePointer<Self>, alpha: Self, beta: Self, _ x: UnsafePointer<Self>, _ shape: _BlockShape)
  /// W (rows × columns) ← W + d₁ᵀ x₁ + d₂ᵀ x₂ + …, the outer products of `count` rows of d and of x, added one after another: the
  /// bits are the same when they come in several calls. W has no gaps.
  static func _addOuterProducts(
    _ w: UnsafeMutablePointer<Self>, rows: Int, columns: Int, d: (UnsafePointer<Self>, stride: Int),
    x: (UnsafePointer<Self>, stride: Int), count: Int)
  /// w ← w − rate g.
  static func _descend(_ w: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ count: Int, rate: Self)
  /// v ← momentum v + g; w ← w − rate v.
  static func _descend(
    _ w: UnsafeMutablePointer<Self>, v: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ count: Int, rate: Self,
    momentum: Self)
  /// m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; w ← w − step m / (√v correction + ε).
  static func _descend(
    _ w: UnsafeMutablePointer<Self>, m: UnsafeMutablePointer<Self>, v: UnsafeMutablePointer<Self>,
    _ g: UnsafePointer<Self>, _ count: Int, _ factors: _AdamFactors<Self>)
  /// Rows of bytes at the given indices one after another, each byte k as k / 255, correctly rounded.
  static func _gatherBytes(
    _ target: UnsafeMutablePointer<Self>, _ source: UnsafePointer<UInt8>, width: Int, _ indices: UnsafePointer<Int32>,
    _ count: Int)
}

extension _ElementwiseFunction {
  fileprivate var kernel: nnblas_activation { nnblas_activation(rawValue) }
}

// The protocol documents these.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Float: _KernelScalar {
  public static func _activate(
    _ f: _ElementwiseFunction, _ z: UnsafeMutablePointer<Float>, _ shape: _BlockShape, bias: UnsafePointer<Float>?
  ) {
    nnblas_f32().pointee.activate(f.kernel, z, shape.rows, shape.columns, shape.stride, bias)
  }
  public static func _multiplyByDerivative(
    _ f: _ElementwiseFunction, _ error: UnsafeMutablePointer<Float>, a: UnsafePointer<Float>, _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.multiply_by_derivative(f.kernel, error, a, shape.rows, shape.columns, shape.stride)
  }
  public static func _quadratic(
    _ f: _ElementwiseFunction, error: UnsafeMutablePointer<Float>, a: UnsafePointer<Float>, y: UnsafePointer<Float>,
    _ shape: _BlockShape
  ) -> Double {
    nnblas_f32().pointee.quadratic(f.kernel, error, a, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _sigmoidCrossEntropy(
    _ z: UnsafeMutablePointer<Float>, error: UnsafeMutablePointer<Float>, y: UnsafePointer<Float>, _ shape: _BlockShape
  ) -> Double {
    nnblas_f32().pointee.sigmoid_cross_entropy(z, error, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _softmaxCrossEntropy(
    error: UnsafeMutablePointer<Float>, z: UnsafePointer<Float>, y: UnsafePointer<Float>, _ shape: _BlockShape
  ) -> Double {
    nnblas_f32().pointee.softmax_cross_entropy(error, z, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _columnSums(
    _ sums: UnsafeMutablePointer<Float>, alpha: Float, beta: Float, _ x: UnsafePointer<Float>, _ shape: _BlockShape
  ) {
    nnblas_f32().pointee.column_sums(sums, alpha, beta, x, shape.rows, shape.columns, shape.stride)
  }
  public static func _addOuterProducts(
    _ w: UnsafeMutablePointer<Float>, rows: Int, columns: Int, d: (UnsafePointer<Float>, stride: Int),
    x: (UnsafePointer<Float>, stride: Int), count: Int
  ) {
    nnblas_f32().pointee.outer_products(w, rows, columns, d.0, d.stride, x.0, x.stride, count)
  }
  public static func _descend(
    _ w: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ count: Int, rate: Float
  ) {
    nnblas_f32().pointee.sgd(w, g, count, rate)
  }
  public static func _descend(
    _ w: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ count: Int,
    rate: Float, momentum: Float
  ) {
    nnblas_f32().pointee.momentum(w, v, g, count, rate, momentum)
  }
  public static func _descend(
    _ w: UnsafeMutablePointer<Float>, m: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>,
    _ g: UnsafePointer<Float>, _ count: Int, _ factors: _AdamFactors<Float>
  ) {
    var factors = nnblas_adam_f32(
      beta1: factors.beta1, beta2: factors.beta2, rest1: factors.rest1, rest2: factors.rest2, step: factors.step,
      correction: factors.correction, epsilon: factors.epsilon)
    nnblas_f32().pointee.adam(w, m, v, g, count, &factors)
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
    nnblas_f64().pointee.activate(f.kernel, z, shape.rows, shape.columns, shape.stride, bias)
  }
  public static func _multiplyByDerivative(
    _ f: _ElementwiseFunction, _ error: UnsafeMutablePointer<Double>, a: UnsafePointer<Double>, _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.multiply_by_derivative(f.kernel, error, a, shape.rows, shape.columns, shape.stride)
  }
  public static func _quadratic(
    _ f: _ElementwiseFunction, error: UnsafeMutablePointer<Double>, a: UnsafePointer<Double>, y: UnsafePointer<Double>,
    _ shape: _BlockShape
  ) -> Double {
    nnblas_f64().pointee.quadratic(f.kernel, error, a, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _sigmoidCrossEntropy(
    _ z: UnsafeMutablePointer<Double>, error: UnsafeMutablePointer<Double>, y: UnsafePointer<Double>,
    _ shape: _BlockShape
  ) -> Double {
    nnblas_f64().pointee.sigmoid_cross_entropy(z, error, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _softmaxCrossEntropy(
    error: UnsafeMutablePointer<Double>, z: UnsafePointer<Double>, y: UnsafePointer<Double>, _ shape: _BlockShape
  ) -> Double {
    nnblas_f64().pointee.softmax_cross_entropy(error, z, y, shape.rows, shape.columns, shape.stride)
  }
  public static func _columnSums(
    _ sums: UnsafeMutablePointer<Double>, alpha: Double, beta: Double, _ x: UnsafePointer<Double>, _ shape: _BlockShape
  ) {
    nnblas_f64().pointee.column_sums(sums, alpha, beta, x, shape.rows, shape.columns, shape.stride)
  }
  public static func _addOuterProducts(
    _ w: UnsafeMutablePointer<Double>, rows: Int, columns: Int, d: (UnsafePointer<Double>, stride: Int),
    x: (UnsafePointer<Double>, stride: Int), count: Int
  ) {
    nnblas_f64().pointee.outer_products(w, rows, columns, d.0, d.stride, x.0, x.stride, count)
  }
  public static func _descend(
    _ w: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ count: Int, rate: Double
  ) {
    nnblas_f64().pointee.sgd(w, g, count, rate)
  }
  public static func _descend(
    _ w: UnsafeMutablePointer<Double>, v: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ count: Int,
    rate: Double, momentum: Double
  ) {
    nnblas_f64().pointee.momentum(w, v, g, count, rate, momentum)
  }
  public static func _descend(
    _ w: UnsafeMutablePointer<Double>, m: UnsafeMutablePointer<Double>, v: UnsafeMutablePointer<Double>,
    _ g: UnsafePointer<Double>, _ count: Int, _ factors: _AdamFactors<Double>
  ) {
    var factors = nnblas_adam_f64(
      beta1: factors.beta1, beta2: factors.beta2, rest1: factors.rest1, rest2: factors.rest2, step: factors.step,
      correction: factors.correction, epsilon: factors.epsilon)
    nnblas_f64().pointee.adam(w, m, v, g, count, &factors)
  }
  public static func _gatherBytes(
    _ target: UnsafeMutablePointer<Double>, _ source: UnsafePointer<UInt8>, width: Int, _ indices: UnsafePointer<Int32>,
    _ count: Int
  ) {
    nnblas_f64().pointee.gather_bytes(target, source, width, indices, count)
  }
}
