/// The scalars of one batch, gathered from a data set; its memory is reused from step to step.
package struct Batch<S: Scalar> {
  /// One example a row (examples × inputs).
  package private(set) var inputs: Matrix<S>
  /// One example a row (examples × outputs).
  package private(set) var targets: Matrix<S>

  /// The number of examples.
  package var count: Int { inputs.rows }

  /// Room for a number of examples of a data set's widths.
  package init(count: Int, of dataset: Dataset) throws(ShapeError) {
    inputs = try Matrix(rows: count, columns: dataset.inputWidth)
    targets = try Matrix(rows: count, columns: dataset.targetWidth)
  }

  /// Fills the batch with the examples at the given indices, as many as it has rows.
  package mutating func gather(_ indices: ArraySlice<Int32>, from dataset: Dataset) {
    guard indices.count == inputs.rows else {
      invariantBroken("\(indices.count) indices for a batch of \(inputs.rows)")
    }
    inputs.withMutableElements { dataset.inputs.gather(indices, into: $0) }
    targets.withMutableElements { target in
      switch dataset.targets {
      case .numbers(let matrix):
        matrix.gather(indices, into: target)
      case .labels(let labels, let classes):
        S._fill(target, 0, indices.count * classes)
        labels.forEach(indices) { target[$0 * classes + $1] = 1 }
      }
    }
  }
}
