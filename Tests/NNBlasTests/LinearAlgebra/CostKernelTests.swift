import CElementwise
import Foundation
import NNBlas
import Testing

/// Costs of sigmoid and quadratic kind with their errors, on every level.
struct CostKernelTests {
  /// 2⁻⁵³, one rounding of a sum in double precision.
  static let u = Double.u

  /// Errors equal the same formula in Swift; the cost is off by the roundings of a sum of doubles of one sign.
  @Test(arguments: KernelCase.all)
  func quadratic(_ run: KernelCase) throws { try checkQuadratic(run.scalar, run.level) }

  private func checkQuadratic<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 56)
    var worst = Worst()
    for place in BlockPlace.all {
      let (a, y): ([S], [S]) = (random.numbers(place.count, in: -0.2...1), random.numbers(place.count, in: 0...1))
      let differences = zip(a, y).map { $0 - $1 }
      for (function, expected) in [
        (NNBLAS_IDENTITY, differences), (NNBLAS_SIGMOID, zip(differences, a).map { $0 * ($1 * (1 - $1)) }),
        (NNBLAS_RELU, zip(differences, a).map { $1 > 0 ? $0 : 0 }),
      ] {
        let (answers, targets) = (Block(place, a), Block(place.moved(by: 5), y))
        let errors = Block(place.moved(by: 2), [S](repeating: .nan, count: place.count))
        let cost = kernels.quadratic(
          function, errors.start, answers.start, targets.start, place.rows, place.columns, place.ld)
        #expect(errors.elements == expected, "\(function), \(place)")
        #expect(answers.isUnchanged && targets.isUnchanged && errors.isUnchangedAround, "\(function), \(place)")
        let reference = differences.reduce(0 as Exact) { $0 + Exact($1) * Exact($1) } / 2
        worst.note(cost, reference, allowed: Exact(place.count + 1) * Self.u * reference, "\(place)")
      }
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
  }

  /// z becomes what the activation makes of it, to the bit, and the error a − y with one rounding.
  ///
  /// The cost of an element, max(z, 0) − z y + ln(1 + e): the product and the difference round by u of |z y| and of the
  /// difference; the logarithm is off by 1 ulp, 2u relative, and by as much again for its e; the sum rounds by u. So
  /// 5u (|z y| + max(z, 0) + ln(1 + e)) in all, and the sum over elements by the roundings of doubles. Seen: 0.12 of that.
  @Test(arguments: KernelCase.all)
  func sigmoidCrossEntropy(_ run: KernelCase) throws { try checkCrossEntropy(run.scalar, run.level) }

  private func checkCrossEntropy<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 57)
    var worst = Worst()
    for place in BlockPlace.all {
      let z: [S] = ActivationKernelTests.weightedInputs(place.count, &random)
      let y: [S] = random.numbers(place.count, in: 0...1).enumerated().map { $0 % 3 == 0 ? $1.rounded() : $1 }
      let (block, targets) = (Block(place, z), Block(place.moved(by: 5), y))
      let errors = Block(place.moved(by: 2), [S](repeating: .nan, count: place.count))
      let cost = kernels.sigmoidCrossEntropy(
        block.start, errors.start, targets.start, place.rows, place.columns, place.ld)
      let activated = Block(place, z)
      kernels.activate(NNBLAS_SIGMOID, activated.start, place.rows, place.columns, place.ld, nil)
      #expect(block.elements == activated.elements, "\(place)")
      #expect(errors.elements == zip(activated.elements, y).map { $0 - $1 }, "\(place)")
      #expect(block.isUnchangedAround && errors.isUnchangedAround && targets.isUnchanged, "\(place)")
      var (reference, size): (Exact, Exact) = (0, 0)
      for (z, y) in zip(z, y) {
        let (z, y) = (Exact(z), Exact(y))
        let softplus = log1p(exp(-abs(z)))
        reference += max(z, 0) - z * y + softplus
        size += abs(z * y) + max(z, 0) + softplus
      }
      let allowed = size * (5 * S.u + Exact(place.count) * Self.u)
      worst.note(cost, reference, allowed: allowed, "\(place)")
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
  }

  /// The cost alone of an element among others of no cost, in every place of every length.
  @Test(arguments: KernelCase.all)
  func extremes(_ run: KernelCase) throws { try checkExtremes(run.scalar, run.level) }

  private func checkExtremes<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    let huge = S.greatestFiniteMagnitude
    let cases: [(z: S, y: S, cost: Double)] = [
      (1e4, 1, 0), (1e4, 0, 1e4), (-1e4, 0, 0), (-1e4, 1, 1e4), (huge, 1, 0), (-huge, 0, 0), (huge, 0, Double(huge)),
      (-.infinity, 1, .infinity), (.nan, 0, .nan), (.nan, 1, .nan), (0, .nan, .nan), (.infinity, 0.5, .nan),
    ]
    for (z, y, cost) in cases {
      for columns in [1, 3, 7, 8, 10, 16, 23, 67] {
        for index in 0..<columns {
          let place = BlockPlace(rows: 1, columns: columns, ld: columns)
          var (all, targets) = ([S](repeating: -1e4, count: columns), [S](repeating: 0, count: columns))
          (all[index], targets[index]) = (z, y)
          let (block, target, error) = (Block(place, all), Block(place, targets), Block(place, all))
          let found = kernels.sigmoidCrossEntropy(block.start, error.start, target.start, 1, columns, columns)
          #expect(found == cost || (found.isNaN && cost.isNaN), "z = \(z), y = \(y), element \(index) of \(columns)")
          // As answers of a layer: NaN and infinity reach the cost.
          let (answer, answers) = (Block(place, all), Block(place, targets))
          let half = kernels.quadratic(
            NNBLAS_RELU, error.start, answer.start, answers.start, 1, columns, columns)
          #expect(half.isNaN == (z.isNaN || y.isNaN), "a = \(z), y = \(y), element \(index) of \(columns)")
          if z.isInfinite { #expect(half == .infinity) }
        }
      }
    }
  }
}
