import NNBlas

/// `nnbench predict-speed`: how long the predictions of a network take.
struct PredictSpeedCommand: Command {
  static let syntax = CommandSyntax(
    name: "predict-speed",
    summary: "Time the predictions of a network on one thread.",
    discussion: """
      A call is one forward pass of sigmoid layers over a batch of made-up numbers, into memory that is
      kept from call to call. A sample is at least 0.2 s of consecutive calls, or a fifth of --seconds.
      Before the clock runs, the answers have to be within 1e-5 of those in double precision.
      % peak is of the processor's fused multiply-add peak.
      """,
    options: [
      .init("layers", "sizes", help: "Inputs, then neurons of each layer. (default: 784,30,10)"),
      .init("batch", "list", help: "How many examples go into a call, such as 1,256. (default: 1,256)"),
      .init("precision", "p", help: "f64 or f32. (default: f32)"),
      .init("seconds", "s", help: "How many seconds each is timed at least. (default: 1)"),
      .init("json", "file", help: "Write the results as JSON to a file, or to standard output for -."),
    ])

  private let layers: [Int]
  private let batches: [Int]
  private let precision: Precision
  private let seconds: Double
  private let json: String?

  init(_ arguments: Arguments) throws(UsageError) {
    let precision = try arguments.choice("precision", Precision.self) ?? .f32
    self.precision = precision
    layers =
      try arguments.string("layers").map { (text) throws(UsageError) in
        try sizes(text, named: "--layers", precision: precision)
      } ?? [784, 30, 10]
    batches = try Self.batches(arguments.string("batch") ?? "1,256")
    seconds = try arguments.positiveNumber("seconds", in: .f64) ?? 1
    json = arguments.string("json")
  }

  private static func batches(_ text: String) throws(UsageError) -> [Int] {
    var batches: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let batch = Int(part), (1...Int(Int32.max)).contains(batch) else {
        throw UsageError("--batch is '\(text)', expected whole numbers from 1 to \(Int32.max) with commas, as 1,256")
      }
      batches.append(batch)
    }
    return batches
  }

  func run() throws {
    // Found out now, not when the figures that were to be written are there.
    if let json, json != "-" { _ = try OutputFile(json) }
    let console = Console(keepsOutputForJSON: json == "-", hasResultFile: json != nil)
    let context = RunContext()
    context.warnings.forEach(Console.warn)
    try console.print(context.heading + "\n")
    let progress = ProgressLine()
    let results = try batches.map { batch in
      progress.update("Timing predictions: batch of \(batch)")
      return try PredictionResult.measure(layers: layers, batch: batch, precision: precision, seconds: seconds)
    }
    progress.clear()
    if let json { try Console.write(PredictionDocument(context: context, results: results), toJSON: json) }
    try console.print(PredictionResult.table(results))
    try console.close()
  }
}
