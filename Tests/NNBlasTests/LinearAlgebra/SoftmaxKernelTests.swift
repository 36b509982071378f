import Foundation
import NNBlas
import Testing

/// Softmax with its cross-entropy, on every level, against the formulas in more digits.
struct SoftmaxKernelTests {
  /// Inputs are multiples of 2⁻¹⁰, so that their distances from the largest are exact.
  ///
  /// An exponential is off by 1 ulp, 2u, and so is their sum, besides n roundings of double precision; the quotient and the
  /// product round by u each: 6u of s softmax(z), and the difference from y rounds by u of itself, and of the product where
  /// they are not fused. The cost s ln Σ − Σ y (z − max) is off by 2u s for the sum, 1 ulp of the logarithm, and a few
  /// roundings of double precision, n of them in sums. Seen: 0.9 of both.
  @Test(arguments: KernelCase.all)
  func errorsAndCosts(_ run: KernelCase) throws { try check(run.scalar, run.level) }

  private func check<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 58)
    var (worstError, worstCost) = (Worst(), Worst())
    for place in BlockPlace.all {
      let z = random.numbers(place.count, in: -16384...16384, as: S.self).map { $0.rounded() / 1024 }
      // Rows of one class, and rows of shares whose sum is not 1.
      var y: [S] = random.numbers(place.count, in: 0...1)
      for row in stride(from: 0, to: place.columns == 0 ? 0 : place.rows, by: 2) {
        for column in 0..<place.columns { y[row * place.columns + column] = column == place.columns / 2 ? 1 : 0 }
      }
      let (inputs, targets) = (Block(place, z), Block(place.moved(by: 5), y))
      let errors = Block(place.moved(by: 2), [S](repeating: .nan, count: place.count))
      let cost = kernels.softmaxCrossEntropy(
        errors.start, inputs.start, targets.start, place.rows, place.columns, place.ld)
      #expect(inputs.isUnchanged && targets.isUnchanged && errors.isUnchangedAround, "\(place)")
      let found = errors.elements
      let doubles = Exact(place.columns + place.rows + 3) * Double.u
      var (reference, allowed): (Exact, Exact) = (0, 0)
      for row in 0..<place.rows where place.columns > 0 {
        let range = row * place.columns..<(row + 1) * place.columns
        let (z, y) = (z[range].map { Exact($0) }, y[range].map { Exact($0) })
        let largest = z.max() ?? 0
        let (total, sum) = (z.reduce(0) { $0 + exp($1 - largest) }, y.reduce(0, +))
        for column in 0..<place.columns {
          let share = sum * exp(z[column] - largest) / total
          worstError.note(
            found[range.lowerBound + column], share - y[column],
            allowed: share * (7 * S.u + doubles) + abs(share - y[column]) * S.u, "row \(row), \(column), \(place)")
        }
        let distance = zip(z, y).reduce(0) { $0 + ($1.0 - largest) * $1.1 }
        reference += sum * log(total) - distance
        allowed += sum * 2 * S.u + (sum * log(total) - distance) * doubles
      }
      if place.count == 0 { #expect(cost == 0, "\(place)") }
      worstCost.note(cost, reference, allowed: allowed, "\(place)")
    }
    #expect(worstError.error <= 1 + Exact.doubt(S.self), "\(worstError)")
    #expect(worstCost.error <= 1 + Exact.doubt(S.self), "\(worstCost)")
  }

  /// Logits far beyond what an exponential can hold, and what is not a number: the largest at every place of a row.
  @Test(arguments: KernelCase.all)
  func extremes(_ run: KernelCase) throws { try checkExtremes(run.scalar, run.level) }

  private func checkExtremes<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    for columns in [2, 3, 7, 8, 9, 10, 16, 17, 33, 67] {
      for index in 0..<columns {
        let other = (index + 1) % columns
        // All others at −1e4, or below: the one takes all.
        for low in [-1e4, -.infinity] as [S] {
          var z = [S](repeating: low, count: columns)
          z[index] = 1e4
          let right = run(kernels, z, target: index)
          #expect(right.cost == 0 && right.errors.allSatisfy { $0 == 0 }, "\(columns) columns, \(low)")
          let wrong = run(kernels, z, target: other)
          #expect(wrong.cost == 1e4 - Double(low), "\(columns) columns, \(low)")
          #expect(wrong.errors[index] == 1 && wrong.errors[other] == -1, "\(columns) columns, \(low)")
        }
        for broken in [.nan, .infinity] as [S] {
          var z = [S](repeating: 1, count: columns)
          z[index] = broken
          #expect(run(kernels, z, target: other).cost.isNaN, "\(broken) at \(index) of \(columns)")
          #expect(run(kernels, z, target: index).cost.isNaN, "\(broken) at \(index) of \(columns)")
        }
      }
      // All the same, however far from 0: the cost is ln n, up to the roundings of doubles.
      for level in [1e4, -1e4, 0] as [S] {
        let same = run(kernels, [S](repeating: level, count: columns), target: 0)
        #expect(abs(same.cost - log(Double(columns))) <= 1e-15 * log(Double(columns)), "\(columns) times \(level)")
      }
      #expect(run(kernels, [S](repeating: -.infinity, count: columns), target: 0).cost.isNaN)
    }
  }

  /// One class is always right.
  @Test(arguments: KernelCase.all)
  func singleColumn(_ run: KernelCase) throws { try checkSingle(run.scalar, run.level) }

  private func checkSingle<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    for z in [0, -0.0, 1e4, -1e4, .greatestFiniteMagnitude] as [S] {
      let found = self.run(kernels, [z], target: 0)
      #expect(found.cost == 0 && found.errors == [0], "z = \(z)")
    }
    #expect(self.run(kernels, [S.nan], target: 0).cost.isNaN)
  }

  private func run<S: Scalar>(_ kernels: Kernels<S>, _ z: [S], target: Int) -> (cost: Double, errors: [S]) {
    let place = BlockPlace(rows: 1, columns: z.count, ld: z.count)
    var y = [S](repeating: 0, count: z.count)
    y[target] = 1
    let (inputs, targets, errors) = (Block(place, z), Block(place, y), Block(place, y))
    let cost = kernels.softmaxCrossEntropy(errors.start, inputs.start, targets.start, 1, z.count, z.count)
    return (cost, errors.elements)
  }
}
