import CElementwise
import Foundation
import NNBlas
import Testing

/// What layers do with their weighted inputs, on every level, against the formulas in more digits.
struct ActivationKernelTests {
  /// Values on both sides of 0, every other one near it. σ(−87) = 1.6e−38 is the last normal Float, 1.2e−38 the least.
  static func weightedInputs<S: Scalar>(_ count: Int, _ random: inout RandomValues, as _: S.Type = S.self) -> [S] {
    random.numbers(count, in: -87...87).enumerated().map { $0 % 2 == 0 ? $1 : $1 / 40 }
  }

  /// σ = e / s for z < 0 and 1 / s for others, with e = e^−|z| and s = 1 + e in 1...2. With e = m 2ᵏ, m in 1..<2, the
  /// exponential is off by 1 ulp, 2u / m relative, of which 1 / s enters σ; s rounds by u / s, and the quotient by ½ ulp.
  /// σ's own digits begin with m / s, or with 2m / s where m < s: at most 2 / s² + m / s² + ½ < 3.5 ulp. Seen: 2.1 ulp.
  @Test(arguments: KernelCase.all)
  func sigmoid(_ run: KernelCase) throws { try checkSigmoid(run.scalar, run.level) }

  private func checkSigmoid<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 51)
    var worst = Worst()
    for place in BlockPlace.all {
      for biased in [false, true] {
        let z: [S] = Self.weightedInputs(place.count, &random)
        let (block, bias) = (Block(place, z), bias(place, biased, &random, as: S.self))
        kernels.activate(NNBLAS_SIGMOID, block.start, place.rows, place.columns, place.ld, bias?.start)
        for (index, value) in block.elements.enumerated() {
          let x = z[index] + (bias?.start[index % place.columns] ?? 0)
          worst.noteUlps(value, 1 / (1 + exp(-Exact(x))), "σ(\(x)), element \(index) of \(place)")
        }
        #expect(block.isUnchangedAround && bias?.isUnchanged != false, "\(place)")
      }
    }
    #expect(worst.error <= 3.5 + Exact.doubt(S.self), "\(worst)")
  }

  /// One rounding of the sum, and the choice between it and 0: equal to the formula.
  @Test(arguments: KernelCase.all)
  func identityAndRectifier(_ run: KernelCase) throws { try checkSimple(run.scalar, run.level) }

  private func checkSimple<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 52)
    for place in BlockPlace.all {
      for biased in [false, true] {
        let z: [S] = random.numbers(place.count, in: -1...1)
        let bias = bias(place, biased, &random, as: S.self)
        let sums = z.enumerated().map { $1 + (bias?.start[$0 % place.columns] ?? 0) }
        for (function, expected) in [(NNBLAS_IDENTITY, sums), (NNBLAS_RELU, sums.map { max($0, 0) })] {
          let block = Block(place, z)
          kernels.activate(function, block.start, place.rows, place.columns, place.ld, bias?.start)
          #expect(block.elements == expected, "\(function), biased: \(biased), \(place)")
          #expect(block.isUnchangedAround && bias?.isUnchanged != false, "\(place)")
        }
      }
    }
  }

  /// A row as long as the block's, or none.
  private func bias<S: Scalar>(_ place: BlockPlace, _ biased: Bool, _ random: inout RandomValues, as _: S.Type)
    -> Block<S>?
  {
    guard biased else { return nil }
    let line = BlockPlace(rows: 1, columns: place.columns, ld: place.columns, offset: (place.offset + 3) % 8)
    return Block(line, random.numbers(place.columns, in: -0.01...0.01))
  }

  /// In every lane of a register, and in what is left after registers.
  @Test(arguments: KernelCase.all)
  func extremes(_ run: KernelCase) throws { try checkExtremes(run.scalar, run.level) }

  private func checkExtremes<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    let huge = S.greatestFiniteMagnitude
    let cases: [(z: S, sigmoid: S, rectified: S)] = [
      (0, 0.5, 0), (-0.0, 0.5, 0), (1e4, 1, 1e4), (-1e4, 0, 0), (huge, 1, huge), (-huge, 0, 0),
      (.infinity, 1, .infinity), (-.infinity, 0, 0), (.nan, .nan, .nan),
    ]
    for place in BlockPlace.lines where place.columns > 0 {
      for (z, sigmoid, rectified) in cases {
        for (function, expected) in [(NNBLAS_SIGMOID, sigmoid), (NNBLAS_RELU, rectified), (NNBLAS_IDENTITY, z)] {
          let block = Block(place, [S](repeating: z, count: place.columns))
          kernels.activate(function, block.start, 1, place.columns, place.ld, nil)
          let isExpected = block.elements.allSatisfy { $0 == expected || ($0.isNaN && expected.isNaN) }
          #expect(isExpected, "\(function) of \(z): \(block.elements), \(place)")
        }
      }
    }
  }

  /// The same number has the same result wherever it lies, to the bit.
  @Test(arguments: KernelCase.all)
  func placeDoesNotMatter(_ run: KernelCase) throws { try checkPlaces(run.scalar, run.level) }

  private func checkPlaces<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 53)
    let numbers: [S] = Self.weightedInputs(100, &random)
    let alone = numbers.map { number in
      var number = number
      kernels.activate(NNBLAS_SIGMOID, &number, 1, 1, 1, nil)
      return number
    }
    for (number, result) in zip(numbers, alone) {
      let block = Block(BlockPlace(rows: 3, columns: 67, ld: 70), [S](repeating: number, count: 201))
      kernels.activate(NNBLAS_SIGMOID, block.start, 3, 67, 70, nil)
      #expect(block.elements.allSatisfy { $0 == result }, "σ(\(number))")
    }
  }
}
