import NNBlas

/// `nnbench epoch`: how long the steps of a workload take.
struct EpochCommand: Command {
  static let syntax = CommandSyntax(
    name: "epoch",
    summary: "Time the training steps of a workload.",
    discussion: """
      Shuffling, gathering, forward and backward pass and update are inside the clock. Steps
      warm up for half a second and are not timed. A sample is a stretch of at least 0.2 s,
      or shorter where fewer steps are asked for; the step before it is not timed.
      % peak is of the processor's fused multiply-add peak at as many threads, × products the
      time relative to the step's own products alone. After timing, the parameters have to equal
      those of an untimed run, bit for bit; where there were more steps, those of two seconds.
      Give either --workload, or the settings of one: --layers, --batch, --learning-rate, --precision.
      """,
    options: [
      .init(
        "workload", "name",
        help: "One of \(Workload.all.map(\.name).joined(separator: ", ")), or all. (default: nielsen-30)"),
      .init("layers", "sizes", help: "Inputs, then neurons of each layer, such as 784,30,10."),
      .init("batch", "n", help: "Examples in a step. (default: 10)"),
      .init("learning-rate", "rate", help: "The learning rate of gradient descent. (default: 3)"),
      .init("precision", "p", help: "f64 or f32. (default: f64)"),
      dataOption,
      .init("epochs", "n", help: "How many epochs are timed. (default: as many steps as --seconds has)"),
      .init("steps", "n", help: "How many steps are timed, where an epoch is long."),
      .init("seconds", "s", help: "How many seconds are timed at least. (default: 3)"),
      threadsOption,
      .init("profile", help: "Show what each worker's time goes to."),
      .init("json", "file", help: "Write the results as JSON to a file, or to standard output for -."),
    ])

  private let workloads: [Workload]
  private let data: String?
  private let settings: EpochSettings
  private let json: String?

  init(_ arguments: Arguments) throws(UsageError) {
    workloads = arguments.string("workload") == "all" ? Workload.all : [try Self.workload(arguments)]
    data = arguments.string("data")
    let given = ["steps", "epochs", "seconds"].filter(arguments.has)
    if given.count > 1 { throw UsageError("--\(given[0]) and --\(given[1]) contradict each other; give one") }
    settings = EpochSettings(
      threads: try arguments.threads(), extent: try Self.extent(arguments), isProfiled: arguments.has("profile"))
    json = arguments.string("json")
  }

  private static func extent(_ arguments: Arguments) throws(UsageError) -> EpochSettings.Extent {
    if let steps = try arguments.integer("steps", in: 1...Int.max) { return .steps(steps) }
    if let epochs = try arguments.integer("epochs", in: 1...1_000_000) { return .epochs(epochs) }
    return .seconds(try arguments.positiveNumber("seconds", in: .f64) ?? 3)
  }

  private static func workload(_ arguments: Arguments) throws(UsageError) -> Workload {
    let batch = try arguments.integer("batch", in: 1...Int(Int32.max))
    let precision = try arguments.choice("precision", Precision.self)
    let learningRate = try arguments.positiveNumber("learning-rate", in: precision ?? .f64)
    if let layers = arguments.string("layers") {
      if arguments.has("workload") { throw UsageError("--workload and --layers contradict each other; give one") }
      return Workload(
        name: "custom", layers: try sizes(layers, named: "--layers", precision: precision ?? .f64),
        batch: batch ?? 10, optimizer: .sgd(learningRate: learningRate ?? 3), precision: precision ?? .f64)
    }
    for name in ["batch", "learning-rate", "precision"] where arguments.has(name) {
      throw UsageError("--\(name) needs --layers; a workload has its own")
    }
    return try Workload.named(arguments.string("workload") ?? Workload.all[0].name)
  }

  func run() throws {
    // Found out now, not when the figures that were to be written are there.
    if let json, json != "-" { _ = try OutputFile(json) }
    let console = Console(keepsOutputForJSON: json == "-", hasResultFile: json != nil)
    var context = RunContext()
    context.warnings.forEach(Console.warn)
    let digits = try Digits.load(directory: data)
    context.data = RunContext.Data(digits)
    try console.print(context.heading)
    try console.print("\(digits.summary)\n")
    var (results, notes) = ([EpochResult](), [String]())
    for workload in workloads {
      let result = try measureEpochs(of: workload, on: digits, settings)
      results.append(result)
      // First what a file is to keep: who reads the table may have gone.
      if let json, json != "-" || results.count == workloads.count {
        try Console.write(EpochDocument(context: context, results: results), toJSON: json)
      }
      notes.append(
        "\(workload.name): \(result.evaluation); \(counted(result.samples.count, "sample")) of "
          + "\(counted(result.steps, "step")) in all"
          + (workersNote(result.threads, aloneShare: result.aloneShare, threads: settings.threads).map { "; \($0)" }
            ?? ""))
    }
    try console.print(EpochResult.table(results) + "\n")
    for result in results where result.phases != nil { try console.print(result.phaseTable + "\n") }
    for note in notes { try console.print(note) }
    try console.close()
  }
}
