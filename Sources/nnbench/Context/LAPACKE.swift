import Foundation

/// The LAPACKE of this system, and whose LAPACK it would call.
///
/// LAPACKE finds LAPACK as the system's alternatives have it, while the package links OpenBLAS, which has a LAPACK of its own:
/// two libraries can end up in one process.
struct LAPACKE: Encodable {
  /// Its file; nil where it is not there, or cannot be loaded.
  @Nullable private(set) var library: String?
  /// The file whose `dgetrf_` it would call.
  @Nullable private(set) var lapack: String?
  /// The file whose `cblas_dgemm` the package calls.
  @Nullable private(set) var blas: String?
  /// Why it cannot be loaded, in the system's words.
  @Nullable private(set) var error: String?

  private static let name = "liblapacke.so.3"

  /// Loads LAPACKE, and with it what it needs, and finds what its calls would reach.
  init() {
    let handle = dlopen(Self.name, RTLD_LAZY | RTLD_LOCAL)
    if handle == nil { error = dlerror().map { String(cString: $0) } ?? "unknown reason" }
    defer { if let handle { dlclose(handle) } }
    let memory = MemoryMap.current
    func file(of symbol: UnsafeMutableRawPointer?) -> String? {
      symbol.flatMap { memory.file(of: UInt(bitPattern: $0)) }
    }
    blas = file(of: dlsym(nil, "cblas_dgemm"))
    guard let handle else { return }
    library = file(of: dlsym(handle, "LAPACKE_dgetrf")) ?? Self.name
    // As the loader looks for it: where the program finds its own symbols, then in what LAPACKE needs.
    lapack = file(of: dlsym(nil, "dgetrf_") ?? dlsym(handle, "dgetrf_"))
  }

  /// What to warn of where it would call another library than the package links, or nil.
  var warning: String? {
    guard let library, let lapack, let blas, lapack != blas else { return nil }
    #if arch(arm64)
      let system = "aarch64-linux-gnu"
    #else
      let system = "x86_64-linux-gnu"
    #endif
    return
      "\(library) would call \(lapack), but NNBlas calls \(blas): choose OpenBLAS's by "
      + "'sudo update-alternatives --config liblapack.so.3-\(system)', or install libopenblas0-pthread"
  }

  var summary: String {
    if let library { return "\(library), would call \(lapack ?? "no library")" }
    let isMissing = error?.hasPrefix("\(Self.name): cannot open shared object file") ?? false
    return isMissing ? "not installed; NNBlas does not call it" : "cannot be loaded: \(error ?? "unknown reason")"
  }
}
