/// Examples by their address: one after another, `stride` elements from one to the next, or, transposed, side by side with
/// `stride` elements from one of an example's numbers to the next.
struct Examples<S: Scalar> {
  let rows: Int
  let pointer: UnsafePointer<S>
  let stride: Int
  let isTransposed: Bool

  subscript(range: Range<Int>) -> Examples {
    Examples(
      rows: range.count, pointer: pointer + range.lowerBound * (isTransposed ? 1 : stride), stride: stride,
      isTransposed: isTransposed)
  }
}

/// Z ← A Wᵀ for some neurons, one `gemm`, to which the activation adds the biases; for one example z ← W a + b, one `gemv`.
///
/// - Parameters:
///   - a: The examples.
///   - width: The numbers of an example.
///   - weights: Those of the neurons, a row each.
///   - biases: Theirs, for one example.
///   - z: The result (examples × neurons).
///   - columns: The number of neurons.
///   - stride: The elements from one row of the result to the next.
/// - Returns: The biases, where they are still to be added.
@inline(__always)
func weightedInputs<S: Scalar>(
  _ a: Examples<S>, width: Int, _ weights: UnsafePointer<S>, _ biases: UnsafePointer<S>, _ z: UnsafeMutablePointer<S>,
  columns: Int, stride: Int
) -> UnsafePointer<S>? {
  if a.rows == 1, !a.isTransposed {
    z.update(from: biases, count: columns)
    S._gemv(false, Int32(columns), Int32(width), 1, weights, Int32(width), a.pointer, 1, z)
    return nil
  }
  let group = rowsAtOnce(columns: columns, width: width, isTransposed: a.isTransposed) ?? a.rows
  for start in Swift.stride(from: 0, to: a.rows, by: group) {
    let rows = a[start..<min(start + group, a.rows)]
    S._gemm(
      a.isTransposed, true, Int32(rows.rows), Int32(columns), Int32(width), 1, rows.pointer, Int32(a.stride), weights,
      Int32(width), 0, z + start * stride, Int32(stride))
  }
  return biases
}

/// How many examples a narrow layer takes at once, or nil for all of them.
///
/// OpenBLAS makes small products straight from their operands, at nearly the processor's peak where there are few neurons;
/// a larger one with as few takes up to twice as long for each example, for it copies the examples into panels first.
func rowsAtOnce(columns: Int, width: Int, isTransposed: Bool) -> Int? {
  let rows = BLAS.mostUnpackedMultiplications / (columns * width) / 8 * 8
  return rows >= 8 && !isTransposed ? rows : nil
}
