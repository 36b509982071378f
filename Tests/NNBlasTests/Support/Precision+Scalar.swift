import NNBlas

extension Precision {
  /// The number type, so that one generic check runs for both: `try check(precision.scalar)`.
  var scalar: any Scalar.Type {
    switch self {
    case .f32: Float.self
    case .f64: Double.self
    }
  }
}
