extension Matrix {
  /// The transpose, columns × rows: a view on the same storage.
  public var transposed: Matrix {
    Matrix(
      storage: storage, offset: offset, rows: columns, columns: rows, leadingDimension: leadingDimension,
      isTransposed: !isTransposed)
  }

  /// A range of rows as a view on the same storage, which it keeps alive; it traps when the range leaves the matrix.
  public subscript(rows range: Range<Int>) -> Matrix { self[rows: range, columns: 0..<columns] }

  /// A block of rows and columns as a view on the same storage; it traps when a range leaves the matrix.
  public subscript(rows rowRange: Range<Int>, columns columnRange: Range<Int>) -> Matrix {
    guard rowRange.lowerBound >= 0, rowRange.upperBound <= rows, columnRange.lowerBound >= 0,
      columnRange.upperBound <= columns
    else { fatalError("Matrix: rows \(rowRange), columns \(columnRange) are outside \(shape)") }
    let (outer, inner) = isTransposed ? (columnRange, rowRange) : (rowRange, columnRange)
    return Matrix(
      storage: storage, offset: offset + outer.lowerBound * leadingDimension + inner.lowerBound,
      rows: rowRange.count, columns: columnRange.count,
      // A single row may be cut from one that is wider than BLAS can say, and has no next one to be far from.
      leadingDimension: outer.count > 1 ? leadingDimension : max(inner.count, 1), isTransposed: isTransposed)
  }

  /// One row as a vector: a view on the same storage, or a copy where this matrix is a transposed view.
  public func row(_ index: Int) -> Vector<S> { self[rows: index..<index + 1].flattened }

  /// All elements row after row as a vector: a view on the same storage where they lie so, else a copy.
  public var flattened: Vector<S> {
    let count = rows * columns
    guard !isRowMajorWithoutGaps else { return Vector(storage: storage, offset: offset, count: count) }
    return Vector(storage: compactCopy(), offset: 0, count: count)
  }

  private var isRowMajorWithoutGaps: Bool {
    if rows * columns == 0 { return true }
    // A single row or column lies the same way whichever way the matrix is stored.
    if rows == 1 { return !isTransposed || columns == 1 || leadingDimension == 1 }
    if columns == 1 { return isTransposed || leadingDimension == 1 }
    return !isTransposed && leadingDimension == columns
  }

  private func compactCopy() -> Storage<S> {
    let copy = Storage<S>(uninitialized: rows * columns)
    withExtendedLifetime(storage) {
      let source = storage.pointer + offset
      if isTransposed {
        S._copyTransposed(source, leadingDimension, into: copy.pointer, rows: rows, columns: columns)
      } else if isRowMajorWithoutGaps {
        copy.pointer.update(from: source, count: rows * columns)
      } else {
        for row in 0..<rows {
          copy.pointer.advanced(by: row * columns).update(from: source + row * leadingDimension, count: columns)
        }
      }
    }
    return copy
  }
}

// MARK: - Memory, for the package

extension Matrix {
  /// Makes this matrix the only holder of its storage, by copying the elements when it is not.
  @inlinable
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) { replaceWithCompactCopy() }
  }

  @usableFromInline
  mutating func replaceWithCompactCopy() {
    storage = compactCopy()
    offset = 0
    leadingDimension = max(columns, 1)
    isTransposed = false
  }

  /// Reads the elements of a matrix row after row, without gaps.
  package func withElements<R>(_ body: (UnsafePointer<S>) -> R) -> R { flattened.withElements(body) }

  /// Writes the elements row after row, without gaps, after copying them when the storage is shared or has gaps.
  package mutating func withMutableElements<R>(_ body: (UnsafeMutablePointer<S>) -> R) -> R {
    if !isRowMajorWithoutGaps { replaceWithCompactCopy() }
    makeUnique()
    return withExtendedLifetime(storage) { body(storage.pointer + offset) }
  }
}
