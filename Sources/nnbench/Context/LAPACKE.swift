import Foundation

/// The LAPACKE of this process, and whose LAPACK it calls.
///
/// LAPACKE finds LAPACK as the system's alternatives have it, while the package links OpenBLAS, which has a LAPACK of its own:
/// two libraries can end up in one process.
struct LAPACKE: Encodable {
  /// Its file.
  @Nullable private(set) var library: String?
  /// The file whose `dgeqrf_` it calls.
  @Nullable private(set) var lapack: String?
  /// The file whose `cblas_dgemm` the package calls.
  @Nullable private(set) var blas: String?

  init() {
    let memory = MemoryMap.current
    func file(of symbol: String) -> String? {
      dlsym(nil, symbol).flatMap { memory.file(of: UInt(bitPattern: $0)) }
    }
    (library, lapack, blas) = (file(of: "LAPACKE_dgeqrf"), file(of: "dgeqrf_"), file(of: "cblas_dgemm"))
  }

  /// What to warn of where it calls another library than the package links, or nil.
  var warning: String? {
    guard let library, let lapack, let blas, lapack != blas else { return nil }
    #if arch(arm64)
      let system = "aarch64-linux-gnu"
    #else
      let system = "x86_64-linux-gnu"
    #endif
    return
      "\(library) calls \(lapack), but NNBlas calls \(blas): choose OpenBLAS's by "
      + "'sudo update-alternatives --config liblapack.so.3-\(system)', or install libopenblas0-pthread"
  }

  var summary: String { "\(library ?? "no library"), calls \(lapack ?? "no library")" }
}
