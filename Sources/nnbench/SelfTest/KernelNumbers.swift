import NNBlas

/// The elements of a block in memory, with gaps between its rows that no kernel may touch.
struct KernelNumbers<S: Scalar> {
  private let rows: Int
  private let columns: Int
  private let stride: Int
  private var elements: [S]

  /// What stands in the gaps.
  private static var gap: S { 7 }

  /// By how much a result may be off, relative to itself or to what it is summed of: SLEEF's functions are at most one unit in the
  /// last place off, the formulas round a few times more, and sums of up to five rows again; sixteen units are twice what all
  /// of it comes to.
  static var allowed: Double { 16 * Double(S.ulpOfOne) }

  /// Numbers of a range, rounded to the scalar.
  init(rows: Int, columns: Int, stride: Int, seed: UInt64, _ range: ClosedRange<Double>) {
    (self.rows, self.columns, self.stride) = (rows, columns, stride)
    var random = Philox(seed: seed)
    elements = [S](repeating: Self.gap, count: rows * stride)
    for i in 0..<rows {
      for j in 0..<columns {
        elements[i * stride + j] = S(range.lowerBound + random.nextUnit() * (range.upperBound - range.lowerBound))
      }
    }
  }

  subscript(row: Int, column: Int) -> Double { Double(elements[row * stride + column]) }

  func read<R>(_ body: (UnsafePointer<S>) -> R) -> R {
    elements.withUnsafeBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
  }

  @discardableResult
  mutating func update<R>(_ body: (UnsafeMutablePointer<S>) -> R) -> R {
    elements.withUnsafeMutableBufferPointer { body($0.baseAddress.unsafelyUnwrapped) }
  }

  /// - Parameters:
  ///   - what: The kernel, for the error.
  ///   - place: The shape, for the error.
  ///   - scale: What the result is summed of, where that is larger than itself.
  ///   - formula: What each element is to be.
  /// - Throws: `Mismatch` for the first element that is another, and for a gap that was written to.
  func expect(_ what: String, _ place: String, scale: Double = 0, _ formula: (Int, Int) -> Double) throws {
    for i in 0..<rows {
      for j in 0..<stride {
        guard j < columns else {
          if elements[i * stride + j] == Self.gap { continue }
          throw Mismatch("\(what), \(place): wrote beyond the end of row \(i)")
        }
        let (value, expected) = (self[i, j], formula(i, j))
        guard abs(value - expected) <= Self.allowed * max(abs(expected), scale) else {
          throw Mismatch("\(what), \(place): element (\(i), \(j)) is \(value), expected \(expected)")
        }
      }
    }
  }
}
