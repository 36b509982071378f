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

/// Z ← A Wᵀ for some neurons, to which the activation adds the biases; for one example z ← W a + b, one `gemv`.
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
  if a.isTransposed {
    S._gemm(
      true, true, Int32(a.rows), Int32(columns), Int32(width), 1, a.pointer, Int32(a.stride), weights, Int32(width),
      0, z, Int32(stride))
  } else {
    StepProduct.forward.multiply(
      a.rows, columns, width, 1, (a.pointer, a.stride), (weights, width), 0, into: (z, stride))
  }
  return biases
}
