import NNBlas

/// Where a matrix's element (0, 0) lies: a view has its parent's address, a copy its own.
func address<S: Scalar>(of matrix: Matrix<S>) -> UnsafePointer<S> {
  matrix[rows: 0..<1, columns: 0..<1].flattened.withElements { $0 }
}

/// Where a vector's elements lie.
func address<S: Scalar>(of vector: Vector<S>) -> UnsafePointer<S> { vector.withElements { $0 } }
