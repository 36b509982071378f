import NNBlas

/// `nnbench` alone: what a newcomer wants to know of this machine, in seconds.
struct ReportCommand: Command {
  static let syntax = CommandSyntax(
    name: "report",
    summary: "Measure this machine: products, a forward pass and training steps, on embedded data.",
    discussion: """
      GFLOP/s are 10⁹ floating-point operations a second; a product of m×k by k×n counts 2mnk.
      Figures go to standard output, progress to standard error.
      """,
    options: [threadsOption, jsonOption])

  private let threads: Int?
  private let json: String?

  init(_ arguments: Arguments) throws(UsageError) {
    threads = try arguments.threads()
    json = arguments.string("json")
  }

  func run() throws {
    let report = try Report(command: Self.syntax.name, json: json)
    let digits = try Digits.load(directory: nil)
    try report.begin(on: digits)
    // As the engine calls OpenBLAS: with one thread.
    let cases = [256, 512, 1024].flatMap { size in
      Precision.allCases.map { OperationCase(.gemm(m: size, k: size, n: size, .nn), $0, threads: 1) }
    }
    let outer = Precision.allCases.map { OperationCase(.ger(rows: 30, columns: 784), $0, threads: 1) }
    let settings = OperationSettings(seconds: 0.4)
    let products = try measureOperations(cases, settings)
    let outerProducts = try measureOperations(outer, settings)
    let predictions = try Precision.allCases.map {
      try PredictionResult.measure(layers: Workload.all[0].layers, batch: 10, precision: $0, seconds: 0.4)
    }
    let epochs = try measureEpochs(
      of: Workload.all[0], on: digits, EpochSettings(threads: threads, extent: .seconds(2)))
    try report.add(products + outerProducts + predictions + [epochs])
    try report.finish([
      OperationResult.table(products), OperationResult.table(outerProducts), PredictionResult.table(predictions),
      EpochResult.table([epochs]), epochs.note(threads: threads),
    ])
  }
}
