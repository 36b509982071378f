/// The version of the package and of the tool.
package let packageVersion = "0.1.0"

/// What decides, besides program, data and seed, to which bits a run comes.
///
/// Where all of it is the same, the bits are, on any number of threads; elsewhere sums are rounded otherwise.
public struct NumericalEnvironment: Sendable, Hashable, Codable {
  /// NNBlas's version.
  public let nnblas: String
  /// OpenBLAS's name and version.
  public let openBLAS: String
  /// The kernels that OpenBLAS has chosen for the processor.
  public let openBLASCore: String
  /// The instructions of NNBlas's own kernels.
  public let simd: SIMDLevel
  /// The system's C library, whose powers and cosines schedules and Adam are made of.
  public let library: String
  /// Whose processors products are divided for.
  public let processor: String

  /// That of this process.
  public static var current: NumericalEnvironment {
    NumericalEnvironment(
      nnblas: packageVersion, openBLAS: BLAS.configuration.split(separator: " ").prefix(2).joined(separator: " "),
      openBLASCore: BLAS.core, simd: .current, library: Platform.libraryVersion,
      processor: Platform.isIntel ? "Intel" : "other")
  }

  /// What differs from another one: `OpenBLAS's core is SkylakeX, was Haswell`.
  func differences(from other: NumericalEnvironment) -> [String] {
    [
      ("NNBlas's version", nnblas, other.nnblas), ("OpenBLAS", openBLAS, other.openBLAS),
      ("OpenBLAS's core", openBLASCore, other.openBLASCore), ("the SIMD level", "\(simd)", "\(other.simd)"),
      ("the C library", library, other.library), ("the processor", processor, other.processor),
    ].compactMap { $1 == $2 ? nil : "\($0) is \($1), was \($2)" }
  }
}
