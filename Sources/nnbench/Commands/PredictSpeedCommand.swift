import NNBlas

/// `nnbench predict-speed`: how long the predictions of a network take.
struct PredictSpeedCommand: Command {
  static let syntax = CommandSyntax(
    name: "predict-speed",
    summary: "Time the predictions of a network on one thread.",
    discussion: """
      A call is one forward pass of sigmoid layers over a batch of made-up numbers, into memory that is
      kept from call to call. A sample is at least 0.2 s of consecutive calls, or a fifth of --seconds.
      Before the clock runs, the answers have to be within 1e-5 of those in double precision. % peak is
      of the processor's fused multiply-add peak.
      """,
    options: [
      .init("layers", "sizes", help: "Inputs, then neurons of each layer. (default: 784,30,10)"),
      .init("batch", "list", help: "How many examples go into a call, such as 1,256. (default: 1,256)"),
      .init("precision", "p", help: "f64 or f32. (default: f32)"),
      .init("seconds", "s", help: "How many seconds each is timed at least. (default: 2)"),
      jsonOption,
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
    let given = try arguments.integers("batch", in: 1...Int(Int32.max), example: "1,256") ?? [1, 256]
    // What is asked for twice is timed once.
    batches = given.indices.filter { !given[..<$0].contains(given[$0]) }.map { given[$0] }
    seconds = try arguments.positiveNumber("seconds", in: .f64) ?? 2
    json = arguments.string("json")
  }

  func run() throws {
    let report = try Report(command: Self.syntax.name, json: json)
    try report.begin()
    let results = try batches.map { batch in
      let result = try PredictionResult.measure(layers: layers, batch: batch, precision: precision, seconds: seconds)
      try report.add([result])
      return result
    }
    try report.finish([PredictionResult.table(results)])
  }
}
