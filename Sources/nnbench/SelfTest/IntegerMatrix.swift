import NNBlas

/// A matrix of small whole numbers: sums of their products are exact in either precision, whatever the order.
struct IntegerMatrix {
  let rows: Int
  let columns: Int
  /// Row after row.
  var values: [Double]

  /// Numbers from −4 to 4.
  init(_ rows: Int, _ columns: Int, _ random: inout Philox) {
    (self.rows, self.columns) = (rows, columns)
    values = (0..<rows * columns).map { _ in Double(Int(random.next() % 9) - 4) }
  }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// How a matrix lies in memory.
  struct Layout {
    let isTransposed: Bool
    /// Whether other numbers lie between its rows: it is a block of a larger one, away from the edges.
    let isPadded: Bool
  }

  /// The same numbers for BLAS.
  func matrix<S: Scalar>(_ layout: Layout, as _: S.Type = S.self) throws -> Matrix<S> {
    let (outer, inner) = layout.isTransposed ? (columns, rows) : (rows, columns)
    let margin = layout.isPadded ? (rows: 1, columns: 3) : (rows: 0, columns: 0)
    // What lies around must not be read.
    var all = try Matrix<S>(rows: outer + 2 * margin.rows, columns: inner + 2 * margin.columns, repeating: .nan)
    for i in 0..<outer {
      for j in 0..<inner {
        all[i + margin.rows, j + margin.columns] = S(layout.isTransposed ? self[j, i] : self[i, j])
      }
    }
    let block = all[rows: margin.rows..<margin.rows + outer, columns: margin.columns..<margin.columns + inner]
    return layout.isTransposed ? block.transposed : block
  }

  /// - Throws: `Mismatch` for the first element that is another number.
  func expectEqual<S: Scalar>(_ matrix: Matrix<S>, _ what: @autoclosure () -> String) throws {
    for i in 0..<rows {
      for j in 0..<columns where Double(matrix[i, j]) != self[i, j] {
        throw Mismatch("\(what()): element (\(i), \(j)) is \(matrix[i, j]), expected \(self[i, j])")
      }
    }
  }

  /// α · self · other + β · c, by plain loops.
  func product(_ other: IntegerMatrix, alpha: Double, beta: Double, _ c: IntegerMatrix) -> IntegerMatrix {
    var result = c
    for i in 0..<rows {
      for j in 0..<other.columns {
        var sum = 0.0
        for p in 0..<columns { sum += self[i, p] * other[p, j] }
        result[i, j] = alpha * sum + (beta == 0 ? 0 : beta * c[i, j])
      }
    }
    return result
  }
}
