import COpenBLAS
import Foundation
import NNBlas
import TestSupport
import Testing

/// What the loaded library tells about itself. One test after another: some set a variable for processes that they start.
@Suite(.serialized)
struct LoadedLibraryTests {
  @Test func configuration() {
    #expect(BLAS.configuration.hasPrefix("OpenBLAS "))
    #expect(!BLAS.core.isEmpty)
    #expect(BLAS.threads >= 1)
  }

  @Test("tells what it makes threads with, as its configuration has it")
  func threading() {
    let words = BLAS.configuration.split(separator: " ")
    let expected: BLAS.Threading =
      words.contains("USE_OPENMP") ? .openMP : words.contains("SINGLE_THREADED") ? .none : .pthreads
    #expect(BLAS.threading == expected)
  }

  @Test("The widest kernels follow the processor's instructions, whatever is in use")
  func widestCore() {
    #expect((BLAS.widestCore != nil) == SIMDLevel.avx2.isAvailable)
    #expect([nil, "Haswell", "SkylakeX"].contains(BLAS.widestCore))
    #expect(BLAS.widestCore != "SkylakeX" || SIMDLevel.avx512.isAvailable)
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

  @Test("has faster kernels asked for only where it took those for processors that it does not know")
  func fasterKernels() {
    func faster(_ core: String, _ hasAVX2: Bool, _ hasAVX512: Bool) -> String? {
      nnblas_faster_core(core, hasAVX2, hasAVX512).map { String(cString: $0) }
    }
    #expect(faster("Prescott", true, true) == "SkylakeX" && faster("Prescott", true, false) == "Haswell")
    #expect(faster("Prescott", false, false) == nil && faster("Prescott", false, true) == nil)
    for known in ["Haswell", "Zen", "SkylakeX", "Cooperlake", "Sandybridge", "Barcelona", "armv8", ""] {
      #expect(faster(known, true, true) == nil, "\(known)")
    }
  }

  @Test("has no kernels without AVX where the processor has AVX2, unless they are asked for")
  func core() async {
    // NNBlas changes no kernels beside another thread, and the thread sanitizer's is there before main.
    if !isThreadSanitized {
      await withCoreVariable(nil) {
        await #expect(processExitsWith: .success) {
          guard BLAS.core != "Prescott" || !SIMDLevel.avx2.isAvailable else { fatalError("slow kernels") }
          // Programs that are started from here choose for themselves.
          guard getenv("OPENBLAS_CORETYPE") == nil else { fatalError("OPENBLAS_CORETYPE is set") }
          guard BLAS.replacedCore == nil || BLAS.replacedCore != BLAS.core else { fatalError("nothing replaced") }
        }
      }
    }
    guard BLAS.configuration.contains("DYNAMIC_ARCH"), SIMDLevel.avx2.isAvailable else { return }
    await withCoreVariable("Prescott") {
      await #expect(processExitsWith: .success) {
        guard BLAS.core == "Prescott", BLAS.replacedCore == nil else { fatalError("\(BLAS.core)") }
      }
    }
  }

  @Test("computes the same integers with other kernels, on its threads too")
  func otherKernels() async {
    guard BLAS.configuration.contains("DYNAMIC_ARCH"), SIMDLevel.avx2.isAvailable else { return }
    await withCoreVariable("Prescott") {
      await #expect(processExitsWith: .success) {
        BLAS.threads = 2
        func product() throws -> Matrix<Double> {
          let (a, b) = (
            try Matrix(rows: 300, columns: 200, elements: (0..<60_000).map { Double($0 * 7 % 19 - 9) }),
            try Matrix(rows: 200, columns: 250, elements: (0..<50_000).map { Double($0 * 5 % 23 - 11) })
          )
          var c = try Matrix<Double>(rows: 300, columns: 250)
          try BLAS.gemm(a, b, into: &c)
          return c
        }
        let before = try product()
        for core in ["Haswell", SIMDLevel.avx512.isAvailable ? "SkylakeX" : "Sandybridge", "Prescott"] {
          guard nnblas_use_core(core), BLAS.core == core else { fatalError("\(core): still \(BLAS.core)") }
          guard BLAS.threads == 2, try product() == before else { fatalError("\(core): other products") }
          guard String(cString: getenv("OPENBLAS_CORETYPE")) == "Prescott" else { fatalError("the variable changed") }
        }
        // As OpenBLAS takes Prescott's kernels for a name that it does not know.
        guard !nnblas_use_core("Whatever"), try product() == before else { fatalError("an unknown name") }
      }
    }
  }

  /// Runs a body with OPENBLAS_CORETYPE set, or unset, for processes that it starts.
  private func withCoreVariable(_ value: String?, _ body: () async -> Void) async {
    func set(_ value: String?) {
      if let value { setenv("OPENBLAS_CORETYPE", value, 1) } else { unsetenv("OPENBLAS_CORETYPE") }
    }
    let before = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"]
    set(value)
    await body()
    set(before)
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
