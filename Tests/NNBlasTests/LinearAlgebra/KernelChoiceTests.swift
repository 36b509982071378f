import CElementwise
import Foundation
import NNBlas
import Testing

/// Which level's kernels a process uses. Exit tests are processes of their own, started with the environment of this one.
@Suite(.serialized)
struct KernelChoiceTests {
  // MARK: - What the tests of kernels leave out here

  @Test(
    .enabled(if: SIMDLevel.avx2.isAvailable, "this processor has no AVX2 with FMA: their kernels are not tested here"))
  func avx2KernelsAreTested() { #expect(KernelCase.all.contains { $0.level == .avx2 }) }

  @Test(.enabled(if: SIMDLevel.avx512.isAvailable, "this processor has no AVX-512F: its kernels are not tested here"))
  func avx512KernelsAreTested() { #expect(KernelCase.all.contains { $0.level == .avx512 }) }

  @Test func portableKernelsAreTested() {
    #expect(
      Precision.allCases.allSatisfy { precision in
        KernelCase.all.contains { $0.level == .portable && $0.precision == precision }
      })
  }

  // MARK: - The choice

  @Test func textsThatNameALevel() {
    for best in [NNBLAS_PORTABLE, NNBLAS_AVX2, NNBLAS_AVX512] {
      for level in SIMDLevel.allCases {
        let expected = level.code.rawValue <= best.rawValue ? level.code : best
        #expect(nnblas_simd_choice(level.rawValue, best) == expected, "\(level) where \(best) is the best")
      }
    }
  }

  @Test(arguments: [
    "", " ", "AVX2", "avx2 ", "avx", "avx5121", "sse", "portable,avx2", String(repeating: "x", count: 9999),
  ])
  func textsThatNameNone(_ text: String) {
    for best in [NNBLAS_PORTABLE, NNBLAS_AVX2, NNBLAS_AVX512] { #expect(nnblas_simd_choice(text, best) == best) }
  }

  @Test func noText() { #expect(nnblas_simd_choice(nil, NNBLAS_AVX2) == NNBLAS_AVX2) }

  @Test func tablesOfLevels() throws {
    #expect(nnblas_kernels_f32(nnblas_simd(3)) == nil && nnblas_kernels_f64(nnblas_simd(3)) == nil)
    // A level is available for both scalars, and with those below it.
    for level in [NNBLAS_PORTABLE, NNBLAS_AVX2, NNBLAS_AVX512] {
      #expect((nnblas_kernels_f32(level) == nil) == (nnblas_kernels_f64(level) == nil))
      if level.rawValue > nnblas_simd_level().rawValue { continue }
      #expect(nnblas_kernels_f32(level) != nil)
    }
    #expect(nnblas_f32() == nnblas_kernels_f32(nnblas_simd_level()))
    #expect(nnblas_f64() == nnblas_kernels_f64(nnblas_simd_level()))
    #expect(SIMDLevel.current.code == nnblas_simd_level())
  }

  // MARK: - The environment

  @Test func portableOnDemand() async {
    await withSIMDVariable("portable") {
      await #expect(processExitsWith: .success) {
        guard SIMDLevel.current == .portable, SIMDLevel.ignoredRequest == nil else { exit(EXIT_FAILURE) }
        // What the processor has stays what it is.
        guard SIMDLevel.widest.isWidest else { exit(EXIT_FAILURE) }
        guard nnblas_f32() == nnblas_kernels_f32(NNBLAS_PORTABLE) else { exit(EXIT_FAILURE) }
        guard nnblas_f64() == nnblas_kernels_f64(NNBLAS_PORTABLE) else { exit(EXIT_FAILURE) }
        exit(EXIT_SUCCESS)
      }
    }
  }

  @Test func unknownLevelsAreIgnoredAudibly() async {
    await withSIMDVariable("AVX2") {
      await #expect(processExitsWith: .success) {
        guard SIMDLevel.current.isWidest, SIMDLevel.ignoredRequest == "AVX2" else { exit(EXIT_FAILURE) }
        exit(EXIT_SUCCESS)
      }
    }
    await withSIMDVariable(String(repeating: "x", count: 9999)) {
      await #expect(processExitsWith: .success) {
        let start = String(repeating: "x", count: 63)
        guard SIMDLevel.current.isWidest, SIMDLevel.ignoredRequest == start else { exit(EXIT_FAILURE) }
        exit(EXIT_SUCCESS)
      }
    }
  }

  @Test func withoutADemandTheWidest() async {
    for value in [nil, ""] {
      await withSIMDVariable(value) {
        await #expect(processExitsWith: .success) {
          guard SIMDLevel.current.isWidest, SIMDLevel.ignoredRequest == nil else { exit(EXIT_FAILURE) }
          exit(EXIT_SUCCESS)
        }
      }
    }
  }

  @Test(arguments: SIMDLevel.allCases.filter(\.isAvailable))
  func stepsAgreeWithThePlainOneUnderEachLevel(_ level: SIMDLevel) async {
    await withSIMDVariable(level.rawValue) {
      await #expect(processExitsWith: .success) { [level] in
        #expect(SIMDLevel.current == level)
        for example in EngineOracleTests.cases.prefix(18) {
          try EngineOracleTests.check(example, relative: 1e-12, as: Double.self)
          try EngineOracleTests.check(example, relative: 2e-5, as: Float.self)
        }
        for example in LookaheadTests.Case.all {
          try LookaheadTests.checkAgainstPlain(example, relative: 1e-12, as: Double.self)
          try LookaheadTests.checkAgainstPlain(example, relative: 2e-5, as: Float.self)
        }
      }
    }
  }

  /// Runs a body with NNBLAS_SIMD set, or unset, for processes that it starts; this process has made its choice already.
  private func withSIMDVariable(_ value: String?, _ body: () async -> Void) async {
    let before = ProcessInfo.processInfo.environment["NNBLAS_SIMD"]
    set(value)
    await body()
    set(before)
  }

  private func set(_ value: String?) {
    if let value { setenv("NNBLAS_SIMD", value, 1) } else { unsetenv("NNBLAS_SIMD") }
  }
}

extension SIMDLevel {
  /// Whether the processor has none beyond it.
  fileprivate var isWidest: Bool { self == Self.allCases.last(where: \.isAvailable) }
}
