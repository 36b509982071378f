import NNBlas
import Testing

/// The loops that BLAS lacks against plain loops, for every length up to four of the widest registers and a remainder.
struct ElementwiseTests {
  /// 64 floats are four registers of 512 bits; the lengths around give every remainder.
  static let lengths = 0...67

  /// Runs a loop in place on a copy of the elements, followed by one that it must leave alone.
  private func inPlace<S: Scalar>(_ elements: [S], _ body: (UnsafeMutablePointer<S>) -> Void) throws -> [S] {
    let sentinel: S = 12345
    var buffer = elements + [sentinel]
    buffer.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { body(start) } }
    try #require(buffer.last == sentinel, "written past \(elements.count) elements")
    return buffer.dropLast()
  }

  @Test(arguments: Precision.allCases)
  func fillAndEqual(precision: Precision) throws { try checkSimpleLoops(precision.scalar) }

  private func checkSimpleLoops<S: Scalar>(_: S.Type) throws {
    var random = RandomValues(seed: 28)
    for length in Self.lengths {
      let x = random.integers(length, as: S.self)
      let filled = try inPlace(x) { S._fill($0, 7, length) }
      #expect(filled == [S](repeating: 7, count: length))
      #expect(S._equal(x, x, length))
      for index in 0..<length {
        var other = x
        other[index] += 1
        #expect(!S._equal(x, other, length), "a difference at \(index) of \(length)")
        other = x
        other[index] = .nan
        #expect(!S._equal(other, other, length), "NaN at \(index) of \(length)")
      }
    }
  }

  @Test(arguments: Precision.allCases)
  func firstNonFinite(precision: Precision) throws { try checkFirstNonFinite(precision.scalar) }

  private func checkFirstNonFinite<S: Scalar>(_: S.Type) throws {
    let culprits: [S] = [.nan, .infinity, -.infinity, .signalingNaN]
    for length in Self.lengths {
      let finite = (0..<length).map { $0 % 2 == 0 ? S.greatestFiniteMagnitude : -.leastNonzeroMagnitude }
      #expect(S._firstNonFinite(finite, length) == nil, "\(length) elements")
      for index in 0..<length {
        var elements = finite
        elements[index] = culprits[index % culprits.count]
        elements[length - 1] = index == length - 1 ? elements[index] : .nan
        #expect(S._firstNonFinite(elements, length) == index, "\(length) elements")
      }
    }
    // Long ones are searched in blocks.
    for index in 0..<700 {
      var elements = [S](repeating: 1, count: 700)
      elements[index] = .infinity
      #expect(S._firstNonFinite(elements, 700) == index)
      #expect(S._firstNonFinite(elements, index) == nil)
    }
  }

  @Test(arguments: Precision.allCases)
  func indexOfMaximum(precision: Precision) throws { try checkMaximum(precision.scalar) }

  private func checkMaximum<S: Scalar>(_: S.Type) throws {
    for length in Self.lengths {
      for index in 0..<length {
        var elements = [S](repeating: -2, count: length)
        elements[index] = -1
        #expect(S._indexOfMaximum(elements, length) == index, "\(length) elements")
        // A tie goes to the first.
        elements[length - 1] = -1
        #expect(S._indexOfMaximum(elements, length) == index, "\(length) elements, a tie")
      }
    }
    #expect(S._indexOfMaximum([], 0) == 0)
    #expect(S._indexOfMaximum([5, 5, 5], 3) == 0)
    #expect(S._indexOfMaximum([-.infinity, 3, .infinity], 3) == 2)
  }

  @Test(arguments: Precision.allCases)
  func transposedCopy(precision: Precision) throws { try checkTransposedCopy(precision.scalar) }

  private func checkTransposedCopy<S: Scalar>(_: S.Type) throws {
    for (rows, columns) in [(1, 1), (1, 5), (5, 1), (3, 4), (8, 8), (9, 17)] {
      let stored: [[S]] = randomRows(columns, rows, seed: 29)
      let gap = 2
      let source = stored.flatMap { $0 + [S](repeating: .nan, count: gap) }
      let copy = try inPlace([S](repeating: .nan, count: rows * columns)) {
        S._copyTransposed(source, rows + gap, into: $0, rows: rows, columns: columns)
      }
      #expect(copy == Naive.transpose(stored).flatMap { $0 }, "\(rows)×\(columns)")
    }
  }
}
