import NNBlas
import Testing

/// Sums over rows, on every level.
struct ColumnSumKernelTests {
  /// Sums of up to 13 integers up to 4, halved and added to doubled ones: exact in any order.
  @Test(arguments: KernelCase.all)
  func sums(_ run: KernelCase) throws { try check(run.scalar, run.level) }

  private func check<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 59)
    for var place in BlockPlace.all {
      // Rows are added in fours.
      for rows in [0, place.rows, place.rows + 3, place.rows + 8] {
        place.rows = rows
        let x: [S] = random.integers(place.count)
        let sums: [S] = random.integers(place.columns)
        let line = BlockPlace(rows: 1, columns: place.columns, ld: place.columns, offset: (place.offset + 3) % 8)
        let columns = (0..<place.columns).map { column in
          (0..<rows).reduce(0 as S) { $0 + x[$1 * place.columns + column] }
        }
        for (beta, before, expected) in [
          (2, sums, zip(sums, columns).map { 2 * $0 + $1 / 2 }),
          (0, [S](repeating: .nan, count: place.columns), columns.map { $0 / 2 }),
        ] as [(S, [S], [S])] {
          let (block, target) = (Block(place, x), Block(line, before))
          kernels.columnSums(target.start, 0.5, beta, block.start, rows, place.columns, place.ld)
          #expect(target.elements == expected, "β = \(beta), \(place)")
          #expect(target.isUnchangedAround && block.isUnchanged, "β = \(beta), \(place)")
        }
      }
    }
  }

  /// A sum of n numbers, a product and an addition: at most n + 1 roundings of numbers no larger than the sum of sizes.
  /// And a column has the same sum wherever it lies, to the bit. Seen: 0.5 of the bound.
  @Test(arguments: KernelCase.all)
  func roundings(_ run: KernelCase) throws { try checkRoundings(run.scalar, run.level) }

  private func checkRoundings<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    var random = RandomValues(seed: 60)
    var worst = Worst()
    for rows in 1...40 {
      let place = BlockPlace(rows: rows, columns: 67, ld: 70)
      let column: [S] = random.numbers(rows, in: -1...1)
      let block = Block(place, column.flatMap { [S](repeating: $0, count: 67) })
      let sums = Block(BlockPlace(rows: 1, columns: 67, ld: 67), [S](repeating: 0.3, count: 67))
      kernels.columnSums(sums.start, -0.7, 0.9, block.start, rows, 67, 70)
      let found = sums.elements
      #expect(found.allSatisfy { $0 == found[0] }, "\(rows) rows")
      let reference = Exact(0.9 as S) * Exact(0.3 as S) + Exact(-0.7 as S) * column.reduce(0) { $0 + Exact($1) }
      let size = 0.3 + column.reduce(0) { $0 + Exact(abs($1)) }
      worst.note(found[0], reference, allowed: Exact(rows + 1) * S.u * size, "\(rows) rows")
    }
    #expect(worst.error <= 1 + Exact.doubt(S.self), "\(worst)")
  }

  @Test(arguments: KernelCase.all)
  func brokenNumbersReachTheirColumnAlone(_ run: KernelCase) throws { try checkBroken(run.scalar, run.level) }

  private func checkBroken<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    for broken in [S.nan, .infinity, -.infinity] {
      for index in 0..<5 * 21 {
        var x = [S](repeating: 1, count: 5 * 21)
        x[index] = broken
        let block = Block(BlockPlace(rows: 5, columns: 21, ld: 21), x)
        let sums = Block(BlockPlace(rows: 1, columns: 21, ld: 21), [S](repeating: 0, count: 21))
        kernels.columnSums(sums.start, 1, 1, block.start, 5, 21, 21)
        for (column, sum) in sums.elements.enumerated() {
          let expected = column == index % 21 ? broken : 5
          #expect(sum == expected || (sum.isNaN && expected.isNaN), "\(broken) in element \(index)")
        }
      }
    }
  }
}
