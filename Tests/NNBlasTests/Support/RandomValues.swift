import NNBlas

/// Values for tests, the same on every run.
struct RandomValues {
  private var generator: Philox

  init(seed: UInt64 = 1) { generator = Philox(seed: seed) }

  /// Integers from −4 to 4. Sums of their products are exact in both precisions, so that results compare with `==`
  /// whatever the order of the summation: 33 products, the longest sum here, stay within 33 · 16 = 528 « 2²⁴.
  mutating func integers<S: Scalar>(_ count: Int, as type: S.Type = S.self) -> [S] {
    (0..<count).map { _ in S(Int.random(in: -4...4, using: &generator)) }
  }

  /// Rows of such integers.
  mutating func integers<S: Scalar>(rows: Int, columns: Int, as type: S.Type = S.self) -> [[S]] {
    (0..<rows).map { _ in integers(columns) }
  }

  /// Numbers spread evenly over a range, of full precision.
  mutating func numbers<S: Scalar>(_ count: Int, in range: ClosedRange<Double>, as type: S.Type = S.self) -> [S] {
    (0..<count).map { _ in
      S(range.lowerBound + (range.upperBound - range.lowerBound) * generator.nextUnit())
    }
  }
}

/// Rows of small integers that depend on the seed alone.
func randomRows<S: Scalar>(_ rows: Int, _ columns: Int, seed: UInt64) -> [[S]] {
  var random = RandomValues(seed: seed)
  return random.integers(rows: rows, columns: columns)
}

/// Small integers that depend on the seed alone.
func randomElements<S: Scalar>(_ count: Int, seed: UInt64) -> [S] {
  var random = RandomValues(seed: seed)
  return random.integers(count)
}
