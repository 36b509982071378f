import Foundation
import NNBlas
import TestSupport
import Testing
import nnbench

@Suite("nnbench gemm, gemv and ger")
struct OperationTests {
  // MARK: What is measured

  @Test("An operation counts its arithmetic, and what has to be read and written at least")
  func counts() {
    let gemm = Operation.gemm(m: 2, k: 3, n: 5, .nt)
    #expect(gemm.operations == 60 && gemm.traffic == 6 + 15 + 10 && gemm.elements == 31 && !gemm.isBoundByBandwidth)
    #expect(gemm.name(.f64) == "dgemm nt 2x3x5")
    let gemv = Operation.gemv(rows: 4, columns: 7, isTransposed: true)
    #expect(gemv.operations == 56 && gemv.traffic == 28 + 11 && gemv.elements == 39 && gemv.isBoundByBandwidth)
    #expect(gemv.name(.f32) == "sgemv t 4x7")
    // The matrix is read and written.
    let ger = Operation.ger(rows: 4, columns: 7)
    #expect(ger.operations == 56 && ger.traffic == 56 + 11 && ger.elements == 39 && ger.isBoundByBandwidth)
    #expect(ger.name(.f64) == "dger 4x7")
  }

  @Test("A workload's products are those of its steps, alike ones once")
  func products() throws {
    func names(_ workload: String) throws -> [String] {
      try OperationCase.products(of: .named(workload)).map { "\($0.use.name): \($0.operation.name(.f64))" }
    }
    #expect(
      try names("nielsen-30") == [
        "forward 1: dgemm nt 10x784x30", "gradient 1: dgemm tn 30x10x784", "forward 2: dgemm nt 10x30x10",
        "errors 2: dgemm nn 10x10x30", "gradient 2: dgemm tn 10x10x30",
      ])
    #expect(
      try names("online-30") == [
        "forward 1: dgemv n 30x784", "gradient 1: dger 30x784", "forward 2: dgemv n 10x30", "errors 2: dgemv t 10x30",
        "gradient 2: dger 10x30",
      ])
    #expect(
      try names("mlp-2048") == [
        "forward 1: dgemm nt 512x784x2048", "gradient 1: dgemm tn 2048x512x784", "forward 2,3: dgemm nt 512x2048x2048",
        "errors 2,3: dgemm nn 512x2048x2048", "gradient 2,3: dgemm tn 2048x512x2048",
        "forward 4: dgemm nt 512x2048x10", "errors 4: dgemm nn 512x10x2048", "gradient 4: dgemm tn 10x512x2048",
      ])
    // The operations of all of them, times the layers that they stand for, are those of a step.
    for workload in Workload.all {
      let sum = OperationCase.products(of: workload).reduce(0) {
        $0 + $1.operation.operations * Double($1.use.layers.count)
      }
      #expect(sum == Double(workload.operationsPerExample * workload.batch), "\(workload.name)")
    }
  }

  @Test("The standard sets have squares and every workload, nothing twice")
  func standardSets() {
    for (kind, squares) in [(Operation.Kind.gemm, 24), (.gemv, 0), (.ger, 0)] {
      let cases = OperationCase.standardSet(kind, threads: [1, 2])
      #expect(cases.filter(\.uses.isEmpty).count == squares)
      #expect(cases.allSatisfy { $0.operation.kind == kind })
      let names = cases.map { "\($0.operation.name($0.precision)) \($0.threads)" }
      #expect(Set(names).count == names.count)
      let workloads = Set(cases.flatMap(\.uses).map(\.workload))
      // Single examples are vectors.
      let expected = Workload.all.map(\.name).filter { kind != .gemm || $0 != "online-30" }
      #expect(workloads == Set(expected), "\(kind)")
    }
    // What two workloads have in common names both.
    let shared = OperationCase.standardSet(.ger, threads: [1]).first { $0.operation == .ger(rows: 30, columns: 784) }
    #expect(shared?.uses.map(\.workload) == ["nielsen-30", "online-30"])
  }

  @Test("A residual beyond a few roundings stops the measurement")
  func residuals() throws {
    try checkResidual(8 * Double.ulpOfOne, .f64, name: "a")
    try checkResidual(8 * Double(Float.ulpOfOne), .f32, name: "a")
    #expect(throws: WrongResult.self) { try checkResidual(8.1 * Double.ulpOfOne, .f64, name: "a") }
    #expect(throws: WrongResult.self) { try checkResidual(.infinity, .f32, name: "a") }
    #expect(throws: WrongResult.self) { try checkResidual(.nan, .f32, name: "a") }
    #expect(
      message { try checkResidual(1, .f64, name: "a") }
        == "a: the residual is 1, allowed 1.78e-15: the product is wrong, and its speed means nothing; see 'nnbench selftest'"
    )
  }

  // MARK: The commands

  @Test(
    "Each has a document with every field, and a table for a terminal",
    .enabled(if: isOptimizedBuild, "takes long when not optimized"),
    arguments: [
      (["gemm", "--sizes", "7,3x5x2", "--transpose", "nn,tt"], "dgemm", ["nn", "tt"], [[7, 7, 7], [3, 5, 2]]),
      (["gemv", "--sizes", "7,3x5,7x7", "--transpose", "n,t,n"], "dgemv", ["n", "t"], [[7, 7], [3, 5]]),
      (["ger", "--sizes", "7,3x5", "--cold"], "dger", [""], [[7, 7], [3, 5]]),
    ])
  func documents(arguments: [String], name: String, transposes: [String], extents: [[Int]]) throws {
    let result = try Tool.run(
      arguments: arguments + ["--precision", "f64", "--threads", "1,2", "--seconds", "0.01", "--json", "-"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("µs min"))
    let document = try result.document
    #expect(Set(document.keys) == ["schema", "command", "context", "warnings", "results"])
    #expect(document["schema"] as? Int == 2 && document["command"] as? String == arguments[0])
    let results = try result.results
    // In the order that was asked for: sizes, transposes, threads.
    let expected = extents.flatMap { extents in
      transposes.flatMap { transpose in [1, 2].map { threads in "\(extents) \(transpose) \(threads)" } }
    }
    #expect(
      results.map { "\($0["extents"] as? [Int] ?? []) \($0["transpose"] ?? "") \($0["threads"] ?? "")" } == expected)
    for entry in results { try check(entry, name, isCold: arguments.contains("--cold")) }
  }

  private func check(_ entry: [String: Any], _ name: String, isCold: Bool) throws {
    #expect(
      Set(entry.keys) == [
        "name", "operation", "transpose", "extents", "precision", "threads", "cold", "uses", "unit", "samples",
        "microsecondsPerCall", "operationsPerCall", "gflops", "gigabytesPerSecond", "peakGFLOPS",
        "peakGigabytesPerSecond", "percentOfPeak", "residual",
      ])
    #expect(entry["operation"] as? String == name && entry["unit"] as? String == "us")
    #expect(entry["cold"] as? Bool == isCold && (entry["name"] as? String)?.hasSuffix(", cold") == isCold)
    let samples = try #require(entry["samples"] as? [Double])
    let summary = try #require(entry["microsecondsPerCall"] as? [String: Double])
    #expect(samples.count >= 5 && samples.min() == summary["min"])
    let (median, operations) = (summary["median"] ?? 0, try #require(entry["operationsPerCall"] as? Double))
    let gflops = try #require(entry["gflops"] as? Double)
    #expect(abs(gflops * median * 1e3 / operations - 1) < 1e-12)
    let isProduct = name == "dgemm"
    let peak = try #require(entry[isProduct ? "peakGFLOPS" : "peakGigabytesPerSecond"] as? Double)
    #expect(entry[isProduct ? "peakGigabytesPerSecond" : "peakGFLOPS"] is NSNull)
    let rate = isProduct ? gflops : try #require(entry["gigabytesPerSecond"] as? Double)
    #expect(abs((entry["percentOfPeak"] as? Double ?? 0) / (100 * rate / peak) - 1) < 1e-12)
    #expect((entry["residual"] as? Double ?? 1) < 1e-14)
  }

  @Test(
    "Without sizes the standard set is measured, under the name of each workload, in 100 columns",
    .enabled(if: isOptimizedBuild, "takes minutes when not optimized"))
  func standardTables() throws {
    for command in ["gemm", "gemv", "ger"] {
      let result = try Tool.run(command, "--seconds", "0.001")
      #expect(result.status == 0, "\(result.errors)")
      for workload in Workload.all where command != "gemm" || workload.name != "online-30" {
        #expect(result.output.contains("\n\n\(workload.name)\n"), "\(command), \(workload.name)")
      }
      #expect(result.isNarrow)
    }
  }

  @Test("What is wrong on the command line is named")
  func usage() throws {
    for (arguments, text) in [
      (
        ["gemm", "--sizes", "64,10x20"],
        "--sizes is '64,10x20', expected whole numbers from 1 to 2147483647, one or 3 with x between them, with commas, as "
          + "64,10x784x30"
      ),
      (
        ["gemv", "--sizes", "0"],
        "--sizes is '0', expected whole numbers from 1 to 2147483647, one or 2 with x between them, with commas, as 64,30x784"
      ),
      (["gemm", "--transpose", "nt"], "--transpose needs --sizes; the set without has its own"),
      (
        ["gemm", "--sizes", "3", "--transpose", "n"],
        "--transpose is 'n', expected nn or nt or tn or tt; did you mean nn?"
      ),
      (["ger", "--sizes", "3", "--transpose", "n"], "unknown flag --transpose"),
      (["gemm", "--threads", "1,0"], "--threads is '1,0', expected whole numbers from 1 to 1024 with commas, as 1,2"),
    ] {
      let result = try Tool.run(arguments: arguments)
      #expect(result.status == 64 && result.errors.hasPrefix("nnbench: \(text)"), "\(result.errors)")
    }
    let threads = try Tool.run("gemm", "--sizes", "3", "--threads", "1,1000")
    #expect(threads.status == 64 && threads.errors.contains("--threads has 1000, but this OpenBLAS has at most "))
    // Refused, not asked of the system.
    for command in ["gemm", "gemv", "ger"] {
      for sizes in ["2000000000", "2147483647", "600000"] {
        let result = try Tool.run(command, "--sizes", "2,\(sizes)")
        #expect(result.status == 65 && result.errors.contains("GiB"), "\(result.errors)")
      }
    }
  }

  @Test(
    "A library that multiplies wrongly has no speed",
    .enabled(if: isOptimizedBuild && !isSanitized, "takes long when not optimized; a sanitizer must be loaded first"))
  func brokenLibrary() throws {
    try withTemporaryDirectory { folder in
      let library = try buildBrokenBLAS(in: folder)
      let result = try Tool.run(
        arguments: ["gemm", "--sizes", "8", "--seconds", "0.01"], environment: ["LD_PRELOAD": library])
      #expect(result.status == 1)
      #expect(result.errorsOfRun.hasPrefix("nnbench: dgemm nn 8x8x8, 1 thread: the residual is "), "\(result.errors)")
      let floats = try Tool.run(
        arguments: ["gemm", "--sizes", "8", "--seconds", "0.01", "--precision", "f32"],
        environment: ["LD_PRELOAD": library])
      #expect(floats.status == 0)
    }
  }
}

/// A library whose `cblas_dgemm` is right but for the last element.
func buildBrokenBLAS(in folder: TemporaryDirectory) throws -> String {
  let source = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    typedef void gemm(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
    void cblas_dgemm(int o, int ta, int tb, int m, int n, int k, double alpha, const double *a, int lda, const double *b,
                     int ldb, double beta, double *c, int ldc) {
      ((gemm *)dlsym(RTLD_NEXT, "cblas_dgemm"))(o, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
      c[(long)(m - 1) * ldc + n - 1] += 1;
    }
    """
  return try buildLibrary(source, named: "broken.so", in: folder, "-ldl")
}
