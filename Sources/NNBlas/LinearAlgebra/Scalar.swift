/// A number type that BLAS computes with: `Float` or `Double`.
///
/// The requirements with a leading underscore are the package's own: each has a concrete witness for both types, so that
/// no loop over elements ever runs as unspecialized generic code. Conforming other types is not supported.
public protocol Scalar: BinaryFloatingPoint, Codable, LosslessStringConvertible, Sendable, _BLASScalar, _LAPACKScalar,
  _ElementwiseScalar, _KernelScalar
{
  /// The precision's name, as flags and files spell it.
  static var precision: Precision { get }
}

/// The precision of an arithmetic: `f32` for `Float`, `f64` for `Double`.
public enum Precision: String, CaseIterable, Codable, Sendable, CustomStringConvertible {
  /// IEEE 754 binary32, Swift's `Float`.
  case f32
  /// IEEE 754 binary64, Swift's `Double`.
  case f64

  /// `f32` or `f64`.
  public var description: String { rawValue }
}

extension Float: Scalar {
  /// `f32`.
  public static var precision: Precision { .f32 }
}

extension Double: Scalar {
  /// `f64`.
  public static var precision: Precision { .f64 }
}
