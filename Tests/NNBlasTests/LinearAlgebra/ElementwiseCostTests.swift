import Foundation
import NNBlas
import Testing

/// The elementwise sums behind the costs.
struct ElementwiseCostTests {
  /// Integers and halves make every square and sum exact.
  @Test(arguments: Precision.allCases)
  func halfSquaredDistance(precision: Precision) throws { try checkDistance(precision.scalar) }

  private func checkDistance<S: Scalar>(_: S.Type) throws {
    var random = RandomValues(seed: 30)
    for length in ElementwiseTests.lengths {
      let (a, y) = (random.integers(length, as: S.self), random.integers(length, as: S.self).map { $0 / 2 })
      let difference = zip(a, y).map { $0 - $1 }
      #expect(
        S._halfSquaredDistance(a, y, length) == Double(Naive.dot(difference, difference)) / 2, "\(length) elements")
    }
  }

  @Test(arguments: Precision.allCases)
  func crossEntropy(precision: Precision) throws { try checkCrossEntropy(precision.scalar) }

  /// −(y ln σ(z) + (1 − y) ln(1 − σ(z))) of one element, with 1 − σ(z) = σ(−z), which no subtraction spoils.
  private func definition(_ z: Double, _ y: Double) -> Double {
    -(y * log(1 / (1 + exp(-z))) + (1 - y) * log(1 / (1 + exp(z))))
  }

  private func checkCrossEntropy<S: Scalar>(_: S.Type) throws {
    var random = RandomValues(seed: 31)
    for length in ElementwiseTests.lengths {
      let z = random.numbers(length, in: -20...20, as: S.self)
      let y = random.numbers(length, in: 0...1, as: S.self).enumerated().map { $0 % 3 == 0 ? $1.rounded() : $1 }
      var (reference, magnitude) = (0.0, 0.0)
      for (z, y) in zip(z, y) {
        reference += definition(Double(z), Double(y))
        magnitude += 2 * abs(Double(z)) + 1
      }
      let sum = S._crossEntropy(z, y, length)
      // With u half an ulp of 1, a term is off by 2u for e, 2u for ln, and u for z · y and for each of its two sums,
      // all relative to no more than 2 |z| + 1; adding the terms up rounds each `length` times at most. The reference
      // may be off by as much.
      let tolerance = 2 * Double(length + 7) * Double(S.ulpOfOne) / 2 * magnitude
      #expect(abs(sum - reference) <= tolerance, "\(length) elements: \(sum), expected \(reference)")
    }
  }

  /// A thousand small costs after one of 2²⁶, beside which Float has no room for any of them.
  @Test(arguments: Precision.allCases)
  func smallCostsBesideALargeOne(precision: Precision) { checkLargeSums(precision.scalar) }

  private func checkLargeSums<S: Scalar>(_: S.Type) {
    let ones = [S](repeating: 1, count: 1000)
    let zeros = [S](repeating: 0, count: 1001)
    #expect(S._halfSquaredDistance([8192] + ones, zeros, 1001) == (0x1p26 + 1000) / 2)
    let sum = S._crossEntropy([0x1p26] + ones, zeros, 1001)
    // ln(1 + e) for each of the thousand, to a precision of Float.
    #expect(abs((sum - 0x1p26) / (1000 * log(1 + exp(1))) - 1) < 1e-6)
  }

  /// σ(±1e4) is 0 or 1 in either precision, and ln 0 is infinite; the cost is |z| where the target is wrong, 0 where it
  /// is right.
  @Test(arguments: Precision.allCases)
  func crossEntropyOfSaturatedOutputs(precision: Precision) throws { try checkSaturation(precision.scalar) }

  private func checkSaturation<S: Scalar>(_: S.Type) throws {
    for (z, y, cost) in [(1e4, 1, 0), (1e4, 0, 1e4), (-1e4, 0, 0), (-1e4, 1, 1e4), (1e4, 0.5, 5e3), (-1e4, 0.5, 5e3)]
      as [(S, S, S)]
    {
      #expect(S._crossEntropy([z], [y], 1) == Double(cost), "z = \(z), y = \(y)")
    }
    let largest = S.greatestFiniteMagnitude
    #expect(S._crossEntropy([largest, -largest], [1, 0], 2) == 0)
  }

  /// ln(1 + x) of a tiny x is x, where adding 1 would lose it.
  @Test(arguments: Precision.allCases)
  func singleFunctions(precision: Precision) throws { try checkSingleFunctions(precision.scalar) }

  private func checkSingleFunctions<S: Scalar>(_: S.Type) throws {
    #expect(S._exponential(0) == 1 && S._exponential(-.infinity) == 0 && S._exponential(1000) == .infinity)
    #expect(S._logarithm1p(0) == 0 && S._logarithm1p(1e-20) == 1e-20 && S._logarithm1p(-1) == -.infinity)
    for x in stride(from: -5.0, through: 5, by: 0.625) {
      // Within 1 ulp, and the reference again.
      #expect(ulps(S._exponential(S(x)), from: exp(x)) <= 2, "e^\(x)")
      #expect(ulps(S._logarithm1p(S(abs(x))), from: log1p(abs(x))) <= 2, "ln(1 + \(abs(x)))")
    }
  }
}
