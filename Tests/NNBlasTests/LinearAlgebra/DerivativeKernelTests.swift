import CElementwise
import NNBlas
import Testing

/// Errors times derivatives written in activations, on every level.
struct DerivativeKernelTests {
  /// a (1 − a) by three roundings in a stated order and no fused one: equal to the same in Swift.
  @Test(arguments: KernelCase.all)
  func products(_ run: KernelCase) throws { try check(run.scalar, run.level) }

  private func check<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 54)
    for place in BlockPlace.all {
      let error: [S] = random.numbers(place.count, in: -1...1)
      let a: [S] = random.numbers(place.count, in: -0.2...1)
      for (function, expected) in [
        (NNBLAS_IDENTITY, error), (NNBLAS_SIGMOID, zip(error, a).map { $0 * ($1 * (1 - $1)) }),
        (NNBLAS_RELU, zip(error, a).map { $1 > 0 ? $0 : 0 }),
      ] {
        let (errors, activations) = (Block(place, error), Block(place.moved(by: 5), a))
        let largest = kernels.multiplyByDerivative(
          function, errors.start, activations.start, place.rows, place.columns, place.ld)
        #expect(largest == (Magnitude.largest(of: expected), Magnitude.largest(of: a)), "\(function), \(place)")
        #expect(errors.elements == expected, "\(function), \(place)")
        #expect(errors.isUnchangedAround && activations.isUnchanged, "\(function), \(place)")
      }
    }
  }

  /// The product for a sigmoid is within 2.5 ulp: 1 − a is exact from ½ up and rounded by at most ¼ of its ulp below, and
  /// two products follow, each u relative, at most 1 ulp. Seen: 1.8.
  @Test(arguments: KernelCase.all)
  func sigmoidAccuracy(_ run: KernelCase) throws { try checkAccuracy(run.scalar, run.level) }

  private func checkAccuracy<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 55)
    let place = BlockPlace(rows: 1, columns: 20_000, ld: 20_000)
    let (error, a): ([S], [S]) = (random.numbers(20_000, in: 0.5...2), random.numbers(20_000, in: 1e-6...0.999))
    let (errors, activations) = (Block(place, error), Block(place, a))
    _ = kernels.multiplyByDerivative(NNBLAS_SIGMOID, errors.start, activations.start, 1, 20_000, 20_000)
    var worst = Worst()
    for (index, value) in errors.elements.enumerated() {
      let a = Exact(a[index])
      worst.noteUlps(value, Exact(error[index]) * a * (1 - a), "a = \(a)")
    }
    #expect(worst.error <= 2.5 + Exact.doubt(S.self), "\(worst)")
  }

  @Test(arguments: KernelCase.all)
  func extremes(_ run: KernelCase) throws { try checkExtremes(run.scalar, run.level) }

  private func checkExtremes<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    let cases: [(error: S, a: S, sigmoid: S, rectified: S)] = [
      (1, 0, 0, 0), (1, -0.0, 0, 0), (.nan, 0.5, .nan, .nan), (.infinity, 0.5, .infinity, .infinity),
      (-.infinity, 1, .nan, -.infinity), (1, .nan, .nan, 0), (.nan, 0, .nan, 0), (3, .infinity, -.infinity, 3),
    ]
    for place in BlockPlace.lines where place.columns > 0 {
      for (error, a, sigmoid, rectified) in cases {
        for (function, expected) in [(NNBLAS_SIGMOID, sigmoid), (NNBLAS_RELU, rectified), (NNBLAS_IDENTITY, error)] {
          let errors = Block(place, [S](repeating: error, count: place.columns))
          let activations = Block(place, [S](repeating: a, count: place.columns))
          let largest = kernels.multiplyByDerivative(
            function, errors.start, activations.start, 1, place.columns, place.ld)
          #expect(largest.error.isNaN && expected.isNaN || largest.error == abs(expected))
          #expect(largest.a.isNaN && a.isNaN || largest.a == abs(a))
          #expect(largest.error.sign == .plus && largest.a.sign == .plus)
          let isExpected = errors.elements.allSatisfy { $0 == expected || ($0.isNaN && expected.isNaN) }
          #expect(isExpected, "\(function): \(error) for a = \(a): \(errors.elements)")
        }
      }
    }
  }
}
