import Foundation
import NNBlas
import TestSupport
import Testing
import nnbench

@Suite("nnbench info")
struct InfoTests {
  @Test("has a line or more for everything, in the width of a terminal")
  func lines() throws {
    let result = try Tool.run("info")
    #expect(result.status == 0)
    #expect(
      result.output.split(separator: "\n").filter { $0.first?.isLetter ?? false }.map { $0.prefix { $0 != ":" } } == [
        "Processor", "Caches", "Memory", "System", "Cores", "SIMD", "OpenBLAS", "Kernels", "Threading", "Libraries",
        "LAPACKE", "Versions", "Build", "Load",
      ])
    try checkWidth(result.output)
    #expect(result.output.contains("\nKernels:    \(BLAS.core) of OpenBLAS; elementwise ") || BLAS.replacedCore != nil)
    #expect(result.output.contains("openblas"))
    #expect(result.output.contains("nnbench \(packageVersion), Swift 6."))
    let build = isOptimizedBuild ? "release" : "debug — DO NOT MEASURE WITH IT"
    #expect(result.output.contains("\nBuild:      \(build)\n"))
  }

  /// Two columns, in the width of a terminal unless what is wider cannot be divided, as a path.
  private func checkWidth(_ output: String) throws {
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.last == "")
    for line in lines.dropLast() {
      #expect(line.dropFirst(11).first == " " && line.dropFirst(12).first?.isWhitespace == false, "\(line)")
      #expect(line.count <= 100 || !line.dropFirst(12).contains(" "), "\(line)")
    }
  }

  @Test("A debug build is flagged on every report, a release build is not", arguments: ["info", "train", "epoch"])
  func debugBuild(command: String) throws {
    try withSmallMNIST { folder in
      let settings = ["--layers", "4,10", "--steps", "1", "--data", folder.path]
      let errors = try Tool.run(arguments: [command] + (command == "info" ? [] : settings)).errors
      let warning =
        "nnbench: warning: this is a debug build, several times slower: measure with ./Scripts/bench or swift run -c release "
        + "nnbench\n"
      #expect(errors.ranges(of: warning).count == (isOptimizedBuild ? 0 : 1), "\(errors)")
    }
  }

  @Test("With --json - standard output is one document with every field")
  func document() throws {
    let result = try Tool.run("info", "--json", "-")
    #expect(result.status == 0)
    #expect(result.errors.contains("Processor:"))
    let document = try object(result.output)
    #expect(Set(document.keys) == ["schema", "command", "context", "warnings", "results"])
    #expect(document["schema"] as? Int == 2 && document["command"] as? String == "info")
    #expect((document["results"] as? [Any])?.isEmpty == true)
    let context = try #require(document["context"] as? [String: Any])
    #expect(Set(context.keys) == Self.keys)
    let machine = try #require(context["machine"] as? [String: Any])
    #expect(Set(machine.keys) == ["cpu", "cores", "memoryBytes", "os", "architecture", "simd", "caches"])
    #expect(machine["simd"] as? String == SIMDLevel.widest.rawValue)
    let caches = try #require(machine["caches"] as? [[String: Any]])
    #expect(caches.allSatisfy { Set($0.keys) == ["level", "type", "bytes", "sharedBy"] })
    #expect(context["affinity"] as? Int == Processors.allowed && context["threads"] as? Int == Processors.available)
    #expect(context["cgroupQuota"] as? Double == Processors.quota)
    #expect(context["cgroupMemoryBytes"] as? Double ?? MemoryLimit.leastBytes == MemoryLimit.leastBytes)
    #expect(context["data"] is NSNull)
    #expect(context["openblasThreading"] as? String == BLAS.threading.rawValue)
    #expect((context["load"] as? [Double])?.count == 3)
    let lapacke = try #require(context["lapacke"] as? [String: Any])
    #expect(Set(lapacke.keys) == ["library", "lapack", "blas"])
    let libraries = try #require(context["libraries"] as? [String])
    #expect(libraries.contains { $0 == lapacke["blas"] as? String }, "\(libraries), \(lapacke)")
  }

  private static let keys: Set = [
    "date", "machine", "versions", "openblasCore", "openblasCoreReplaced", "openblasThreading", "libraries", "lapacke",
    "build", "threads", "affinity", "cgroupQuota", "cgroupMemoryBytes", "simd", "load", "data",
  ]

  @Test("Other commands have the same context")
  func otherCommands() throws {
    let result = try Tool.run("predict-speed", "--layers", "4,10", "--seconds", "0.01", "--json", "-")
    let context = try #require(try object(result.output)["context"] as? [String: Any])
    #expect(Set(context.keys) == Self.keys)
  }

  @Test("What the processor has is told whatever NNBLAS_SIMD asks for")
  func widestLevel() throws {
    let result = try Tool.run(arguments: ["info"], environment: ["NNBLAS_SIMD": "portable"])
    #expect(result.output.contains("\nSIMD:       portable in use, the processor has \(SIMDLevel.widest)\n"))
  }

  // MARK: - LAPACKE

  @Test(
    "LAPACKE is told whose LAPACK it calls, and warned of where that is another library",
    .enabled(if: !isSanitized, "a sanitizer must be loaded first"))
  func lapacke() throws {
    try withTemporaryDirectory { folder in
      let paths = [folder.path, ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]].compactMap { $0 }
      var environment = ["LD_LIBRARY_PATH": paths.joined(separator: ":")]
      func info() throws -> (lapacke: [String: Any], libraries: [String], errors: String) {
        let result = try Tool.run(arguments: ["info", "--json", "-"], environment: environment)
        let context = try #require(try object(result.output)["context"] as? [String: Any])
        return (
          try #require(context["lapacke"] as? [String: Any]), try #require(context["libraries"] as? [String]),
          result.errors
        )
      }
      let source = "int LAPACKE_dgeqrf(void) { return 0; }"
      _ = try buildLibrary(source, named: "liblapacke.so.3", in: folder)
      let own = try info()
      #expect((own.lapacke["library"] as? String)?.hasSuffix("/liblapacke.so.3") == true)
      #expect(own.lapacke["lapack"] as? String == own.lapacke["blas"] as? String)
      #expect(own.libraries.contains { $0.hasSuffix("/liblapacke.so.3") }, "\(own.libraries)")
      #expect(!own.errors.contains("but NNBlas calls"), "\(own.errors)")
      try checkWidth(Tool.run(arguments: ["info"], environment: environment).output)

      environment["LD_PRELOAD"] = try buildLibrary("void dgeqrf_(void) {}", named: "libotherlapack.so", in: folder)
      let other = try info()
      let blas = try #require(other.lapacke["blas"] as? String)
      #expect((other.lapacke["lapack"] as? String)?.hasSuffix("/libotherlapack.so") == true)
      #expect(other.libraries.contains { $0.hasSuffix("/libotherlapack.so") })
      let warning = try #require(
        other.errors.firstMatch(
          of: /nnbench: warning: (\S+) calls (\S+), but NNBlas calls (\S+): choose OpenBLAS's by (.*)\n/))
      #expect(warning.1 == other.lapacke["library"] as? String ?? "")
      #expect(warning.2 == other.lapacke["lapack"] as? String ?? "" && warning.3 == blas)
      #expect(
        warning.4.hasPrefix("'sudo update-alternatives --config liblapack.so.3-")
          && warning.4.hasSuffix("-linux-gnu', or install libopenblas0-pthread"))
    }
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
