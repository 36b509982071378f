import NNBlas

extension Dataset {
  /// The inputs and targets of every example, in doubles, as the engine would gather them.
  func rows() throws -> (inputs: [[Double]], targets: [[Double]]) {
    let batch = try Batch<Double>(Array(0..<Int32(count)), of: self)
    return (
      (0..<count).map { batch.inputs.row($0).elements }, (0..<count).map { batch.targets.row($0).elements }
    )
  }
}
