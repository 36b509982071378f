import CElementwise
import Foundation
import NNBlas
import Testing

/// Activations with slopes, softmax and costs beyond the book's, on every level, against their formulas in more digits.
struct LayerKernelTests {
  private static let few = BlockPlace.all.filter { $0.offset % 3 == 0 }

  private func numbers<S: Scalar>(
    _ place: BlockPlace, _ random: inout RandomValues, _ range: ClosedRange<Double>
  ) -> [S] { random.numbers(place.count, in: range) }

  /// SLEEF's tanh and e^z − 1 are off by 1 ulp, a product by ½.
  @Test(arguments: KernelCase.all)
  func functions(_ run: KernelCase) throws { try checkFunctions(run.scalar, run.level) }

  private func checkFunctions<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    var random = RandomValues(seed: 71)
    let alpha = S(0.3)
    let functions: [(nnblas_activation, Exact, (Exact) -> Exact, (Exact) -> Exact)] = [
      (NNBLAS_TANH, 1.5, { tanh($0) }, { 1 - $0 * $0 }),
      (NNBLAS_LEAKY_RELU, 0.51, { $0 < 0 ? Exact(alpha) * $0 : $0 }, { $0 > 0 ? 1 : Exact(alpha) }),
      (NNBLAS_ELU, 2, { $0 < 0 ? Exact(alpha) * expm1($0) : $0 }, { $0 > 0 ? 1 : $0 + Exact(alpha) }),
    ]
    for (function, ulps, value, slope) in functions {
      var (worst, worstSlope) = (Worst(), Worst())
      for place in Self.few {
        let z: [S] = numbers(place, &random, -6...6)
        let bias: [S] = random.numbers(place.columns, in: -1...1)
        let block = Block(place, z)
        kernels.activate(function, alpha, block.start, place.rows, place.columns, place.ld, bias)
        for (index, found) in block.elements.enumerated() {
          worst.noteUlps(found, value(Exact(z[index] + bias[index % place.columns])), "\(function), \(place)")
        }
        #expect(block.isUnchangedAround, "\(place)")
        // a from −1 to 1: 1 − a² cancels, to which a² rounded once contributes ½ ulp of 1.
        let (a, e): ([S], [S]) = (numbers(place, &random, -0.29...1), numbers(place, &random, -1...1))
        let (error, answers) = (Block(place, e), Block(place, a))
        let largest = kernels.multiplyByDerivative(
          function, alpha, error.start, answers.start, place.rows, place.columns, place.ld)
        #expect(answers.isUnchanged)
        #expect(largest == (Magnitude.largest(of: error.elements), Magnitude.largest(of: a)), "\(function), \(place)")
        for (index, found) in error.elements.enumerated() {
          worstSlope.note(
            found, Exact(e[index]) * slope(Exact(a[index])), allowed: 2 * S.u * abs(Exact(e[index])), "\(place)")
        }
        #expect(error.isUnchangedAround, "\(place)")
      }
      #expect(worst.error <= ulps + Exact.doubt(S.self), "\(function): \(worst)")
      #expect(worstSlope.error <= 1 + Exact.doubt(S.self), "\(function): \(worstSlope)")
    }
  }

  /// The argument of erfc is rounded once or twice, of which its condition 2x² = z² makes so many ulps; e^(−z²/2) likewise. A few
  /// more for the products; the sigmoid is off by 3.5.
  @Test(arguments: KernelCase.all)
  func slopes(_ run: KernelCase) throws { try checkSlopes(run.scalar, run.level) }

  private func checkSlopes<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    var random = RandomValues(seed: 72)
    for function in [NNBLAS_GELU, NNBLAS_SILU, NNBLAS_SOFTPLUS] {
      var (worst, worstSlope) = (Worst(), Worst())
      for place in Self.few {
        for hasBias in [true, false] {
          let z: [S] = numbers(place, &random, -8...8)
          let bias: [S] = random.numbers(place.columns, in: -1...1)
          let (block, slope) = (Block(place, z), Block(place.moved(by: 3), [S](repeating: 7, count: place.count)))
          kernels.activateSloped(
            function, block.start, slope.start, place.rows, place.columns, place.ld, hasBias ? bias : nil)
          let (values, slopes) = (block.elements, slope.elements)
          for index in values.indices {
            let x = Exact(hasBias ? z[index] + bias[index % place.columns] : z[index])
            let (value, slope, error, slopeError) = Self.sloped(function, x)
            worst.note(values[index], value, allowed: error * S.u, "\(function)(\(x)), \(place)")
            worstSlope.note(slopes[index], slope, allowed: slopeError * S.u, "\(function)'(\(x)), \(place)")
          }
          #expect(block.isUnchangedAround && slope.isUnchangedAround, "\(place)")
          // The same without slopes.
          let alone = Block(place, z)
          kernels.activateSloped(function, alone.start, nil, place.rows, place.columns, place.ld, hasBias ? bias : nil)
          #expect(alone.elements == values)
        }
      }
      #expect(worst.error <= 1 + Exact.doubt(S.self), "\(function): \(worst)")
      #expect(worstSlope.error <= 1 + Exact.doubt(S.self), "\(function): \(worstSlope)")
    }
  }

  /// f, f′, and what they may be off, in units of u.
  private static func sloped(_ function: nnblas_sloped, _ z: Exact) -> (Exact, Exact, Exact, Exact) {
    let sigmoid = 1 / (1 + exp(-z))
    switch function {
    case NNBLAS_GELU:
      let phi = erfc(-z / Exact(2).squareRoot()) / 2
      let density = exp(-z * z / 2) / (2 * Exact.pi).squareRoot()
      return (
        z * phi, phi + z * density, abs(z) * phi * (8 + 3 * z * z),
        phi * (8 + 3 * z * z) + abs(z) * density * (8 + 3 * z * z)
      )
    case NNBLAS_SILU:
      return (
        z * sigmoid, sigmoid + z * sigmoid * (1 - sigmoid), abs(z) * sigmoid * 10,
        10 * (sigmoid + abs(z) * sigmoid)
      )
    default: return (log1p(exp(z)), sigmoid, 4 * log1p(exp(-abs(z))) + 2 * max(z, 0), 7.5 * sigmoid)
    }
  }

  @Test(arguments: KernelCase.all)
  func extremes(_ run: KernelCase) throws { try checkExtremes(run.scalar, run.level) }

  private func checkExtremes<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    let huge = S.greatestFiniteMagnitude
    for columns in [1, 7, 16, 19, 67] {
      for z in [S(1e4), -1e4, huge, -huge, .infinity, -.infinity, 0, .nan] {
        let row = [S](repeating: z, count: columns)
        for function in [NNBLAS_GELU, NNBLAS_SILU, NNBLAS_SOFTPLUS] {
          var (a, slope) = (row, row)
          kernels.activateSloped(function, &a, &slope, 1, columns, columns, nil)
          if z.isNaN {
            #expect(a.allSatisfy { $0.isNaN } && slope.allSatisfy { $0.isNaN }, "\(function)")
          } else if z == 0 {
            #expect(slope.allSatisfy { abs($0 - 0.5) < 1e-6 })
          } else {
            #expect(a.allSatisfy { $0 == max(z, 0) }, "\(function)(\(z)): \(a[0])")
            #expect(slope.allSatisfy { $0 == (z > 0 ? 1 : 0) }, "\(function)'(\(z)): \(slope[0])")
          }
        }
        for (function, expected) in [
          (NNBLAS_TANH, z.isNaN ? z : z > 0 ? 1 : z < 0 ? -1 : 0), (NNBLAS_LEAKY_RELU, z < 0 ? z * 0.5 : z),
          (NNBLAS_ELU, z < 0 ? -0.5 : z),
        ] {
          var a = row
          kernels.activate(function, 0.5, &a, 1, columns, columns, nil)
          #expect(a.allSatisfy { $0 == expected || ($0.isNaN && z.isNaN) }, "\(function)(\(z)): \(a[0])")
        }
      }
      // One number far above the others takes all.
      var z = [S](repeating: -1e4, count: columns)
      z[columns / 2] = 1e4
      kernels.softmax(&z, 1, columns, columns, nil)
      #expect(z.enumerated().allSatisfy { $1 == ($0 == columns / 2 ? 1 : 0) })
    }
  }

  /// z less the largest is rounded, of which e^ makes |z − largest| ulps. Sums over a row are made in double precision.
  @Test(arguments: KernelCase.all)
  func softmax(_ run: KernelCase) throws { try checkSoftmax(run.scalar, run.level) }

  private func checkSoftmax<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    var random = RandomValues(seed: 73)
    var (worst, worstError) = (Worst(), Worst())
    for place in Self.few where place.columns > 0 {
      let z: [S] = numbers(place, &random, -8...8)
      let bias: [S] = random.numbers(place.columns, in: -1...1)
      let e: [S] = numbers(place, &random, -1...1)
      let (block, error) = (Block(place, z), Block(place, e))
      kernels.softmax(block.start, place.rows, place.columns, place.ld, bias)
      let p = block.elements
      kernels.multiplyBySoftmaxDerivative(error.start, block.start, place.rows, place.columns, place.ld)
      let found = error.elements
      for row in 0..<place.rows {
        let range = row * place.columns..<(row + 1) * place.columns
        let sums = range.map { Exact(z[$0] + bias[$0 % place.columns]) }
        let largest = sums.max() ?? 0
        let total = sums.reduce(Exact(0)) { $0 + exp($1 - largest) }
        let product = range.reduce(Exact(0)) { $0 + Exact(p[$1]) * Exact(e[$1]) }
        let (sumOff, size) = (
          Exact(place.columns) * Double.u, range.reduce(Exact(0)) { $0 + abs(Exact(p[$1]) * Exact(e[$1])) }
        )
        for (column, index) in range.enumerated() {
          let expected = exp(sums[column] - largest) / total
          worst.note(
            p[index], expected, allowed: expected * (sumOff + S.u * (6 + 2 * (largest - sums[column]))),
            "\(index), \(place)")
          let (answer, derivative) = (Exact(p[index]), Exact(e[index]))
          worstError.note(
            found[index], answer * (derivative - product),
            allowed: answer * (4 * S.u * (abs(derivative) + abs(product)) + sumOff * size),
            "\(index), \(place)")
        }
      }
      #expect(block.isUnchangedAround && error.isUnchangedAround, "\(place)")
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
    #expect(worstError.error <= 1 + Exact.doubt(S.self), "\(worstError)")
  }

  /// The difference is rounded once, the error twice; sums are made in double precision.
  @Test(arguments: KernelCase.all)
  func costs(_ run: KernelCase) throws { try checkCosts(run.scalar, run.level) }

  private func checkCosts<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    var random = RandomValues(seed: 74)
    var (worst, worstSum) = (Worst(), Worst())
    let (scale, threshold) = (S(0.3), S(0.4))
    for place in Self.few {
      let (a, y): ([S], [S]) = (numbers(place, &random, -1...1), numbers(place, &random, -1...1))
      let (answers, targets) = (Block(place, a), Block(place, y))
      for kind in 0..<3 {
        let error = Block(place, [S](repeating: 3, count: place.count))
        let (start, x, t) = (error.start, UnsafePointer(answers.start), UnsafePointer(targets.start))
        let (rows, columns, ld) = (place.rows, place.columns, place.ld)
        let cost =
          switch kind {
          case 0: kernels.quadratic(NNBLAS_IDENTITY, 0, scale, start, x, t, rows, columns, ld)
          case 1: kernels.absolute(scale, start, x, t, rows, columns, ld)
          default: kernels.huber(threshold, scale, start, x, t, rows, columns, ld)
          }
        var sum: Exact = 0
        for (index, found) in error.elements.enumerated() {
          let (difference, limit) = (Exact(a[index]) - Exact(y[index]), Exact(threshold))
          let (value, slope): (Exact, Exact) =
            switch kind {
            case 0: (difference * difference / 2, difference)
            case 1: (abs(difference), difference > 0 ? 1 : difference < 0 ? -1 : 0)
            default:
              abs(difference) <= limit
                ? (difference * difference / 2, difference)
                : (limit * (abs(difference) - limit / 2), difference > 0 ? limit : -limit)
            }
          sum += Exact(scale) * value
          worst.note(found, Exact(scale) * slope, allowed: 2.5 * S.u * Exact(scale) * abs(slope), "\(kind), \(place)")
        }
        worstSum.note(cost, sum, allowed: 3 * sum * (S.u + Double.u * Exact(place.count)), "\(kind), \(place)")
        #expect(error.isUnchangedAround && answers.isUnchanged && targets.isUnchanged, "\(kind), \(place)")
      }
      // Logits that stay what they are cost the same.
      let (logits, answered) = (Block(place, a), Block(place, a))
      let errors = (Block(place, a), Block(place, a))
      let costs = (
        kernels.sigmoidCrossEntropy(
          logits.start, false, errors.0.start, targets.start, place.rows, place.columns, place.ld),
        kernels.sigmoidCrossEntropy(
          answered.start, true, errors.1.start, targets.start, place.rows, place.columns, place.ld)
      )
      #expect(costs.0 == costs.1 && errors.0.elements == errors.1.elements && logits.isUnchanged, "\(place)")
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
    #expect(worstSum.error <= 1 + Exact.doubt(S.self), "\(worstSum)")
  }

  /// Smoothed targets are a product and a sum; beyond that as without smoothing.
  @Test(arguments: KernelCase.all)
  func smoothing(_ run: KernelCase) throws { try checkSmoothing(run.scalar, run.level) }

  private func checkSmoothing<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.layerKernels(level))
    var random = RandomValues(seed: 75)
    for place in Self.few where place.columns > 0 {
      let z: [S] = numbers(place, &random, -4...4)
      let (keep, floor) = (S(0.75), S(0.25) / S(place.columns))
      let labels = (0..<place.rows).map { $0 * 5 % place.columns }
      let y = (0..<place.count).map { labels[$0 / place.columns] == $0 % place.columns ? S(1) : 0 }
      let smooth = y.map { keep * $0 + floor }
      let (logits, targets, smoothed) = (Block(place, z), Block(place, y), Block(place, smooth))
      let errors = (Block(place, z), Block(place, z))
      let (rows, columns, ld) = (place.rows, place.columns, place.ld)
      let costs = (
        kernels.softmaxCrossEntropy(errors.0.start, logits.start, targets.start, keep, floor, rows, columns, ld),
        kernels.softmaxCrossEntropy(errors.1.start, logits.start, smoothed.start, 1, 0, rows, columns, ld)
      )
      #expect(abs(costs.0 - costs.1) <= 1e-12 * abs(costs.1), "\(place)")
      #expect(errors.0.elements == errors.1.elements, "\(place)")
      #expect(errors.0.isUnchangedAround && targets.isUnchanged && logits.isUnchanged, "\(place)")
    }
  }
}
