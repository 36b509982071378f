/// What a layer does with its weighted inputs where the derivative follows from the result, as the kernels know it.
public struct _ElementwiseFunction: Sendable, Hashable {
  /// As the kernels count them.
  enum Kind: UInt32 { case identity, sigmoid, relu, tanh, leakyReLU, elu }

  let kind: Kind
  /// The slope below 0, or α.
  let parameter: Double

  private init(_ kind: Kind, _ parameter: Double = 0) { (self.kind, self.parameter) = (kind, parameter) }

  /// f(z) = z.
  public static let identity = _ElementwiseFunction(.identity)
  /// f(z) = 1 / (1 + e⁻ᶻ).
  public static let sigmoid = _ElementwiseFunction(.sigmoid)
  /// f(z) = max(z, 0).
  public static let relu = _ElementwiseFunction(.relu)
  /// f(z) = tanh(z).
  public static let tanh = _ElementwiseFunction(.tanh)
  /// f(z) = slope · z for z < 0, else z.
  public static func leakyReLU(slope: Double) -> _ElementwiseFunction { .init(.leakyReLU, slope) }
  /// f(z) = α (eᶻ − 1) for z < 0, else z.
  public static func elu(alpha: Double) -> _ElementwiseFunction { .init(.elu, alpha) }
}

/// What a layer does with its weighted inputs where the derivative has to be made of them.
public enum _SlopedFunction: UInt32, Sendable {
  /// z Φ(z).
  case gelu
  /// z σ(z).
  case silu
  /// ln(1 + eᶻ).
  case softplus
}

/// Where a block of a layer lies, and which random numbers are its own.
public struct _RandomPlace: Sendable {
  let firstRow: Int
  let firstColumn: Int
  /// The columns of the whole layer.
  let width: Int
  let seed: UInt64
  let layer: UInt32
  let step: UInt32

  package init(firstRow: Int, firstColumn: Int, width: Int, seed: UInt64, layer: UInt32, step: UInt32) {
    (self.firstRow, self.firstColumn, self.width) = (firstRow, firstColumn, width)
    (self.seed, self.layer, self.step) = (seed, layer, step)
  }

  /// Philox's purpose of these numbers.
  static var purpose: UInt32 { 4 }
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
  /// What parameters are multiplied by first.
  var decay: S

  package init(beta1: S, beta2: S, rest1: S, rest2: S, step: S, correction: S, epsilon: S, decay: S) {
    (self.beta1, self.beta2, self.rest1, self.rest2) = (beta1, beta2, rest1, rest2)
    (self.step, self.correction, self.epsilon, self.decay) = (step, correction, epsilon, decay)
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

/// The fused loops of a training step, as static requirements of `Scalar`; in C, in versions for each level of SIMD.
///
/// Pointers are to the first element of a block; blocks of one call do not overlap. Costs are summed in double precision.
public protocol _KernelScalar: Sendable {
  /// z ← f(z + bias), the bias added to every row; none where it is nil.
  static func _activate(
    _ f: _ElementwiseFunction, _ z: UnsafeMutablePointer<Self>, _ shape: _BlockShape, bias: UnsafePointer<Self>?)
  /// error ← error ⊙ f′(z), written in a = f(z); the largest magnitudes of both.
  @discardableResult
  static func _multiplyByDerivative(
    _ f: _ElementwiseFunction, _ error: UnsafeMutablePointer<Self>, a: UnsafePointer<Self>, _ shape: _BlockShape
  ) -> (error: Self, a: Self)
  /// z ← f(z + bias), and slope ← f′(z + bias) where it is asked for.
  static func _activate(
    _ f: _SlopedFunction, _ z: UnsafeMutablePointer<Self>, slope: UnsafeMutablePointer<Self>?, _ shape: _BlockShape,
    bias: UnsafePointer<Self>?)
  /// error ← error ⊙ factors.
  static func _multiply(_ error: UnsafeMutablePointer<Self>, by factors: UnsafePointer<Self>, _ shape: _BlockShape)
  /// For whole rows: z ← softmax(z + bias).
  static func _softmax(_ z: UnsafeMutablePointer<Self>, _ shape: _BlockShape, bias: UnsafePointer<Self>?)
  /// For whole rows: error ← p ⊙ (error − Σ error p).
  static func _multiplyBySoftmaxDerivative(
    _ error: UnsafeMutablePointer<Self>, p: UnsafePointer<Self>, _ shape: _BlockShape)
  /// error ← scale (a − y) ⊙ f′(z); scale · ½ Σ (a − y)².
  static func _quadratic(
    _ f: _ElementwiseFunction, scale: Self, error: UnsafeMutablePointer<Self>, a: UnsafePointer<Self>,
    y: UnsafePointer<Self>, _ shape: _BlockShape
  ) -> Double
  /// error ← scale sign(a − y); scale · Σ |a − y|.
  static func _absolute(
    scale: Self, error: UnsafeMutablePointer<Self>, a: UnsafePointer<Self>, y: UnsafePointer<Self>, _ shape: _BlockShape
  ) -> Double
  /// error ← scale d with d = a − y, brought back to the threshold t beyond it; scale · Σ h, with h = ½ d² up to t and t (|d| − ½ t) beyond.
  static func _huber(
    threshold: Self, scale: Self, error: UnsafeMutablePointer<Self>, a: UnsafePointer<Self>, y: UnsafePointer<Self>,
    _ shape: _BlockShape
  ) -> Double
  /// error ← a − y with a = σ(z), which is stored in place of z or not; Σ (max(z, 0) − z y + ln(1 + e^−|z|)).
  static func _sigmoidCrossEntropy(
    _ z: UnsafeMutablePointer<Self>, storesAnswers: Bool, error: UnsafeMutablePointer<Self>, y: UnsafePointer<Self>,
    _ shape: _BlockShape
  ) -> Double
  /// For whole rows, with targets y′ = keep y + floor Σ y: error ← softmax(z) − y′; −Σ y′ ln softmax(z).
  static func _softmaxCrossEntropy(
    error: UnsafeMutablePointer<Self>, z: UnsafePointer<Self>, y: UnsafePointer<Self>,
    smoothing: (keep: Self, floor: Self), _ shape: _BlockShape
  ) -> Double
  /// Row i of x times factors[i].
  static func _scaleRows(_ x: UnsafeMutablePointer<Self>, by factors: UnsafePointer<Self>, _ shape: _BlockShape)
  /// sums ← β sums + α 1ᵀ x, the sums over rows.
  static func _columnSums(
    _ sums: UnsafeMutablePointer<Self>, alpha: Self, beta: Self, _ x: UnsafePointer<Self>, _ shape: _BlockShape)
  /// sums ← β sums + α 1ᵀ (x ⊙ y), the sums over rows.
  static func _columnDots(
    _ sums: UnsafeMutablePointer<Self>, alpha: Self, beta: Self, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>,
    _ shape: _BlockShape)
  /// Σ x².
  static func _sumOfSquares(_ x: UnsafePointer<Self>, _ count: Int) -> Double
  /// max |x|, exactly, where what is no number is larger than all that are; 0 of no elements.
  static func _largestMagnitude(_ x: UnsafePointer<Self>, _ shape: _BlockShape) -> Self
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
  /// v ← momentum v + g; w ← w − rate (g + momentum v).
  static func _descendNesterov(
    _ w: UnsafeMutablePointer<Self>, v: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ count: Int, rate: Self,
    momentum: Self)
  /// v ← decay v + rest g²; w ← w − rate g / (√v + ε).
  static func _descendRMSProp(
    _ w: UnsafeMutablePointer<Self>, v: UnsafeMutablePointer<Self>, _ g: UnsafePointer<Self>, _ count: Int, rate: Self,
    decay: Self, rest: Self, epsilon: Self)
  /// m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; w ← decay w − step m / (√v correction + ε).
  static func _descend(
    _ w: UnsafeMutablePointer<Self>, m: UnsafeMutablePointer<Self>, v: UnsafeMutablePointer<Self>,
    _ g: UnsafePointer<Self>, _ count: Int, _ factors: _AdamFactors<Self>)
  /// g ← scale g, brought into −limit...limit, + l2 w + l1 sign(w).
  static func _regularize(
    _ g: UnsafeMutablePointer<Self>, _ w: UnsafePointer<Self>, _ count: Int, scale: Self, limit: Self, l2: Self,
    l1: Self)
  /// average ← average + rate (w − average).
  static func _average(_ average: UnsafeMutablePointer<Self>, _ w: UnsafePointer<Self>, _ count: Int, rate: Self)
  /// x ← factor x.
  static func _scale(_ x: UnsafeMutablePointer<Self>, _ count: Int, by factor: Self)
  /// For whole rows: normalized ← (x − μ) / √(σ² + ε) with the row's mean and variance, and 1 / √ of it, each kept where there is a
  /// place; y ← γ normalized + β. The shape's stride is that of y and of what is kept.
  static func _layerNorm(
    _ y: UnsafeMutablePointer<Self>, normalized: UnsafeMutablePointer<Self>?,
    inverseDeviations: UnsafeMutablePointer<Self>?, _ x: UnsafePointer<Self>, xStride: Int, gamma: UnsafePointer<Self>,
    beta: UnsafePointer<Self>, epsilon: Self, _ shape: _BlockShape)
  /// For whole rows, with g = dy γ: dx ← (g − mean g − normalized · mean(g normalized)) · inverse deviation. The shape's stride is that
  /// of dy and of what was kept.
  static func _layerNormErrors(
    _ dx: UnsafeMutablePointer<Self>, dxStride: Int, dy: UnsafePointer<Self>, normalized: UnsafePointer<Self>,
    inverseDeviations: UnsafePointer<Self>, gamma: UnsafePointer<Self>, _ shape: _BlockShape)
  /// The mean of each column, and the mean square of what differs from it.
  static func _columnMoments(
    mean: UnsafeMutablePointer<Self>, variance: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>,
    _ shape: _BlockShape)
  /// normalized ← (x − mean) · inverse deviation, kept where there is a place; y ← γ normalized + β; each with one number a column.
  /// The shape's stride is that of y and of what is kept.
  static func _normalizeColumns(
    _ y: UnsafeMutablePointer<Self>, normalized: UnsafeMutablePointer<Self>?, _ x: UnsafePointer<Self>, xStride: Int,
    mean: UnsafePointer<Self>, inverseDeviation: UnsafePointer<Self>, gamma: UnsafePointer<Self>,
    beta: UnsafePointer<Self>, _ shape: _BlockShape)
  /// dx ← scale (dy − meanError − normalized · meanProduct), each with one number a column. The shape's stride is that of dy and normalized.
  static func _batchNormErrors(
    _ dx: UnsafeMutablePointer<Self>, dxStride: Int, dy: UnsafePointer<Self>, normalized: UnsafePointer<Self>,
    scale: UnsafePointer<Self>, meanError: UnsafePointer<Self>, meanProduct: UnsafePointer<Self>, _ shape: _BlockShape)
  /// mask ← 0 where the place's random word is below the threshold, else keep; y ← x ⊙ mask. The shape's stride is that of y and mask.
  static func _dropout(
    _ y: UnsafeMutablePointer<Self>, mask: UnsafeMutablePointer<Self>, _ x: UnsafePointer<Self>, xStride: Int,
    keep: Self, threshold: UInt32, _ place: _RandomPlace, _ shape: _BlockShape)
  /// Rows of bytes at the given indices one after another, each byte k as k / 255, correctly rounded.
  static func _gatherBytes(
    _ target: UnsafeMutablePointer<Self>, _ source: UnsafePointer<UInt8>, width: Int, _ indices: UnsafePointer<Int32>,
    _ count: Int)
}
