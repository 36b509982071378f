import Foundation
import NNBlas
import TestSupport
import Testing

/// Processors that are newer than OpenBLAS, for which it takes kernels without AVX, called Prescott.
@Suite("Processors that OpenBLAS does not know")
struct UnknownProcessorTests {
  @Test(
    "get the kernels that their instructions allow before main",
    .enabled(if: !isSanitized, "a sanitizer must be loaded first, or has a thread before main"),
    .enabled(if: BLAS.configuration.contains("DYNAMIC_ARCH"), "OpenBLAS has kernels for one processor"),
    .enabled(if: expectedCore != nil, "the processor has no AVX2"))
  func faster() throws {
    try withTemporaryDirectory { folder in
      let expected = try #require(Self.expectedCore)
      let unknown = try kernels(["OPENBLAS_CORETYPE": "Prescott", "LD_PRELOAD": buildForgetting(in: folder)])
      #expect(unknown.hasPrefix("\(expected) of OpenBLAS, which does not know this processor and took Prescott;"))
      // As asked for: the variable is still there.
      let asked = try kernels(["OPENBLAS_CORETYPE": "Prescott"])
      #expect(asked.hasPrefix("Prescott of OpenBLAS;"))
    }
  }

  /// The kernels that this processor is to get, by what the system says of its instructions.
  private static let expectedCore: String? = {
    let processor = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let flags = processor.split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: " ") ?? []
    guard flags.contains("avx2"), flags.contains("fma") else { return nil }
    return flags.contains("avx512bw") && flags.contains("avx512vl") ? "SkylakeX" : "Haswell"
  }()

  /// A library with which a known processor looks like an unknown one. It needs OpenBLAS, so that it is initialized after it
  /// and before NNBlas: OpenBLAS finds OPENBLAS_CORETYPE, NNBlas does not.
  private func buildForgetting(in folder: TemporaryDirectory) throws -> String {
    let source = """
      #include <stdlib.h>
      __attribute__((constructor)) static void forget(void) { unsetenv("OPENBLAS_CORETYPE"); }
      """
    let file = try folder.write(Array(source.utf8), to: "forget.c")
    let library = folder.path(of: "forget.so")
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["clang", "-shared", "-fPIC", file, "-o", library, "-Wl,--no-as-needed", "-lopenblas"]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0, "clang, which comes with Swift, did not build \(file)")
    return library
  }

  /// What nnbench says of its kernels.
  private func kernels(_ environment: [String: String]) throws -> Substring {
    let tool = try Tool.run(arguments: ["predict-speed", "--seconds", "0.01"], environment: environment)
    let name = "Kernels:  "
    let line = tool.output.split(separator: "\n").first { $0.hasPrefix(name) }
    return try #require(line, "\(tool.errors)").dropFirst(name.count)
  }
}
