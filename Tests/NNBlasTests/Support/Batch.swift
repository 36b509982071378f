import NNBlas

/// Examples gathered from a data set, as the engine gathers them.
struct Batch<S: Scalar> {
  /// One example a row (examples × inputs).
  let inputs: Matrix<S>
  /// One example a row (examples × outputs).
  let targets: Matrix<S>

  init(_ indices: [Int32], of dataset: Dataset) throws {
    var x = [S](repeating: .nan, count: indices.count * dataset.inputWidth)
    var y = [S](repeating: .nan, count: indices.count * dataset.targetWidth)
    x.withUnsafeMutableBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        dataset.withExamples { $0.gather(indices, count: indices.count, inputs: x, targets: y) }
      }
    }
    inputs = try Matrix(rows: indices.count, columns: dataset.inputWidth, elements: x)
    targets = try Matrix(rows: indices.count, columns: dataset.targetWidth, elements: y)
  }
}
