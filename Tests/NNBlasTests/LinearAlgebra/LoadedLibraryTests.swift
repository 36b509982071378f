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
