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
    .enabled(if: hasKernelsForMany, "OpenBLAS has kernels for one processor"),
    .enabled(if: expectedCore != nil, "the processor has no AVX2"))
  func faster() throws {
    try withTemporaryDirectory { folder in
      let expected = try #require(Self.expectedCore)
      let unknown = try predict(["OPENBLAS_CORETYPE": "Prescott", "LD_PRELOAD": buildForgetting(in: folder)])
      let chosen = try kernels(unknown)
      #expect(chosen.hasPrefix("\(expected) of OpenBLAS, which took Prescott for this unknown processor;"))
      // Nothing is slow any more.
      #expect(!unknown.errors.contains("OpenBLAS"), "\(unknown.errors)")
      // As asked for: the variable is still there.
      let asked = try kernels(predict(["OPENBLAS_CORETYPE": "Prescott"]))
      #expect(asked.hasPrefix("Prescott of OpenBLAS;"))
    }
  }

  @Test(
    "are warned of where OPENBLAS_CORETYPE keeps them slow, with the remedy",
    .enabled(if: hasKernelsForMany, "OpenBLAS has kernels for one processor"),
    .enabled(if: expectedCore != nil, "the processor has no AVX2"),
    arguments: [
      ["info"], ["info", "--json", "-"], ["predict-speed", "--seconds", "0.01"], ["train", "--steps", "1"],
      ["epoch", "--steps", "1"],
    ])
  func slow(command: [String]) throws {
    try withSmallMNIST { folder in
      let needsData = ["train", "epoch"].contains(command[0])
      let tool = try Tool.run(
        arguments: command + (needsData ? ["--layers", "4,10", "--data", folder.path] : []),
        environment: ["OPENBLAS_CORETYPE": "Prescott"])
      let expected = try #require(Self.expectedCore)
      let warning =
        "OpenBLAS uses its Prescott kernels, made for SSE, on a processor with "
        + "\(expected == "SkylakeX" ? "AVX-512" : "AVX2"), several times slower: OPENBLAS_CORETYPE is 'Prescott'; unset it, "
        + "or set it to \(expected)"
      #expect(tool.status == 0)
      #expect(tool.errors.ranges(of: "nnbench: warning: \(warning)\n").count == 1, "\(tool.errors)")
      if command.contains("--json") {
        let document = try #require(try JSONSerialization.jsonObject(with: Data(tool.output.utf8)) as? [String: Any])
        #expect((document["warnings"] as? [String])?.contains(warning) == true)
      }
      // What it is told to take, and is as wide as the processor, is no reason.
      let remedied = try Tool.run(arguments: ["info"], environment: ["OPENBLAS_CORETYPE": expected])
      #expect(!remedied.errors.contains("OpenBLAS uses its"), "\(remedied.errors)")
    }
  }

  private static let hasKernelsForMany = BLAS.configuration.contains("DYNAMIC_ARCH")

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
    return try buildLibrary(source, named: "forget.so", in: folder, "-Wl,--no-as-needed", "-lopenblas")
  }

  private func predict(_ environment: [String: String]) throws -> Tool {
    try Tool.run(arguments: ["predict-speed", "--seconds", "0.01"], environment: environment)
  }

  /// What nnbench says of its kernels.
  private func kernels(_ tool: Tool) throws -> Substring {
    let name = "Kernels:  "
    let line = tool.output.split(separator: "\n").first { $0.hasPrefix(name) }
    return try #require(line, "\(tool.errors)").dropFirst(name.count)
  }
}
