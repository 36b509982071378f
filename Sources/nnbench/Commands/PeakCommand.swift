import Foundation
import NNBlas

/// `nnbench peak`: what the processor can do at most.
struct PeakCommand: Command {
  static let syntax = CommandSyntax(
    name: "peak",
    summary: "Measure the processor's ceilings: multiply-adds and bandwidth.",
    discussion: """
      GFLOP/s are of fused multiply-adds on registers alone, as wide as the processor has them: the best
      of 8, 10, 12 and 16 independent chains. GB/s are of the triad a ← b + s c in double precision, 24
      bytes an element, over working sets from 16 KiB to 512 MiB, each thread with its own. Of several
      runs the best counts.
      """,
    options: [
      .init("threads", "list", help: "How many threads, such as 1,2. (default: from 1 to all processors)"),
      .init(
        "plot", "file",
        help: "Draw the roofline of one thread as SVG, with the products of the workloads' layers on it, timed for it."),
      jsonOption,
    ])

  private let threads: [Int]
  private let plot: String?
  private let json: String?

  init(_ arguments: Arguments) throws(UsageError) {
    let given = try arguments.integers("threads", in: 1...1024, example: "1,2")
    plot = arguments.string("plot")
    // The roofline is of one.
    threads = Array(Set((given ?? Sweep.threadCounts()) + (plot == nil ? [] : [1]))).sorted()
    json = arguments.string("json")
  }

  func run() throws {
    // Found out now, not when there is something to draw.
    if let plot { _ = try OutputFile(plot) }
    let report = try Report(command: Self.syntax.name, json: json)
    try report.begin()
    var tables: [String] = []
    let peaks = PeakResult.measure(threads: threads)
    try report.add(peaks)
    if let plot {
      let operations = try measureOperations(
        OperationCase.workloadProducts(threads: 1), OperationSettings(seconds: 0.1))
      try report.add(operations)
      tables.append(OperationResult.table(operations))
      let svg = roofline(
        peaks, caches: report.context.machine.caches, operations, conditions: report.context.conditions)
      try OutputFile(plot).write(Data(svg.utf8))
    }
    try report.finish(PeakResult.tables(peaks, threads: threads) + tables)
  }
}
