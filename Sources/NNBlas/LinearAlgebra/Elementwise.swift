/// The loops over elements that BLAS lacks, as static requirements of `Scalar`.
///
/// Generic code reaches them through the witness table, and each witness is compiled for its concrete type: one indirect
/// call for a whole loop, none for an element. All pointers are to distinct memory unless a name says in place.
public protocol _ElementwiseScalar {
  /// x ← value.
  static func _fill(_ x: UnsafeMutablePointer<Self>, _ value: Self, _ count: Int)
  /// Whether all elements are equal.
  static func _equal(_ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ count: Int) -> Bool
  /// The index of the first infinity or NaN.
  static func _firstNonFinite(_ x: UnsafePointer<Self>, _ count: Int) -> Int?
  /// The index of the first largest element, 0 where there is none.
  static func _indexOfMaximum(_ x: UnsafePointer<Self>, _ count: Int) -> Int
  /// target ← source, rounded to this precision.
  static func _convert(_ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Self>, _ count: Int)
  /// target ← source, rounded to this precision.
  static func _convert(_ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Self>, _ count: Int)
  /// target ← 1 / √(variances + ε).
  static func _inverseDeviations(
    _ target: UnsafeMutablePointer<Self>, _ variances: UnsafePointer<Self>, _ count: Int, epsilon: Self)
  /// A row-major matrix of rows × columns from one whose element (i, j) is at j · leadingDimension + i.
  static func _copyTransposed(
    _ source: UnsafePointer<Self>, _ leadingDimension: Int, into target: UnsafeMutablePointer<Self>, rows: Int,
    columns: Int)
}

// Written once, and compiled for each of the two conforming types as its witness.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension _ElementwiseScalar where Self: BinaryFloatingPoint {
  public static func _fill(_ x: UnsafeMutablePointer<Self>, _ value: Self, _ count: Int) {
    for i in 0..<count { x[i] = value }
  }

  public static func _equal(_ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ count: Int) -> Bool {
    for i in 0..<count where x[i] != y[i] { return false }
    return true
  }

  public static func _firstNonFinite(_ x: UnsafePointer<Self>, _ count: Int) -> Int? {
    // Block by block without a way out, so that the loop is vectorized.
    for start in stride(from: 0, to: count, by: 256) {
      let block = start..<min(start + 256, count)
      var broken: UInt8 = 0
      for i in block { broken |= x[i].isFinite ? 0 : 1 }
      if broken != 0 { return block.first { !x[$0].isFinite } }
    }
    return nil
  }

  public static func _indexOfMaximum(_ x: UnsafePointer<Self>, _ count: Int) -> Int {
    var best = 0
    for i in 0..<count where x[i] > x[best] { best = i }
    return best
  }

  public static func _convert(_ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Self>, _ count: Int) {
    for i in 0..<count { target[i] = Self(source[i]) }
  }

  public static func _convert(_ source: UnsafePointer<Double>, into target: UnsafeMutablePointer<Self>, _ count: Int) {
    for i in 0..<count { target[i] = Self(source[i]) }
  }

  public static func _inverseDeviations(
    _ target: UnsafeMutablePointer<Self>, _ variances: UnsafePointer<Self>, _ count: Int, epsilon: Self
  ) {
    for i in 0..<count { target[i] = 1 / (variances[i] + epsilon).squareRoot() }
  }

  public static func _copyTransposed(
    _ source: UnsafePointer<Self>, _ leadingDimension: Int, into target: UnsafeMutablePointer<Self>, rows: Int,
    columns: Int
  ) {
    for i in 0..<rows {
      for j in 0..<columns { target[i * columns + j] = source[j * leadingDimension + i] }
    }
  }
}
