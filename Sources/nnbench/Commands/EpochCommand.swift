import Foundation
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
      .init(
        "sweep", "what",
        help:
          "Time the workload with hidden layers of 32 to 4096 neurons (widths), batches of 1 to 1024 examples (batches), or "
          + "1 thread to one for every processor (threads); 1 s each unless told."),
      .init("plot", "file", help: "Draw what --sweep finds as SVG."),
      jsonOption,
    ])

  private let workloads: [Workload]
  private let data: String?
  private let settings: EpochSettings
  private let sweep: Sweep?
  private let plot: String?
  private let json: String?

  init(_ arguments: Arguments) throws(UsageError) {
    workloads = arguments.string("workload") == "all" ? Workload.all : [try Self.workload(arguments)]
    data = arguments.string("data")
    let given = ["steps", "epochs", "seconds"].filter(arguments.has)
    if given.count > 1 { throw UsageError("--\(given[0]) and --\(given[1]) contradict each other; give one") }
    sweep = try arguments.choice("sweep", Sweep.self)
    plot = arguments.string("plot")
    settings = EpochSettings(
      threads: try arguments.threads(), extent: try Self.extent(arguments), isProfiled: arguments.has("profile"))
    json = arguments.string("json")
    try checkSweep(arguments)
  }

  private static func extent(_ arguments: Arguments) throws(UsageError) -> EpochSettings.Extent {
    if let steps = try arguments.integer("steps", in: 1...Int.max) { return .steps(steps) }
    if let epochs = try arguments.integer("epochs", in: 1...1_000_000) { return .epochs(epochs) }
    return .seconds(try arguments.positiveNumber("seconds", in: .f64) ?? (arguments.has("sweep") ? 1 : 3))
  }

  private func checkSweep(_ arguments: Arguments) throws(UsageError) {
    guard let sweep else {
      if plot != nil { throw UsageError("--plot needs --sweep, which it draws") }
      return
    }
    if workloads.count > 1 { throw UsageError("--sweep and --workload all contradict each other; name one workload") }
    switch sweep {
    case .widths where workloads[0].layers.count < 3:
      throw UsageError("--sweep widths needs hidden layers, as 784,30,10 has; --layers has none")
    case .batches where arguments.has("batch"):
      throw UsageError("--sweep batches and --batch contradict each other; leave one out")
    case .threads where arguments.has("threads"):
      throw UsageError("--sweep threads and --threads contradict each other; leave one out")
    default: return
    }
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
    // Found out now, not when there is something to draw.
    if let plot { _ = try OutputFile(plot) }
    let report = try Report(command: Self.syntax.name, json: json)
    let digits = try Digits.load(directory: data)
    try report.begin(on: digits)
    if let sweep {
      let points = sweep.points(of: workloads[0], settings)
      let results = try points.map { try measure($0.workload, $0.settings, on: digits, report) }
      if let plot {
        let svg = sweep.plot(of: workloads[0], points, results, conditions: report.context.conditions)
        try OutputFile(plot).write(Data(svg.utf8))
      }
      try report.finish(
        [sweep.title(of: workloads[0]), sweep.table(points, results)] + results.compactMap(\.phaseTable))
    } else {
      let results = try workloads.map { try measure($0, settings, on: digits, report) }
      let notes = results.map { $0.note(threads: settings.threads) }.joined(separator: "\n")
      try report.finish([EpochResult.table(results)] + results.compactMap(\.phaseTable) + [notes])
    }
  }

  private func measure(
    _ workload: Workload, _ settings: EpochSettings, on digits: Digits, _ report: Report
  ) throws -> EpochResult {
    let result = try measureEpochs(of: workload, on: digits, settings)
    try report.add([result])
    return result
  }
}
