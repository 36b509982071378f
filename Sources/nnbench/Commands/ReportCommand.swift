import NNBlas

/// `nnbench` alone: what a newcomer wants to know of this machine, in a minute.
struct ReportCommand: Command {
  static let syntax = CommandSyntax(
    name: "report",
    summary: "Measure this machine: products, a forward pass and two epochs, on embedded data.",
    discussion: """
      GFLOP/s are 10⁹ floating-point operations a second; a product of m×k by k×n counts 2mnk.
      Figures go to standard output, progress to standard error.
      """,
    options: [threadsOption])

  private let threads: Int?

  init(_ arguments: Arguments) throws(UsageError) {
    threads = try arguments.threads()
  }

  func run() throws {
    // Products are measured as the engine calls them.
    BLAS.threads = 1
    let console = Console()
    let context = RunContext()
    context.warnings.forEach(Console.warn)
    let digits = try Digits.load(directory: nil)
    try console.print(context.heading)
    try console.print("\(digits.summary)\n")

    var table = Table(["operation", "shapes", "threads", "µs min", "median", "GFLOP/s"])
    for measurement in try ProductMeasurement.standardSet() { table.add(measurement.row) }
    try console.print(table.text + "\n")

    let result = try measureEpochs(
      of: Workload.all[0], on: digits, EpochSettings(threads: threads, extent: .epochs(2)))
    try console.print(EpochResult.table([result]))
    try console.print("\nAfter a warm-up and two epochs: \(result.evaluation)")
  }
}
