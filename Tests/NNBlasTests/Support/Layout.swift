import NNBlas

/// The ways in which the elements of a matrix can lie in memory.
enum Layout: CaseIterable {
  /// Row after row.
  case compact
  /// Rows with a gap between them.
  case padded
  /// Column after column.
  case transposed
  /// Columns with a gap between them.
  case paddedTransposed
}

/// How far a padded matrix is from the edges of the larger one, all different so that no mistake cancels another.
enum Padding {
  static let (above, below, left, right) = (1, 2, 3, 4)
}

/// A matrix of the given rows that lies in memory as told and is the only holder of it.
///
/// The gaps are NaN unless told otherwise: whatever reads one shows it in its result.
func matrix<S: Scalar>(_ rows: [[S]], lying layout: Layout, gap: S = .nan) throws -> Matrix<S> {
  switch layout {
  case .compact: try Matrix(rows)
  case .padded: try padded(rows, gap: gap)
  case .transposed: try Matrix(Naive.transpose(rows)).transposed
  case .paddedTransposed: try padded(Naive.transpose(rows), gap: gap).transposed
  }
}

/// The rows in the middle of a larger matrix of gaps.
func surrounded<S>(_ rows: [[S]], by gap: S) -> [[S]] {
  let columns = rows.first?.count ?? 0
  let gapRow = [S](repeating: gap, count: Padding.left + columns + Padding.right)
  let middle = rows.map { row in
    [S](repeating: gap, count: Padding.left) + row + [S](repeating: gap, count: Padding.right)
  }
  return [[S]](repeating: gapRow, count: Padding.above) + middle + [[S]](repeating: gapRow, count: Padding.below)
}

/// The rows of a padded matrix as `surrounded` puts them, for a view of the larger one.
func middle<S: Scalar>(of larger: Matrix<S>) -> Matrix<S> {
  larger[
    rows: Padding.above..<larger.rows - Padding.below, columns: Padding.left..<larger.columns - Padding.right]
}

/// The larger matrix is released on return, so that its block has the storage to itself.
private func padded<S: Scalar>(_ rows: [[S]], gap: S) throws -> Matrix<S> {
  try middle(of: Matrix(surrounded(rows, by: gap)))
}

/// A vector that is a view of the middle of a longer one of NaN, with the storage to itself.
func vector<S: Scalar>(_ elements: [S]) -> Vector<S> {
  let longer = [S](repeating: .nan, count: Padding.left) + elements + [S](repeating: .nan, count: Padding.right)
  return Vector(longer)[Padding.left..<Padding.left + elements.count]
}
