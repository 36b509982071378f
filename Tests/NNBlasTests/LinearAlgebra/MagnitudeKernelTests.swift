import CElementwise
import NNBlas
import Testing

/// The largest magnitude as it is defined.
enum Magnitude {
  /// What is no number before all others, 0 of none.
  static func largest<S: Scalar>(of numbers: [S]) -> S {
    if let nan = numbers.first(where: \.isNaN) { return nan }
    return numbers.map(abs).max() ?? 0
  }
}

/// The largest magnitude of a block, on every level: exact, so equal to the definition.
struct MagnitudeKernelTests {
  @Test(arguments: KernelCase.all)
  func numbers(_ run: KernelCase) throws { try check(run.scalar, run.level) }

  private func check<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 57)
    for place in BlockPlace.all {
      let x: [S] = random.numbers(place.count, in: -1...1)
      let block = Block(place, x)
      #expect(
        kernels.largestMagnitude(block.start, place.rows, place.columns, place.ld) == Magnitude.largest(of: x),
        "\(place)"
      )
      #expect(block.isUnchanged, "\(place)")
    }
  }

  /// In every place of lines of each length: whole vectors, their remainders, both of the two that a loop goes in.
  @Test(arguments: KernelCase.all)
  func extremes(_ run: KernelCase) throws { try checkExtremes(run.scalar, run.level) }

  private func checkExtremes<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    let largest = S.greatestFiniteMagnitude
    for place in BlockPlace.lines where place.columns > 0 && place.offset % 3 == 0 {
      func magnitude(_ index: Int, _ value: S, among others: S) -> S {
        var x = [S](repeating: others, count: place.count)
        x[index] = value
        let block = Block(place, x)
        return withExtendedLifetime(block) { kernels.largestMagnitude(block.start, 1, place.columns, place.ld) }
      }
      for index in 0..<place.count {
        #expect(magnitude(index, -largest, among: 1) == largest, "\(index), \(place)")
        #expect(magnitude(index, -.infinity, among: largest) == .infinity, "\(index), \(place)")
        #expect(magnitude(index, .leastNonzeroMagnitude, among: -0.0) == .leastNonzeroMagnitude, "\(index), \(place)")
        // Not lost behind or before what is larger than all numbers, whatever its sign.
        for nan in [S.nan, -S.nan] {
          let found = magnitude(index, nan, among: .infinity)
          #expect(found.isNaN && found.sign == .plus, "\(index), \(place)")
        }
      }
      let zero = magnitude(0, -0.0, among: -0.0)
      #expect(zero == 0 && zero.sign == .plus, "\(place)")
    }
  }

  /// A product that becomes no number, or infinite, in any place, with both operands' magnitudes.
  @Test(arguments: KernelCase.all)
  func products(_ run: KernelCase) throws { try checkProducts(run.scalar, run.level) }

  private func checkProducts<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    for place in BlockPlace.lines where place.columns > 0 && place.offset % 4 == 0 {
      for index in 0..<place.count {
        func largest(_ function: nnblas_activation, error: S, a: S) -> (error: S, a: S) {
          var (errors, activations) = ([S](repeating: 1, count: place.count), [S](repeating: 0.5, count: place.count))
          (errors[index], activations[index]) = (error, a)
          let (product, answers) = (Block(place, errors), Block(place, activations))
          return withExtendedLifetime((product, answers)) {
            kernels.multiplyByDerivative(function, product.start, answers.start, 1, place.columns, place.ld)
          }
        }
        for function in [NNBLAS_IDENTITY, NNBLAS_SIGMOID, NNBLAS_RELU] {
          #expect(largest(function, error: -.nan, a: 0.5).error.isNaN, "\(function), \(index), \(place)")
          #expect(largest(function, error: -.infinity, a: 0.5).error == .infinity, "\(function), \(index), \(place)")
          #expect(largest(function, error: 1, a: -.nan).a.isNaN, "\(function), \(index), \(place)")
          #expect(largest(function, error: 1, a: -.infinity).a == .infinity, "\(function), \(index), \(place)")
        }
        // What the derivative makes of them: 0 · ∞, and nothing of what is not taken.
        #expect(largest(NNBLAS_SIGMOID, error: .infinity, a: 1).error.isNaN, "\(index), \(place)")
        #expect(largest(NNBLAS_RELU, error: .nan, a: 0) == (place.count == 1 ? 0 : 1, place.count == 1 ? 0 : 0.5))
      }
    }
  }
}
