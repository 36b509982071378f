import CElementwise
import NNBlas

/// The kernels of one level for one scalar, so that a generic check runs on every level and both scalars.
struct Kernels<S> {
  typealias Out = UnsafeMutablePointer<S>
  typealias In = UnsafePointer<S>
  /// The rates are those of `nnblas_adam_f32` and `nnblas_adam_f64`.
  typealias Adam = (beta1: S, beta2: S, rest1: S, rest2: S, step: S, correction: S, epsilon: S)

  let activate: (nnblas_activation, Out, Int, Int, Int, In?) -> Void
  let multiplyByDerivative: (nnblas_activation, Out, In, Int, Int, Int) -> (error: S, a: S)
  let largestMagnitude: (In, Int, Int, Int) -> S
  let quadratic: (nnblas_activation, Out, In, In, Int, Int, Int) -> Double
  let sigmoidCrossEntropy: (Out, Out, In, Int, Int, Int) -> Double
  let softmaxCrossEntropy: (Out, In, In, Int, Int, Int) -> Double
  let columnSums: (Out, S, S, In, Int, Int, Int) -> Void
  let outerProducts: (Out, Int, Int, In, Int, In, Int, Int) -> Void
  let sgd: (Out, In, Int, S) -> Void
  let momentum: (Out, Out, In, Int, S, S) -> Void
  let adam: (Out, Out, Out, In, Int, Adam) -> Void
  let gatherBytes: (Out, UnsafePointer<UInt8>, Int, UnsafePointer<Int32>, Int) -> Void
}

/// A scalar whose kernels can be asked for by level.
protocol KernelScalar: Scalar {
  /// Nil where the processor has not got the level.
  static func kernels(_ level: SIMDLevel) -> Kernels<Self>?
}

extension SIMDLevel {
  /// The level as C knows it.
  var code: nnblas_simd {
    switch self {
    case .portable: NNBLAS_PORTABLE
    case .avx2: NNBLAS_AVX2
    case .avx512: NNBLAS_AVX512
    }
  }

  var isAvailable: Bool { nnblas_kernels_f32(code) != nil && nnblas_kernels_f64(code) != nil }
}

extension Float: KernelScalar {
  static func kernels(_ level: SIMDLevel) -> Kernels<Float>? {
    guard let table = nnblas_kernels_f32(level.code)?.pointee else { return nil }
    return Kernels(
      activate: { table.activate($0, 0, $1, $2, $3, $4, $5) },
      multiplyByDerivative: {
        let found = table.multiply_by_derivative($0, 0, $1, $2, $3, $4, $5)
        return (found.error, found.a)
      }, largestMagnitude: table.largest_magnitude,
      quadratic: { table.quadratic($0, 0, 1, $1, $2, $3, $4, $5, $6) },
      sigmoidCrossEntropy: { table.sigmoid_cross_entropy($0, true, $1, $2, $3, $4, $5) },
      softmaxCrossEntropy: { table.softmax_cross_entropy($0, $1, $2, 1, 0, $3, $4, $5) },
      columnSums: table.column_sums, outerProducts: table.outer_products, sgd: table.sgd,
      momentum: { table.momentum($0, $1, $2, $3, $4, $5, false) },
      adam: { w, m, v, g, count, rates in
        var factors = nnblas_adam_f32(
          beta1: rates.beta1, beta2: rates.beta2, rest1: rates.rest1, rest2: rates.rest2, step: rates.step,
          correction: rates.correction, epsilon: rates.epsilon, decay: 1)
        table.adam(w, m, v, g, count, &factors)
      }, gatherBytes: table.gather_bytes)
  }
}

extension Double: KernelScalar {
  static func kernels(_ level: SIMDLevel) -> Kernels<Double>? {
    guard let table = nnblas_kernels_f64(level.code)?.pointee else { return nil }
    return Kernels(
      activate: { table.activate($0, 0, $1, $2, $3, $4, $5) },
      multiplyByDerivative: {
        let found = table.multiply_by_derivative($0, 0, $1, $2, $3, $4, $5)
        return (found.error, found.a)
      }, largestMagnitude: table.largest_magnitude,
      quadratic: { table.quadratic($0, 0, 1, $1, $2, $3, $4, $5, $6) },
      sigmoidCrossEntropy: { table.sigmoid_cross_entropy($0, true, $1, $2, $3, $4, $5) },
      softmaxCrossEntropy: { table.softmax_cross_entropy($0, $1, $2, 1, 0, $3, $4, $5) },
      columnSums: table.column_sums, outerProducts: table.outer_products, sgd: table.sgd,
      momentum: { table.momentum($0, $1, $2, $3, $4, $5, false) },
      adam: { w, m, v, g, count, rates in
        var factors = nnblas_adam_f64(
          beta1: rates.beta1, beta2: rates.beta2, rest1: rates.rest1, rest2: rates.rest2, step: rates.step,
          correction: rates.correction, epsilon: rates.epsilon, decay: 1)
        table.adam(w, m, v, g, count, &factors)
      }, gatherBytes: table.gather_bytes)
  }
}

/// A level that the processor has, with a precision: what tests of kernels are run with.
struct KernelCase: Sendable, CustomStringConvertible {
  let level: SIMDLevel
  let precision: Precision

  var description: String { "\(level) \(precision)" }

  var scalar: any KernelScalar.Type {
    switch precision {
    case .f32: Float.self
    case .f64: Double.self
    }
  }

  /// Those that run here; `KernelChoiceTests` tells which levels are left out, and why.
  static let all: [KernelCase] = SIMDLevel.allCases.filter(\.isAvailable).flatMap { level in
    Precision.allCases.map { KernelCase(level: level, precision: $0) }
  }
}
