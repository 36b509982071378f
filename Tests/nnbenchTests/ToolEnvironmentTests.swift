import Foundation
import Testing

@Suite("The environment of nnbench in tests")
struct ToolEnvironmentTests {
  @Test("does not have the level of the kernels that another test sets for a moment, but the one that a caller gives")
  func levelOfKernels() async {
    await #expect(processExitsWith: .success) {
      let arguments = ["predict-speed", "--layers", "4,10", "--batch", "1", "--seconds", "0.01"]
      setenv("NNBLAS_SIMD", "level-of-another-test", 1)
      let result = try Tool.run(arguments: arguments)
      let given = try Tool.run(arguments: arguments, environment: ["NNBLAS_SIMD": "level-of-the-caller"])
      guard !result.errors.contains("level-of-another-test") else { fatalError(result.errors) }
      guard given.errors.contains("level-of-the-caller") else { fatalError(given.errors) }
    }
  }
}
