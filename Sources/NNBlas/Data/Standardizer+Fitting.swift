extension Standardizer {
  /// Fits to the inputs of examples: those that train. Bytes k count as k / 255.
  ///
  /// - Parameter dataset: The examples, at least one.
  /// - Throws: `DataError.tooFew` for no example, `DataError.argument` for values further apart than `Double` can say.
  public init(fitting dataset: Dataset) throws(DataError) { try self.init(fitting: dataset.inputs) }

  /// Fits to the targets of examples for regression.
  ///
  /// - Parameter dataset: The examples, at least one, whose targets are numbers.
  /// - Throws: `DataError.argument` where targets are labels, and what `init(fitting:)` of a data set throws.
  public init(fittingTargetsOf dataset: Dataset) throws(DataError) { try self.init(fitting: Self.numbers(of: dataset)) }

  /// Fits to the columns of a matrix.
  ///
  /// - Parameter matrix: One example a row, at least one.
  /// - Throws: `DataError.notFinite` for an infinity or NaN, and what `init(fitting:)` of a data set throws.
  public init<S: Scalar>(fitting matrix: Matrix<S>) throws(DataError) {
    try Dataset.checkFinite("matrix", matrix)
    try self.init(fitting: NativeMatrix(matrix))
  }

  /// In three passes over the data, and no copy of them: the least value and the range of each column; the mean; the deviations
  /// from it. Everything is computed for t = (x − least) / range, which neither overflows nor underflows.
  ///
  /// Source of the last step, which corrects for the mean's own rounding: Chan, Golub, LeVeque, "Algorithms for Computing the
  /// Sample Variance", 1983: variance = (Σ d² − (Σ d)² / n) / n.
  private init(fitting matrix: NativeMatrix) throws(DataError) {
    guard matrix.rows > 0 else { throw .tooFew(name: "Standardizer", found: 0, expected: "at least 1") }
    let columns = matrix.columns
    let n = Double(matrix.rows)
    var least = [Double](repeating: .infinity, count: columns)
    var ranges = [Double](repeating: -.infinity, count: columns)
    matrix.forEachRow { row in
      for j in 0..<columns {
        least[j] = min(least[j], row[j])
        ranges[j] = max(ranges[j], row[j])
      }
    }
    for j in 0..<columns {
      ranges[j] -= least[j]
      guard ranges[j].isFinite else {
        throw .argument(
          operation: "Standardizer", name: "the range of column \(j)", found: "beyond Double",
          expected: "a finite number; scale the column first")
      }
    }
    // What does not vary is divided by 1, and is 0 in t.
    let divisors = ranges.map { $0 > 0 ? $0 : 1 }
    var sums = [Sum](repeating: Sum(), count: columns)
    matrix.forEachRow { row in
      for j in 0..<columns { sums[j].add((row[j] - least[j]) / divisors[j]) }
    }
    let center = sums.map { $0.value / n }
    sums = [Sum](repeating: Sum(), count: columns)
    var squares = sums
    matrix.forEachRow { row in
      for j in 0..<columns {
        let d = (row[j] - least[j]) / divisors[j] - center[j]
        sums[j].add(d)
        squares[j].add(d * d)
      }
    }
    let means = (0..<columns).map { least[$0] + ranges[$0] * (center[$0] + sums[$0].value / n) }
    let scales = (0..<columns).map { j in
      let sum = sums[j].value
      let deviation = divisors[j] * ((squares[j].value - sum * sum / n) / n).squareRoot()
      // Below the least number there is, it is rounded to nothing.
      return deviation > 0 ? deviation : ranges[j] > 0 ? ranges[j] : 1
    }
    self.init(means: means, scales: scales)
  }
}

/// A sum that carries along what its roundings lost: its error does not grow with the number of terms.
///
/// Source: Kahan, "Further Remarks on Reducing Truncation Errors", 1965.
private struct Sum {
  private(set) var value = 0.0
  private var lost = 0.0

  mutating func add(_ term: Double) {
    let corrected = term - lost
    let next = value + corrected
    lost = (next - value) - corrected
    value = next
  }
}

extension NativeMatrix {
  /// Calls `body` with every row as doubles.
  fileprivate func forEachRow(_ body: (UnsafePointer<Double>) -> Void) {
    forEachBlock { _, count, block in
      for row in 0..<count { body(UnsafePointer(block + row * columns)) }
    }
  }
}
