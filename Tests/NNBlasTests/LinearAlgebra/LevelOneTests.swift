import NNBlas
import Testing

/// axpy, dot, scal and nrm2 on views whose surroundings are NaN.
struct LevelOneTests {
  /// Every remainder of the widest register, 16 floats, unrolled four times.
  static let counts = 0...67

  @Test(arguments: Precision.allCases)
  func axpy(precision: Precision) throws { try checkAxpy(precision.scalar) }

  private func checkAxpy<S: Scalar>(_: S.Type) throws {
    var random = RandomValues(seed: 17)
    for count in Self.counts {
      let (x, y) = (random.integers(count, as: S.self), random.integers(count, as: S.self))
      let viewOfX = vector(x)
      for alpha: S in [0, 1, -0.5, 1.75] {
        var result = vector(y)
        try BLAS.axpy(alpha: alpha, viewOfX, into: &result)
        #expect(result.elements == Naive.combination(alpha, x, 1, y), "\(count) elements, alpha \(alpha)")
      }
      #expect(viewOfX.elements == x, "\(count) elements: the input changed")
    }
    var unchanged = Vector<S>([1, 2])
    try BLAS.axpy(alpha: 0, [.nan, .infinity], into: &unchanged)
    #expect(unchanged.elements == [1, 2])
  }

  @Test(arguments: Precision.allCases)
  func dot(precision: Precision) throws { try checkDot(precision.scalar) }

  private func checkDot<S: Scalar>(_: S.Type) throws {
    var random = RandomValues(seed: 18)
    for count in Self.counts {
      let (x, y) = (random.integers(count, as: S.self), random.integers(count, as: S.self))
      #expect(try BLAS.dot(vector(x), vector(y)) == Naive.dot(x, y), "\(count) elements")
    }
  }

  @Test(arguments: Precision.allCases)
  func scal(precision: Precision) throws { try checkScal(precision.scalar) }

  private func checkScal<S: Scalar>(_: S.Type) throws {
    var random = RandomValues(seed: 19)
    for count in Self.counts {
      let elements = random.integers(count, as: S.self)
      for factor: S in [0, 1, -0.5, 1.75] {
        var x = vector(elements)
        try BLAS.scal(factor, &x)
        #expect(x.elements == elements.map { factor * $0 }, "\(count) elements, factor \(factor)")
      }
      // 0 · NaN is NaN to IEEE 754, and 0 to scal.
      var x = vector([S](repeating: count % 2 == 0 ? .nan : .infinity, count: count))
      try BLAS.scal(0, &x)
      #expect(x.elements == [S](repeating: 0, count: count), "\(count) elements of NaN or infinity")
    }
  }

  @Test(arguments: Precision.allCases)
  func nrm2(precision: Precision) throws { try checkNrm2(precision.scalar) }

  private func checkNrm2<S: Scalar>(_: S.Type) throws {
    var random = RandomValues(seed: 20)
    for count in Self.counts {
      let x = random.integers(count, as: S.self)
      let norm = try BLAS.nrm2(vector(x))
      // The sum of squares is an exact integer, its root correctly rounded. With u half an ulp of 1, a norm that
      // divides by a scale first is off by 3u in each square and by u in each sum; the root halves that, and it and the
      // scale round once more: (count + 3) / 2 + 2, in units of u, which is at most 1 ulp.
      let expected = Naive.dot(x, x).squareRoot()
      #expect(
        abs(norm - expected) <= S(count / 2 + 4) * expected.ulp, "\(count) elements: \(norm), expected \(expected)")
    }
  }

  /// The squares of these overflow or vanish: Float ends at 1.4e−45 and 3.4e38, Double at 4.9e−324 and 1.8e308.
  @Test(arguments: [(Precision.f32, 1e30), (.f32, 1e-30), (.f64, 1e200), (.f64, 1e-200)])
  func nrm2SquaresNothing(precision: Precision, scale: Double) throws { try checkScaled(precision.scalar, by: scale) }

  private func checkScaled<S: Scalar>(_: S.Type, by scale: Double) throws {
    let scale = S(scale)
    // ‖(3, 4)‖ = 5, and four of them have norm 10. By the count above (8 + 3) / 2 + 2 < 8 ulp, and the elements and the
    // expectation are rounded once each.
    let expected = 10 * scale
    let norm = try BLAS.nrm2(vector([S]([3, 4, -3, 4, 3, -4, -3, -4]).map { $0 * scale }))
    #expect(abs(norm - expected) <= 10 * expected.ulp, "\(norm), expected \(expected)")
  }
}
