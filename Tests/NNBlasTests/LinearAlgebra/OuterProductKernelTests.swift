import NNBlas
import Testing

/// Outer products added to a matrix, on every level, against a loop in more digits.
struct OuterProductKernelTests {
  /// A matrix of every number of rows up to two tiles and what is left of one, and how many products are added to it.
  private struct Sums {
    let place: BlockPlace
    let count: Int

    init(_ place: BlockPlace) {
      self.place = BlockPlace(
        rows: 1 + (place.columns + 3 * place.offset) % 11, columns: place.columns, ld: place.columns,
        offset: place.offset)
      count = [0, 1, 2, 5, 8][(place.columns + 2 * place.offset) % 5]
    }

    /// The factors lie in wider rows, from other places.
    var left: BlockPlace { BlockPlace(rows: count, columns: place.rows, ld: place.rows + 3, offset: 5) }
    var right: BlockPlace {
      BlockPlace(rows: count, columns: place.columns, ld: place.columns + 5, offset: (place.offset + 3) % 8)
    }
  }

  /// Each product and each sum rounds; a level that fuses them has half as many roundings.
  @Test(arguments: KernelCase.all)
  func sums(_ run: KernelCase) throws { try checkSums(run.scalar, run.level) }

  private func checkSums<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 71)
    var worst = Worst()
    for sums in BlockPlace.lines.map(Sums.init) {
      let (place, left, right) = (sums.place, sums.left, sums.right)
      let w: [S] = random.numbers(place.count, in: -1...1)
      let (d, x): ([S], [S]) = (random.numbers(left.count, in: -1...1), random.numbers(right.count, in: -1...1))
      let (matrix, lefts, rights) = (Block(place, w), Block(left, d), Block(right, x))
      kernels.outerProducts(
        matrix.start, place.rows, place.columns, lefts.start, left.ld, rights.start, right.ld, sums.count)
      for (index, value) in matrix.elements.enumerated() {
        let (row, column) = (index / place.columns, index % place.columns)
        var (reference, off) = (Exact(w[index]), Exact(0))
        for s in 0..<sums.count {
          let product = Exact(d[s * left.columns + row]) * Exact(x[s * right.columns + column])
          reference += product
          off += (abs(product) + abs(reference)) * S.u
        }
        worst.note(value, reference, allowed: max(off, .leastNonzeroMagnitude), "\(index), \(sums)")
      }
      #expect(matrix.isUnchangedAround && lefts.isUnchanged && rights.isUnchanged, "\(sums)")
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
  }

  /// The bits are those of products that come one by one, or in two calls, and of any columns in any place.
  @Test(arguments: KernelCase.all)
  func severalCalls(_ run: KernelCase) throws { try checkCalls(run.scalar, run.level) }

  private func checkCalls<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 72)
    let (rows, columns, count) = (7, 67, 8)
    let place = BlockPlace(rows: rows, columns: columns, ld: columns)
    let w: [S] = random.numbers(rows * columns, in: -1...1)
    let (d, x): ([S], [S]) = (random.numbers(count * rows, in: -1...1), random.numbers(count * columns, in: -1...1))
    func result(_ parts: [Range<Int>]) -> [S] {
      let matrix = Block(place, w)
      for part in parts {
        d.withUnsafeBufferPointer { d in
          x.withUnsafeBufferPointer { x in
            guard let d = d.baseAddress, let x = x.baseAddress else { return }
            kernels.outerProducts(
              matrix.start, rows, columns, d + part.lowerBound * rows, rows, x + part.lowerBound * columns, columns,
              part.count)
          }
        }
      }
      return matrix.elements
    }
    let whole = result([0..<count])
    #expect(whole != w)
    #expect(result((0..<count).map { $0..<$0 + 1 }) == whole)
    for part in 1..<count { #expect(result([0..<part, part..<count]) == whole, "\(part) first") }
    // The same column in all places.
    let same = [S](repeating: 0.3, count: columns)
    let matrix = Block(place, (0..<rows).flatMap { _ in same })
    kernels.outerProducts(matrix.start, rows, columns, [S](repeating: 0.7, count: rows), rows, same, columns, 1)
    #expect(Set(matrix.elements).count == 1)
  }

  /// Numbers that are none stay in their rows and columns.
  @Test(arguments: KernelCase.all)
  func broken(_ run: KernelCase) throws { try checkBroken(run.scalar, run.level) }

  private func checkBroken<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    let (rows, columns) = (6, 37)
    for index in 0..<columns {
      let matrix = Block(
        BlockPlace(rows: rows, columns: columns, ld: columns), [S](repeating: 1, count: rows * columns))
      var x = [S](repeating: 1, count: columns)
      x[index] = .nan
      kernels.outerProducts(matrix.start, rows, columns, [S](repeating: 1, count: rows), rows, x, columns, 1)
      for (place, value) in matrix.elements.enumerated() {
        #expect(place % columns == index ? value.isNaN : value == 2, "\(index), \(place)")
      }
    }
  }
}
