import Foundation
import NNBlas
import Testing

/// What the loaded library tells about itself.
struct LoadedLibraryTests {
  @Test func configuration() {
    #expect(BLAS.configuration.hasPrefix("OpenBLAS "))
    #expect(!BLAS.core.isEmpty)
    #expect(BLAS.threads >= 1)
  }

  @Test("has kernels that copy nothing on cores with AVX-512, from version 0.3.18 on")
  func unpackedKernels() {
    func most(_ version: String, _ core: String) -> Int {
      BLAS.mostUnpackedMultiplications(configuration: version, core: core)
    }
    for version in ["OpenBLAS 0.3.18 DYNAMIC_ARCH", "OpenBLAS 0.3.21.dev", "OpenBLAS 0.4", "OpenBLAS 1.0.0"] {
      #expect(most(version, "SkylakeX") == 1_000_000 && most(version, "cooperlake") == 1_000_000, "\(version)")
      #expect(most(version, "Haswell") == 0 && most(version, "Zen") == 0, "\(version)")
    }
    for version in ["OpenBLAS 0.3.17 DYNAMIC_ARCH", "OpenBLAS 0.3", "OpenBLAS 0.2.20", "OpenBLAS", "", "OpenBLAS x.y"] {
      #expect(most(version, "SkylakeX") == 0, "\(version)")
    }
  }

  /// The number of threads is a setting of the whole process, so that it is changed in a process of its own.
  @Test func threadsAreAtLeastOne() async {
    await #expect(processExitsWith: .success) {
      for (requested, expected) in [(2, 2), (1, 1), (2, 2), (0, 1), (Int.min, 1)] {
        BLAS.threads = requested
        guard BLAS.threads == expected else { exit(EXIT_FAILURE) }
      }
    }
  }
}
