import NNBlas
import Testing

/// The steps of optimizers, on every level, against the formulas in more digits.
///
/// Bounds count roundings, each u relative to the term that is rounded; a level that fuses a product with a sum has fewer.
struct DescentKernelTests {
  /// w − η g: the product and the difference round. Seen: 0.98 for plain C, 0.5 where they are fused.
  @Test(arguments: KernelCase.all)
  func gradientDescent(_ run: KernelCase) throws { try checkGradientDescent(run.scalar, run.level) }

  private func checkGradientDescent<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 61)
    var worst = Worst()
    let rate: S = 0.3
    for place in BlockPlace.lines {
      let (w, g): ([S], [S]) = (numbers(place, &random), numbers(place, &random))
      let (weights, gradient) = (Block(place, w), Block(place.moved(by: 3), g))
      kernels.sgd(weights.start, gradient.start, place.columns, rate)
      for (index, value) in weights.elements.enumerated() {
        let product = Exact(rate) * Exact(g[index])
        let reference = Exact(w[index]) - product
        worst.note(value, reference, allowed: (abs(product) + abs(reference)) * S.u, "\(index), \(place)")
      }
      #expect(weights.isUnchangedAround && gradient.isUnchanged, "\(place)")
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
  }

  /// v: as w above. w: besides, η times what v is off.
  @Test(arguments: KernelCase.all)
  func momentum(_ run: KernelCase) throws { try checkMomentum(run.scalar, run.level) }

  private func checkMomentum<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 62)
    var (worst, worstVelocity) = (Worst(), Worst())
    let (rate, momentum): (S, S) = (0.3, 0.9)
    for place in BlockPlace.lines {
      let (w, v, g): ([S], [S], [S]) = (numbers(place, &random), numbers(place, &random), numbers(place, &random))
      let (weights, velocity) = (Block(place, w), Block(place.moved(by: 6), v))
      let gradient = Block(place.moved(by: 3), g)
      kernels.momentum(weights.start, velocity.start, gradient.start, place.columns, rate, momentum)
      let (newWeights, newVelocity) = (weights.elements, velocity.elements)
      for index in 0..<place.columns {
        let kept = Exact(momentum) * Exact(v[index])
        let reference = kept + Exact(g[index])
        let allowed = (abs(kept) + abs(reference)) * S.u
        worstVelocity.note(newVelocity[index], reference, allowed: allowed, "\(index), \(place)")
        let product = Exact(rate) * reference
        let weight = Exact(w[index]) - product
        worst.note(
          newWeights[index], weight, allowed: Exact(rate) * allowed + (abs(product) + abs(weight)) * S.u,
          "\(index), \(place)")
      }
      #expect(weights.isUnchangedAround && velocity.isUnchangedAround && gradient.isUnchanged, "\(place)")
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
    #expect(worstVelocity.error <= 1 + Exact.doubt(S.self), "\(worstVelocity)")
  }

  /// m: two products, one of them with the exact 1 − β₁, and the sum. v: three products and the sum. The step
  /// q = s m / (√v c + ε): what m is off, half of what v is off, and five roundings, of the root, of two products, of the
  /// sum and of the quotient. w: besides, the difference.
  @Test(arguments: KernelCase.all)
  func adam(_ run: KernelCase) throws { try checkAdam(run.scalar, run.level) }

  private func checkAdam<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 63)
    var worst = (w: Worst(), m: Worst(), v: Worst())
    let rates: Kernels<S>.Adam = (
      beta1: 0.9, beta2: 0.999, rest1: 0.1, rest2: 0.001, step: 0.01, correction: 3.2, epsilon: 1e-4
    )
    let (beta1, beta2) = (Exact(rates.beta1), Exact(rates.beta2))
    let (rest1, rest2) = (Exact(rates.rest1), Exact(rates.rest2))
    let (step, correction, epsilon) = (Exact(rates.step), Exact(rates.correction), Exact(rates.epsilon))
    for place in BlockPlace.lines {
      let (w, m, g): ([S], [S], [S]) = (numbers(place, &random), numbers(place, &random), numbers(place, &random))
      let v: [S] = numbers(place, &random).map(abs)
      let (weights, means) = (Block(place, w), Block(place.moved(by: 1), m))
      let (squares, gradient) = (Block(place.moved(by: 2), v), Block(place.moved(by: 5), g))
      kernels.adam(weights.start, means.start, squares.start, gradient.start, place.columns, rates)
      let (newWeights, newMeans, newSquares) = (weights.elements, means.elements, squares.elements)
      for i in 0..<place.columns {
        let gradient = Exact(g[i])
        let (kept, added) = (beta1 * Exact(m[i]), rest1 * gradient)
        let mean = kept + added
        let meanOff = (abs(kept) + abs(added) + abs(mean)) * S.u
        worst.m.note(newMeans[i], mean, allowed: meanOff, "\(i), \(place)")
        let (keptSquare, addedSquare) = (beta2 * Exact(v[i]), rest2 * gradient * gradient)
        let square = keptSquare + addedSquare
        let squareOff = (keptSquare + 2 * addedSquare + square) * S.u
        worst.v.note(newSquares[i], square, allowed: squareOff, "\(i), \(place)")
        let divisor = square.squareRoot() * correction + epsilon
        let change = step * mean / divisor
        let changeOff = step * meanOff / divisor + abs(change) * (squareOff / square / 2 + 5 * S.u)
        let weight = Exact(w[i]) - change
        worst.w.note(newWeights[i], weight, allowed: changeOff + abs(weight) * S.u, "\(i), \(place)")
      }
      #expect(weights.isUnchangedAround && means.isUnchangedAround && squares.isUnchangedAround, "\(place)")
      #expect(gradient.isUnchanged, "\(place)")
    }
    for worst in [worst.w, worst.m, worst.v] {
      #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
    }
  }

  /// What is broken stays broken and touches nothing else; a gradient of 0 at rest changes nothing.
  @Test(arguments: KernelCase.all)
  func extremes(_ run: KernelCase) throws { try checkExtremes(run.scalar, run.level) }

  private func checkExtremes<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    let rates: Kernels<S>.Adam = (
      beta1: 0.9, beta2: 0.999, rest1: 0.1, rest2: 0.001, step: 0.01, correction: 3.2, epsilon: 1e-8
    )
    for count in [1, 7, 10, 16, 23, 67] {
      let place = BlockPlace(rows: 1, columns: count, ld: count)
      for (index, broken) in (0..<count).flatMap({ index in [S.nan, .infinity, 0].map { (index, $0) } }) {
        var g = [S](repeating: 0, count: count)
        g[index] = broken
        let gradient = Block(place, g)
        let operands = (0..<6).map { _ in Block(place, [S](repeating: 0, count: count)) }
        let weights = [operands[0], operands[1], operands[3]]
        for block in weights { for i in 0..<count { block.start[i] = 1 } }
        kernels.sgd(weights[0].start, gradient.start, count, 0.5)
        kernels.momentum(weights[1].start, operands[2].start, gradient.start, count, 0.5, 0.9)
        kernels.adam(weights[2].start, operands[4].start, operands[5].start, gradient.start, count, rates)
        for (place, weights) in weights.enumerated() {
          var found = weights.elements
          // Adam's step is infinity by infinity.
          if broken != 0 { #expect(place < 2 && !broken.isNaN ? found[index] == -.infinity : found[index].isNaN) }
          if broken != 0 { found[index] = 1 }
          #expect(found.allSatisfy { $0 == 1 }, "\(broken) at \(index) of \(count)")
        }
      }
    }
  }

  private func numbers<S: Scalar>(_ place: BlockPlace, _ random: inout RandomValues) -> [S] {
    random.numbers(place.columns, in: -1...1)
  }
}
