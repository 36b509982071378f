private import CBLAS
private import COpenBLAS

// The door to BLAS: the only Swift file that imports CBLAS and COpenBLAS. It has three parts: the checked operations, what the loaded library
// tells about itself, and the C calls.

/// The operations of the Basic Linear Algebra Subprograms, computed by OpenBLAS.
///
/// Every operation derives m, n, k and the leading dimensions from its operands and checks all shapes before the C call.
/// Operands may be views, transposed views included; a destination never aliases an input, because whoever shares
/// storage copies it before writing. Where an extent is zero no product is called: an empty sum is 0, so that k = 0 leaves
/// `β·C`. A factor `β = 0` overwrites the destination, NaN included; a factor `α = 0` leaves the inputs unread.
///
/// Names and definitions: Dongarra et al., "A Set of Level 3 Basic Linear Algebra Subprograms", ACM TOMS 16 (1990).
public enum BLAS {
  /// C (m×n) ← α · A (m×k) · B (k×n) + β · C.
  ///
  /// - Throws: `ShapeError` when the shapes do not fit, or exceed BLAS's 32-bit integers.
  @_specialize(where S == Float) @_specialize(where S == Double)
  public static func gemm<S: Scalar>(
    alpha: S = 1, _ a: Matrix<S>, _ b: Matrix<S>, beta: S = 0, into c: inout Matrix<S>
  ) throws(ShapeError) {
    let (m, n, k) = try ShapeRules.gemm(a: a.shape, b: b.shape, c: c.shape)
    guard m > 0, n > 0 else { return }
    guard k > 0, alpha != 0 else { return c.withMutableElements { scale($0, by: beta, count: m * n) } }
    c.makeUnique()
    // A transposed destination holds Cᵀ = Bᵀ · Aᵀ in memory.
    let (left, right) = c.isTransposed ? (b.transposed, a.transposed) : (a, b)
    withExtendedLifetime((a, b, c)) {
      S._gemm(
        left.isTransposed, right.isTransposed, Int32(left.rows), Int32(right.columns), Int32(k), alpha,
        left.storage.pointer + left.offset, Int32(left.leadingDimension),
        right.storage.pointer + right.offset, Int32(right.leadingDimension), beta,
        c.storage.pointer + c.offset, Int32(c.leadingDimension))
    }
  }

  /// y (m) ← α · A (m×n) · x (n) + β · y.
  ///
  /// - Throws: `ShapeError` when the shapes do not fit, or exceed BLAS's 32-bit integers.
  @_specialize(where S == Float) @_specialize(where S == Double)
  public static func gemv<S: Scalar>(
    alpha: S = 1, _ a: Matrix<S>, _ x: Vector<S>, beta: S = 0, into y: inout Vector<S>
  ) throws(ShapeError) {
    let (m, n) = try ShapeRules.gemv(a: a.shape, x: x.shape, y: y.shape)
    guard m > 0 else { return }
    y.withMutableElements { y in
      if beta == 0 || n == 0 { scale(y, by: beta, count: m) }
      guard n > 0 else { return }
      let (rows, columns) = a.isTransposed ? (n, m) : (m, n)
      withExtendedLifetime((a, x)) {
        S._gemv(
          a.isTransposed, Int32(rows), Int32(columns), alpha, a.storage.pointer + a.offset, Int32(a.leadingDimension),
          x.storage.pointer + x.offset, beta == 0 ? 1 : beta, y)
      }
    }
  }

  /// A (m×n) ← α · x (m) · yᵀ (n) + A, the outer product added to a matrix.
  ///
  /// - Throws: `ShapeError` when the shapes do not fit, or exceed BLAS's 32-bit integers.
  @_specialize(where S == Float) @_specialize(where S == Double)
  public static func ger<S: Scalar>(
    alpha: S = 1, _ x: Vector<S>, _ y: Vector<S>, into a: inout Matrix<S>
  ) throws(ShapeError) {
    let (m, n) = try ShapeRules.ger(x: x.shape, y: y.shape, a: a.shape)
    guard m > 0, n > 0 else { return }
    a.makeUnique()
    // A transposed destination holds Aᵀ += α · y · xᵀ in memory.
    let (left, right) = a.isTransposed ? (y, x) : (x, y)
    withExtendedLifetime((a, x, y)) {
      S._ger(
        Int32(left.count), Int32(right.count), alpha, left.storage.pointer + left.offset,
        right.storage.pointer + right.offset, a.storage.pointer + a.offset, Int32(a.leadingDimension))
    }
  }

  /// y ← α · x + y.
  ///
  /// - Throws: `ShapeError` when the vectors differ in length, or exceed BLAS's 32-bit integers.
  @_specialize(where S == Float) @_specialize(where S == Double)
  public static func axpy<S: Scalar>(alpha: S = 1, _ x: Vector<S>, into y: inout Vector<S>) throws(ShapeError) {
    let count = try ShapeRules.pair("axpy", x: x.shape, y: y.shape)
    guard count > 0 else { return }
    y.withMutableElements { y in x.withElements { S._axpy(Int32(count), alpha, $0, y) } }
  }

  /// xᵀ · y, the scalar product; 0 for empty vectors.
  ///
  /// - Throws: `ShapeError` when the vectors differ in length, or exceed BLAS's 32-bit integers.
  @_specialize(where S == Float) @_specialize(where S == Double)
  public static func dot<S: Scalar>(_ x: Vector<S>, _ y: Vector<S>) throws(ShapeError) -> S {
    let count = try ShapeRules.pair("dot", x: x.shape, y: y.shape)
    guard count > 0 else { return 0 }
    return x.withElements { x in y.withElements { S._dot(Int32(count), x, $0) } }
  }

  /// x ← α · x; α = 0 sets every element to 0, NaN included.
  ///
  /// - Throws: `ShapeError` when the vector exceeds BLAS's 32-bit integers.
  @_specialize(where S == Float) @_specialize(where S == Double)
  public static func scal<S: Scalar>(_ alpha: S, _ x: inout Vector<S>) throws(ShapeError) {
    let count = try ShapeRules.single("scal", x: x.shape)
    guard count > 0 else { return }
    x.withMutableElements { scale($0, by: alpha, count: count) }
  }

  /// ‖x‖₂ = √(xᵀ · x), without overflow on the way; 0 for an empty vector.
  ///
  /// - Throws: `ShapeError` when the vector exceeds BLAS's 32-bit integers.
  @_specialize(where S == Float) @_specialize(where S == Double)
  public static func nrm2<S: Scalar>(_ x: Vector<S>) throws(ShapeError) -> S {
    let count = try ShapeRules.single("nrm2", x: x.shape)
    guard count > 0 else { return 0 }
    return x.withElements { S._nrm2(Int32(count), $0) }
  }

  /// x ← factor · x, where libraries disagree about 0 · NaN: here it is 0.
  private static func scale<S: Scalar>(_ x: UnsafeMutablePointer<S>, by factor: S, count: Int) {
    if factor == 0 { return S._fill(x, 0, count) }
    // Matrices can have more elements than one call's 32-bit count can express.
    for start in stride(from: 0, to: count, by: Int(Int32.max)) {
      S._scal(Int32(min(count - start, Int(Int32.max))), factor, x + start)
    }
  }
}

// MARK: - The loaded library

extension BLAS {
  /// The library's version and build options, `OpenBLAS 0.3.21 … DYNAMIC_ARCH …`.
  public static var configuration: String { String(cString: openblas_get_config()) }

  /// The name of the kernels that the library uses, such as `Zen` or `SkylakeX`.
  ///
  /// It looks up the processor's model. For one that is newer than the library it would take kernels without AVX, several
  /// times as slow; NNBlas asks for faster ones then when a program starts, unless `OPENBLAS_CORETYPE` is set.
  public static var core: String { String(cString: openblas_get_corename()) }

  /// The kernels that the library would have used, where it does not know the processor and NNBlas asked for others; else nil.
  public static var replacedCore: String? { nnblas_replaced_core().map { String(cString: $0) } }

  /// The name of the kernels with the widest instructions that this processor allows, whatever the library uses; nil where
  /// it has no AVX2.
  package static var widestCore: String? { nnblas_widest_core().map { String(cString: $0) } }

  /// The multiplications up to which the library makes a product straight from its operands, where it copies them into
  /// panels for a larger one; 0 where it copies them always.
  ///
  /// Its kernels for AVX-512 do so, from version 0.3.18 on (OpenBLAS's pull request 3335).
  package static let mostUnpackedMultiplications = mostUnpackedMultiplications(configuration: configuration, core: core)

  package static func mostUnpackedMultiplications(configuration: String, core: String) -> Int {
    // "OpenBLAS 0.3.21 …"; the third number can have a suffix.
    let words = configuration.split(separator: " ")
    let version = (words.count > 1 ? words[1] : "").split(separator: ".").map { Int($0.prefix(while: \.isNumber)) ?? 0 }
    let isNewEnough = !version.lexicographicallyPrecedes([0, 3, 18])
    return isNewEnough && ["skylakex", "cooperlake", "sapphirerapids"].contains(core.lowercased()) ? 1_000_000 : 0
  }

  /// The elements of a product A Bᵀ up to which it does so, among those with no more multiplications.
  package static let mostUnpackedElements = 1200

  /// The summands of a product A Bᵀ from which on it does so.
  package static let leastUnpackedDepth = 32

  /// What the library makes its threads with.
  package enum Threading: String, Encodable, Sendable {
    case none, pthreads
    case openMP = "OpenMP"
  }

  /// A choice of who built the library.
  package static let threading: Threading =
    switch openblas_get_parallel() {
    case 0: .none
    case 2: .openMP
    default: .pthreads
    }

  /// Whether the number of threads is also each thread's own, as in a build on OpenMP.
  static let hasThreadsOfEachThread = threading == .openMP

  /// The number of threads that a call of the library may use, a setting of the whole process; at least 1.
  public static var threads: Int {
    get { Int(openblas_get_num_threads()) }
    set { openblas_set_num_threads(Int32(min(max(newValue, 1), Int(Int32.max)))) }
  }
}

// MARK: - The C calls

/// The C calls for one scalar, without checks: row-major, contiguous vectors, extents and strides as BLAS counts them.
public protocol _BLASScalar {
  /// C (m×n) ← α · op(A) (m×k) · op(B) (k×n) + β · C.
  static func _gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int32, _ n: Int32, _ k: Int32, _ alpha: Self,
    _ a: UnsafePointer<Self>, _ lda: Int32, _ b: UnsafePointer<Self>, _ ldb: Int32, _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ ldc: Int32)
  /// y ← α · op(A) · x + β · y, with A (rows×columns) as it lies in memory.
  static func _gemv(
    _ transposeA: Bool, _ rows: Int32, _ columns: Int32, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int32,
    _ x: UnsafePointer<Self>, _ beta: Self, _ y: UnsafeMutablePointer<Self>)
  /// A (m×n) ← α · x · yᵀ + A.
  static func _ger(
    _ m: Int32, _ n: Int32, _ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>,
    _ a: UnsafeMutablePointer<Self>, _ lda: Int32)
  /// y ← α · x + y.
  static func _axpy(_ n: Int32, _ alpha: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>)
  /// xᵀ · y.
  static func _dot(_ n: Int32, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>) -> Self
  /// x ← α · x.
  static func _scal(_ n: Int32, _ alpha: Self, _ x: UnsafeMutablePointer<Self>)
  /// ‖x‖₂.
  static func _nrm2(_ n: Int32, _ x: UnsafePointer<Self>) -> Self
}

private func flag(_ transpose: Bool) -> CBLAS_TRANSPOSE { transpose ? CblasTrans : CblasNoTrans }

// The protocol documents these.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Float {
  public static func _gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int32, _ n: Int32, _ k: Int32, _ alpha: Float,
    _ a: UnsafePointer<Float>, _ lda: Int32, _ b: UnsafePointer<Float>, _ ldb: Int32, _ beta: Float,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int32
  ) {
    cblas_sgemm(CblasRowMajor, flag(transposeA), flag(transposeB), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
  }
  public static func _gemv(
    _ transposeA: Bool, _ rows: Int32, _ columns: Int32, _ alpha: Float, _ a: UnsafePointer<Float>, _ lda: Int32,
    _ x: UnsafePointer<Float>, _ beta: Float, _ y: UnsafeMutablePointer<Float>
  ) {
    cblas_sgemv(CblasRowMajor, flag(transposeA), rows, columns, alpha, a, lda, x, 1, beta, y, 1)
  }
  public static func _ger(
    _ m: Int32, _ n: Int32, _ alpha: Float, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    _ a: UnsafeMutablePointer<Float>, _ lda: Int32
  ) {
    cblas_sger(CblasRowMajor, m, n, alpha, x, 1, y, 1, a, lda)
  }
  public static func _axpy(_ n: Int32, _ alpha: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
    cblas_saxpy(n, alpha, x, 1, y, 1)
  }
  public static func _dot(_ n: Int32, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>) -> Float {
    cblas_sdot(n, x, 1, y, 1)
  }
  public static func _scal(_ n: Int32, _ alpha: Float, _ x: UnsafeMutablePointer<Float>) { cblas_sscal(n, alpha, x, 1) }
  public static func _nrm2(_ n: Int32, _ x: UnsafePointer<Float>) -> Float { cblas_snrm2(n, x, 1) }
}

// The protocol documents these.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Double {
  public static func _gemm(
    _ transposeA: Bool, _ transposeB: Bool, _ m: Int32, _ n: Int32, _ k: Int32, _ alpha: Double,
    _ a: UnsafePointer<Double>, _ lda: Int32, _ b: UnsafePointer<Double>, _ ldb: Int32, _ beta: Double,
    _ c: UnsafeMutablePointer<Double>, _ ldc: Int32
  ) {
    cblas_dgemm(CblasRowMajor, flag(transposeA), flag(transposeB), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
  }
  public static func _gemv(
    _ transposeA: Bool, _ rows: Int32, _ columns: Int32, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int32,
    _ x: UnsafePointer<Double>, _ beta: Double, _ y: UnsafeMutablePointer<Double>
  ) {
    cblas_dgemv(CblasRowMajor, flag(transposeA), rows, columns, alpha, a, lda, x, 1, beta, y, 1)
  }
  public static func _ger(
    _ m: Int32, _ n: Int32, _ alpha: Double, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>,
    _ a: UnsafeMutablePointer<Double>, _ lda: Int32
  ) {
    cblas_dger(CblasRowMajor, m, n, alpha, x, 1, y, 1, a, lda)
  }
  public static func _axpy(_ n: Int32, _ alpha: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    cblas_daxpy(n, alpha, x, 1, y, 1)
  }
  public static func _dot(_ n: Int32, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> Double {
    cblas_ddot(n, x, 1, y, 1)
  }
  public static func _scal(_ n: Int32, _ alpha: Double, _ x: UnsafeMutablePointer<Double>) {
    cblas_dscal(n, alpha, x, 1)
  }
  public static func _nrm2(_ n: Int32, _ x: UnsafePointer<Double>) -> Double { cblas_dnrm2(n, x, 1) }
}
