import CElementwise
import Foundation
import NNBlas
import TestSupport
import Testing
import nnbench

@Suite("nnbench selftest")
struct SelfTestTests {
  /// The checks of this machine.
  private static var names: [String] { SelfCheck.all(threads: 2).map(\.name) }

  @Test("passes, a line each", .enabled(if: !isSanitized, "takes minutes under a sanitizer"))
  func passes() throws {
    let result = try Tool.run("selftest")
    #expect((result.status, result.errorsOfRun) == (0, ""))
    let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("PASS  ") || $0.hasPrefix("FAIL  ") }
    #expect(lines.count == Self.names.count && lines.allSatisfy { $0.hasPrefix("PASS  ") && $0.count <= 100 })
    for (line, name) in zip(lines, Self.names) { #expect(line.hasPrefix("PASS  \(name) ")) }
    #expect(result.output.contains("\nAll \(Self.names.count) checks passed in "))
    // No colors where nobody sees them.
    #expect(!result.output.contains("\u{1B}"))
  }

  @Test("has a line for each precision, and for each level of the processor")
  func lines() {
    for precision in Precision.allCases {
      for group in ["gemm", "gemv", "ger"] { #expect(Self.names.contains("\(group) \(precision), exact")) }
      for level in SIMDLevel.available {
        #expect(Self.names.contains("kernels \(level) \(precision)"))
        #expect(Self.names.contains("layers \(level) \(precision)"))
      }
    }
  }

  @Test(
    "With --json - standard output is one document",
    .enabled(if: isOptimizedBuild, "takes long when not optimized"))
  func document() throws {
    let result = try Tool.run("selftest", "--threads", "1", "--json", "-")
    #expect(result.status == 0)
    #expect(try result.document["command"] as? String == "selftest")
    let results = try result.results
    #expect(results.map { $0["name"] as? String } == Self.names)
    for entry in results {
      #expect(Set(entry.keys) == ["name", "passed", "detail", "seconds"] && entry["passed"] as? Bool == true)
    }
  }

  @Test(
    "fails where a library multiplies wrongly, and goes on",
    .enabled(if: isOptimizedBuild && !isSanitized, "takes long when not optimized; a sanitizer must be loaded first"))
  func brokenLibrary() throws {
    try withTemporaryDirectory { folder in
      let json = folder.path(of: "selftest.json")
      let result = try Tool.run(
        arguments: ["selftest", "--json", json], environment: ["LD_PRELOAD": buildBrokenBLAS(in: folder)])
      #expect(result.status == 1)
      #expect(result.output.contains("FAIL  gemm f64, exact"))
      #expect(result.output.contains(": element (0, 0) is "))
      #expect(result.output.contains("PASS  gemm f32, exact") && result.output.contains("PASS  kernels portable f64"))
      #expect(!result.output.contains("checks passed"))
      // What is compared with double precision is wrong with it.
      let layers = Self.names.filter { $0.hasPrefix("layers ") }
      let failed = ["gemm f64, exact", "gemm f64, residual", "gradients f64, central differences"] + layers
      #expect(
        result.errorsOfRun.hasPrefix(
          "nnbench: \(failed.count) of \(Self.names.count) checks failed: \(failed.joined(separator: "; "))"),
        "\(result.errors)")
      let text = try String(contentsOfFile: json, encoding: .utf8)
      #expect(text.contains("\"passed\" : false") && text.contains("\"passed\" : true"))
    }
  }

  /// A process of its own, since kernels are the whole process's.
  @Test("fails where a kernel is broken, in that kernel's line alone", arguments: SIMDLevel.available)
  func brokenKernel(level: SIMDLevel) async {
    await #expect(processExitsWith: .success) { [level] in
      let code = [NNBLAS_PORTABLE, NNBLAS_AVX2, NNBLAS_AVX512][SIMDLevel.allCases.firstIndex(of: level) ?? 0]
      let table = UnsafeMutablePointer<nnblas_kernels_f32>.allocate(capacity: 1)
      table.initialize(to: try #require(nnblas_kernels_f32(code)).pointee)
      // As a loop that forgets what is left after whole registers.
      table.pointee.sgd = { w, g, count, rate in for i in 0..<count / 16 * 16 { w[i] -= rate * g[i] } }
      _ = nnblas_replace_f32(code, table)
      let outcomes = SelfCheck.kernelChecks.map { $0.outcome() }
      #expect(outcomes.count == 2 * SIMDLevel.available.count)
      let failed = outcomes.filter { !$0.passed }
      #expect(failed.map(\.name) == ["kernels \(level) f32"])
      #expect(failed.first?.detail.hasPrefix("descend, plain, 1×1: element (0, 0) is ") == true)
    }
  }

  @Test("leaves the process with the level that it had")
  func levelIsRestored() async {
    await #expect(processExitsWith: .success) {
      let before = SIMDLevel.current
      for level in SIMDLevel.available {
        #expect(level.using { SIMDLevel.current } == level)
        struct Failure: Error {}
        #expect(throws: Failure.self) { try level.using { throw Failure() } }
        #expect(SIMDLevel.current == before)
      }
    }
  }
}

@Suite("Colors")
struct StyleTests {
  @Test("are for terminals of those who want them")
  func colors() {
    #expect(Style(isTerminal: true, environment: [:]).red("a") == "\u{1B}[31ma\u{1B}[0m")
    #expect(Style(isTerminal: true, environment: ["NO_COLOR": ""]).green("a") == "\u{1B}[32ma\u{1B}[0m")
    #expect(Style(isTerminal: true, environment: ["NO_COLOR": "1"]).red("a") == "a")
    #expect(Style(isTerminal: true, environment: ["TERM": "dumb"]).red("a") == "a")
    #expect(Style(isTerminal: false, environment: ["TERM": "xterm"]).green("a") == "a")
  }
}
