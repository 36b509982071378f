import CElementwise
import NNBlas
import Testing

/// Steps of optimizers, normalizations and dropout, on every level, against their formulas in more digits. What is allowed is a number
/// of roundings of the largest numbers that a result is made of.
struct TrainingKernelTests {
  private static let few = BlockPlace.all.filter { $0.offset % 3 == 0 && $0.columns > 0 }

  private func numbers<S: Scalar>(_ place: BlockPlace, _ random: inout RandomValues) -> [S] {
    random.numbers(place.count, in: -1...1)
  }

  @Test(arguments: KernelCase.all)
  func descents(_ run: KernelCase) throws { try checkDescents(run.scalar, run.level) }

  private func checkDescents<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    var random = RandomValues(seed: 81)
    var worst = Worst()
    let (rate, decay, rest, epsilon) = (S(0.125), S(0.9), S(0.1), S(1e-3))
    for place in BlockPlace.lines where place.columns > 0 {
      let (w, g, v): ([S], [S], [S]) = (numbers(place, &random), numbers(place, &random), numbers(place, &random))
      let gradient = Block(place.moved(by: 5), g)
      func check(
        _ what: String, _ block: Block<S>, allowed: Exact = 4, _ expected: (Exact, Exact, Exact) -> Exact
      ) {
        for (i, found) in block.elements.enumerated() {
          let (w, g, v) = (Exact(w[i]), Exact(g[i]), Exact(v[i]))
          worst.note(found, expected(w, g, v), allowed: allowed * S.u, "\(what), \(i), \(place)")
        }
        #expect(block.isUnchangedAround, "\(what), \(place)")
      }
      let (eta, mu, keep, add) = (Exact(rate), Exact(S(0.75)), Exact(decay), Exact(rest))

      var (weights, velocity) = (Block(place, w), Block(place.moved(by: 1), v))
      kernels.momentum(weights.start, velocity.start, gradient.start, place.columns, rate, 0.75, true)
      check("nesterov, v", velocity) { _, g, v in mu * v + g }
      check("nesterov", weights) { w, g, v in w - eta * (g + mu * (mu * v + g)) }

      let squares = Block(place.moved(by: 1), v.map { abs($0) })
      weights = Block(place, w)
      kernels.rmsProp(weights.start, squares.start, gradient.start, place.columns, rate, decay, rest, epsilon)
      func square(_ g: Exact, _ v: Exact) -> Exact { keep * abs(v) + add * g * g }
      check("rmsprop, v", squares) { _, g, v in square(g, v) }
      // The step is below η / √rest = 0.4.
      check("rmsprop", weights, allowed: 8) { w, g, v in w - eta * g / (square(g, v).squareRoot() + Exact(epsilon)) }

      velocity = Block(place.moved(by: 5), g)
      weights = Block(place, w)
      kernels.regularize(velocity.start, weights.start, place.columns, 2, 0.5, 0.25, 0.125)
      check("regularize", velocity) { w, g, _ in
        min(max(2 * g, -0.5), 0.5) + 0.25 * w + (w > 0 ? 0.125 : w < 0 ? -0.125 : 0)
      }
      #expect(weights.isUnchanged)

      velocity = Block(place, v)
      kernels.average(velocity.start, weights.start, place.columns, 0.25)
      check("average", velocity) { w, _, v in v + 0.25 * (w - v) }
      kernels.scale(weights.start, place.columns, 3)
      check("scale", weights) { w, _, _ in 3 * w }
      let sum = kernels.sumOfSquares(gradient.start, place.columns)
      let exact = g.reduce(Exact(0)) { $0 + Exact($1) * Exact($1) }
      worst.note(sum, exact, allowed: exact * Double.u * Exact(place.columns + 2), "sumOfSquares, \(place)")
      #expect(gradient.isUnchanged)
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
  }

  @Test(arguments: KernelCase.all)
  func brokenGradients(_ run: KernelCase) throws { try checkBroken(run.scalar, run.level) }

  private func checkBroken<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    for count in [1, 7, 19] {
      var g = [S](repeating: .nan, count: count)
      let w = [S](repeating: 0, count: count)
      kernels.regularize(&g, w, count, 1, 1, 0, 0)
      #expect(g.allSatisfy { $0.isNaN })
      g = [S](repeating: .infinity, count: count)
      kernels.regularize(&g, w, count, 1, 2, 0, 0)
      #expect(g.allSatisfy { $0 == 2 })
    }
  }

  @Test(arguments: KernelCase.all)
  func products(_ run: KernelCase) throws { try checkProducts(run.scalar, run.level) }

  private func checkProducts<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    var random = RandomValues(seed: 82)
    for place in Self.few {
      // Small integers: every product and sum is exact.
      let (x, y): ([S], [S]) = (random.integers(place.count), random.integers(place.count))
      let (block, factors) = (Block(place, x), Block(place, y))
      kernels.multiply(block.start, factors.start, place.rows, place.columns, place.ld)
      #expect(block.elements == zip(x, y).map { $0 * $1 } && block.isUnchangedAround && factors.isUnchanged)
      let (rows, rowFactors) = (Block(place, x), [S]((1...place.rows).map { S($0) }))
      kernels.scaleRows(rows.start, rowFactors, place.rows, place.columns, place.ld)
      #expect(rows.elements == x.indices.map { x[$0] * rowFactors[$0 / place.columns] } && rows.isUnchangedAround)
      let line = BlockPlace(rows: 1, columns: place.columns, ld: place.columns, offset: place.offset)
      let dots = (0..<place.columns).map { column in
        (0..<place.rows).reduce(S(0)) { $0 + x[$1 * place.columns + column] * y[$1 * place.columns + column] }
      }
      let (sums, fresh) = (
        Block(line, [S](repeating: 2, count: place.columns)), Block(line, [S](repeating: .nan, count: place.columns))
      )
      let left = Block(place, x)
      kernels.columnDots(sums.start, 0.5, 3, left.start, factors.start, place.rows, place.columns, place.ld)
      kernels.columnDots(fresh.start, -1, 0, left.start, factors.start, place.rows, place.columns, place.ld)
      #expect(sums.elements == dots.map { 6 + $0 / 2 } && fresh.elements == dots.map { -$0 }, "\(place)")
      #expect(sums.isUnchangedAround && fresh.isUnchangedAround && left.isUnchanged)
    }
  }

  /// A sum of n products is off by (n + 1) u of their sizes at most (Higham, "Accuracy and Stability of Numerical Algorithms", 2002,
  /// section 3.1), and rounded twice more with α and β.
  @Test(arguments: KernelCase.all)
  func dotsOfFractions(_ run: KernelCase) throws { try checkDots(run.scalar, run.level) }

  private func checkDots<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    var random = RandomValues(seed: 82)
    var worst = Worst()
    for place in Self.few {
      let (x, y): ([S], [S]) = (numbers(place, &random), numbers(place, &random))
      let line = BlockPlace(rows: 1, columns: place.columns, ld: place.columns, offset: place.offset)
      let start: [S] = random.numbers(place.columns, in: -1...1)
      let (sums, left, right) = (Block(line, start), Block(place, x), Block(place, y))
      kernels.columnDots(sums.start, 0.7, 0.3, left.start, right.start, place.rows, place.columns, place.ld)
      for (column, found) in sums.elements.enumerated() {
        let terms = (0..<place.rows).map {
          Exact(x[$0 * place.columns + column]) * Exact(y[$0 * place.columns + column])
        }
        let (sum, size) = (terms.reduce(0, +), terms.reduce(0) { $0 + abs($1) })
        let (alpha, beta) = (Exact(S(0.7)), Exact(S(0.3)))
        worst.note(
          found, beta * Exact(start[column]) + alpha * sum,
          allowed: S.u * (alpha * size * Exact(place.rows + 3) + 2 * beta * abs(Exact(start[column]))), "\(place)")
      }
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
  }

  @Test(arguments: KernelCase.all)
  func rowNorms(_ run: KernelCase) throws { try checkRowNorms(run.scalar, run.level) }

  private func checkRowNorms<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    var random = RandomValues(seed: 83)
    var worst = Worst()
    let epsilon = S(1e-2)
    for place in Self.few {
      let source = BlockPlace(rows: place.rows, columns: place.columns, ld: place.columns + 2, offset: place.offset)
      let (x, e): ([S], [S]) = (numbers(place, &random), numbers(place, &random))
      let (gamma, beta): ([S], [S]) = (
        random.numbers(place.columns, in: -1...1), random.numbers(place.columns, in: -1...1)
      )
      let (input, y, n) = (Block(source, x), Block(place, x), Block(place.moved(by: 3), x))
      var inverse = [S](repeating: 0, count: place.rows)
      kernels.layerNorm(
        y.start, n.start, &inverse, input.start, source.ld, gamma, beta, epsilon, place.rows, place.columns, place.ld)
      let (dx, dy) = (Block(source, x), Block(place, e))
      kernels.layerNormErrors(
        dx.start, source.ld, dy.start, n.start, inverse, gamma, place.rows, place.columns, place.ld)
      let (values, normals, errors) = (y.elements, n.elements, dx.elements)
      for row in 0..<place.rows {
        let range = row * place.columns..<(row + 1) * place.columns
        let count = Exact(place.columns)
        let mean = range.reduce(Exact(0)) { $0 + Exact(x[$1]) } / count
        let variance = range.reduce(Exact(0)) { $0 + (Exact(x[$1]) - mean) * (Exact(x[$1]) - mean) } / count
        let factor = 1 / (variance + Exact(epsilon)).squareRoot()
        let g = range.map { Exact(e[$0]) * Exact(gamma[$0 % place.columns]) }
        let slope = zip(range, g).reduce(Exact(0)) { $0 + $1.1 * Exact(normals[$1.0]) } / count
        let meanError = g.reduce(0, +) / count
        let (size, sizeOfSlope) = (
          g.reduce(0) { $0 + abs($1) } / count,
          zip(range, g).reduce(Exact(0)) { $0 + abs($1.1 * Exact(normals[$1.0])) } / count
        )
        worst.note(inverse[row], factor, allowed: (2 * S.u + (count + 4) * Double.u) * factor, "inverse, \(place)")
        for (column, index) in range.enumerated() {
          let normal = (Exact(x[index]) - mean) * factor
          // A difference that cancels is off by roundings of 1 in double precision.
          let off = (2 * S.u + (count + 4) * Double.u) * abs(normal) + (count + 8) * Double.u * factor
          worst.note(normals[index], normal, allowed: off, "normal, \(place)")
          let value = Exact(gamma[column]) * Exact(normals[index]) + Exact(beta[column])
          worst.note(values[index], value, allowed: 3 * S.u * (abs(Exact(normals[index])) + 1), "value, \(place)")
          let error = Exact(inverse[row]) * (g[column] - meanError - Exact(normals[index]) * slope)
          let sizeOfError = abs(g[column]) + size + abs(Exact(normals[index])) * sizeOfSlope
          worst.note(
            errors[index], error, allowed: (6 * S.u + count * Double.u) * factor * sizeOfError, "error, \(place)")
        }
      }
      #expect(y.isUnchangedAround && n.isUnchangedAround && dx.isUnchangedAround)
      #expect(input.isUnchanged && dy.isUnchanged)
      // The same where nothing is kept.
      let alone = Block(place, x)
      kernels.layerNorm(
        alone.start, nil, nil, input.start, source.ld, gamma, beta, epsilon, place.rows, place.columns, place.ld)
      #expect(alone.elements == values)
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
  }

  @Test(arguments: KernelCase.all)
  func columnNorms(_ run: KernelCase) throws { try checkColumnNorms(run.scalar, run.level) }

  private func checkColumnNorms<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    var random = RandomValues(seed: 84)
    var worst = Worst()
    for place in Self.few {
      let source = BlockPlace(rows: place.rows, columns: place.columns, ld: place.columns + 2, offset: place.offset)
      // Far from 0, where a sum of squares would lose the variance.
      let x = numbers(place, &random).map { S(1000) + $0 }
      let (e, normals): ([S], [S]) = (numbers(place, &random), numbers(place, &random))
      let input = Block(source, x)
      func column() -> [S] { random.numbers(place.columns, in: 0.5...1) }
      var (mean, variance) = (column(), column())
      let (inverse, gamma, beta, scale) = (column(), column(), column(), column())
      kernels.columnMoments(&mean, &variance, input.start, place.rows, place.columns, source.ld)
      let (y, n, dx) = (Block(place, x), Block(place.moved(by: 3), x), Block(source, x))
      let (dy, normal) = (Block(place, e), Block(place, normals))
      kernels.normalizeColumns(
        y.start, n.start, input.start, source.ld, mean, inverse, gamma, beta, place.rows, place.columns, place.ld)
      kernels.batchNormErrors(
        dx.start, source.ld, dy.start, normal.start, scale, gamma, beta, place.rows,
        place.columns, place.ld)
      let (found, kept, errors) = (y.elements, n.elements, dx.elements)
      for column in 0..<place.columns {
        let indices = (0..<place.rows).map { $0 * place.columns + column }
        let average = indices.reduce(Exact(0)) { $0 + Exact(x[$1]) } / Exact(place.rows)
        let spread = indices.reduce(Exact(0)) { $0 + (Exact(x[$1]) - average) * (Exact(x[$1]) - average) }
        worst.note(mean[column], average, allowed: (2 * S.u + Exact(place.rows) * Double.u) * average, "mean, \(place)")
        worst.note(
          variance[column], spread / Exact(place.rows), allowed: 2 * S.u * spread + 4000 * Double.u,
          "variance, \(place)")
        for i in indices {
          let normal = (Exact(x[i]) - Exact(mean[column])) * Exact(inverse[column])
          worst.note(kept[i], normal, allowed: 3 * S.u * abs(normal), "normal, \(place)")
          worst.note(
            found[i], Exact(gamma[column]) * Exact(kept[i]) + Exact(beta[column]),
            allowed: 3 * S.u * (abs(Exact(kept[i])) + 1), "value, \(place)")
          let error =
            Exact(scale[column]) * (Exact(e[i]) - Exact(gamma[column]) - Exact(normals[i]) * Exact(beta[column]))
          worst.note(errors[i], error, allowed: 12 * S.u, "error, \(place)")
        }
      }
      #expect(y.isUnchangedAround && n.isUnchangedAround && dx.isUnchangedAround && input.isUnchanged)
      #expect(dy.isUnchanged && normal.isUnchanged)
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
  }

  /// Which numbers are dropped is the generator's choice, wherever the block lies in its layer.
  @Test(arguments: KernelCase.all)
  func dropout(_ run: KernelCase) throws { try checkDropout(run.scalar, run.level) }

  private func checkDropout<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    var random = RandomValues(seed: 85)
    let threshold: UInt32 = 0x4000_0000
    for (number, shape) in Self.few.enumerated() {
      let (row, column) = (number % 5, number % 7)
      let width = column + shape.columns + number % 3
      var place = nnblas_place(
        first_row: row, first_column: column, width: width, key: 0x1234_5678_9ABC_DEF0, layer: 3, step: 77, purpose: 4)
      let x: [S] = numbers(shape, &random)
      let (input, y, mask) = (Block(shape, x), Block(shape, x), Block(shape.moved(by: 3), x))
      kernels.dropout(
        y.start, mask.start, input.start, shape.ld, 4, threshold, &place, shape.rows, shape.columns, shape.ld)
      let expected = (0..<shape.count).map { index in
        let (i, j) = (row + index / shape.columns, column + index % shape.columns)
        let block = Philox.block(
          counter: SIMD4(UInt32(i * ((width + 3) / 4) + j / 4), 3, 77, 4), key: SIMD2(0x9ABC_DEF0, 0x1234_5678))
        return block[j % 4] < threshold ? S(0) : 4
      }
      #expect(mask.elements == expected, "\(shape)")
      #expect(y.elements == zip(x, expected).map { $0 * $1 }, "\(shape)")
      #expect(y.isUnchangedAround && mask.isUnchangedAround && input.isUnchanged)
      // What is dropped is 0, whatever it was.
      for wild in [S.infinity, .nan] {
        let (from, to) = (Block(shape, [S](repeating: wild, count: shape.count)), Block(shape, x))
        kernels.dropout(
          to.start, mask.start, from.start, shape.ld, 4, threshold, &place, shape.rows, shape.columns, shape.ld)
        #expect(zip(to.elements, expected).allSatisfy { $1 == 0 ? $0 == 0 : !$0.isFinite }, "\(shape)")
      }
    }
  }
}
