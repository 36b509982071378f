import NNBlas

/// `nnbench epoch`: how long the steps of a workload take.
struct EpochCommand: Command {
  static let syntax = CommandSyntax(
    name: "epoch",
    summary: "Time the training steps of a workload over whole epochs.",
    discussion: """
      Shuffling, gathering, forward and backward pass and update are inside the clock. One epoch
      warms up and is not timed. A sample is a stretch of epochs of at least 0.2 s.
      Give either --workload, or the settings of one: --layers, --batch, --learning-rate, --precision.
      """,
    options: [
      .init(
        "workload", "name", help: "One of \(Workload.all.map(\.name).joined(separator: ", ")). (default: nielsen-30)"),
      .init("layers", "sizes", help: "Inputs, then neurons of each layer, such as 784,30,10."),
      .init("batch", "n", help: "Examples in a step. (default: 10)"),
      .init("learning-rate", "rate", help: "The learning rate of gradient descent. (default: 3)"),
      .init("precision", "p", help: "f64 or f32. (default: f64)"),
      dataOption,
      .init("epochs", "n", help: "How many epochs are timed. (default: 10)"),
      threadsOption,
      .init("json", "file", help: "Write the results as JSON to a file, or to standard output for -."),
    ])

  private let workload: Workload
  private let data: String?
  private let epochs: Int
  private let threads: Int
  private let json: String?

  init(_ arguments: Arguments) throws(UsageError) {
    workload = try Self.workload(arguments)
    data = arguments.string("data")
    epochs = try arguments.integer("epochs", in: 1...1_000_000) ?? 10
    threads = try arguments.integer("threads", in: 1...64) ?? 1
    json = arguments.string("json")
  }

  private static func workload(_ arguments: Arguments) throws(UsageError) -> Workload {
    let batch = try arguments.integer("batch", in: 1...Int(Int32.max))
    let precision = try arguments.choice("precision", Precision.self)
    let learningRate = try arguments.positiveNumber("learning-rate", in: precision ?? .f64)
    if let layers = arguments.string("layers") {
      if arguments.has("workload") { throw UsageError("--workload and --layers contradict each other; give one") }
      return Workload(
        name: "custom", layers: try sizes(layers, named: "--layers", precision: precision ?? .f64),
        batch: batch ?? 10, learningRate: learningRate ?? 3, precision: precision ?? .f64)
    }
    for name in ["batch", "learning-rate", "precision"] where arguments.has(name) {
      throw UsageError("--\(name) needs --layers; a workload has its own")
    }
    return try Workload.named(arguments.string("workload") ?? Workload.all[0].name)
  }

  func run() throws {
    BLAS.threads = threads
    // Found out now, not when the figures that were to be written are there.
    if let json, json != "-" { _ = try OutputFile(json) }
    let console = Console(keepsOutputForJSON: json == "-", hasResultFile: json != nil)
    let digits = try Digits.load(directory: data)
    let context = RunContext(digits: digits)
    try console.print(context.heading)
    try console.print("\(digits.summary)\n")
    let (result, evaluation) = try measureEpochs(of: workload, on: digits, epochs: epochs)
    // First what a file is to keep: who reads the table may have gone.
    if let json { try Console.write(EpochDocument(context: context, results: [result]), toJSON: json) }
    try console.print(EpochResult.table([result]))
    try console.print(
      "\nAfter \(counted(epochs + 1, "epoch")), the first to warm up: \(evaluation); "
        + "\(counted(result.samples.count, "sample")) of \(counted(result.steps, "step")) in all")
    try console.close()
  }
}
