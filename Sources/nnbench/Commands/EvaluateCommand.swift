import Foundation
import NNBlas

/// `nnbench evaluate`: metrics of a saved model.
struct EvaluateCommand: Command {
  static let syntax = CommandSyntax(
    name: "evaluate",
    summary: "Measure a saved model on a data set: metrics and the confusion matrix.",
    options: [.init("model", "file", help: "The model, a .safetensors file, or the book's JSON, that train has saved.")]
      + DataSettings.options + [
        .init("top-k", "k", isList: true, help: "Count labels among the k largest outputs, such as 5, or 2,5."),
        threadsOption,
      ])

  private let model: String
  private let source: DataSettings
  private let topK: [Int]
  private let threads: Int?
  private let arguments: Arguments

  init(_ arguments: Arguments) throws(UsageError) {
    self.arguments = arguments
    guard let model = arguments.string("model") else {
      throw UsageError("--model is missing, expected a file that train has saved")
    }
    self.model = model
    source = try DataSettings(arguments)
    topK = try arguments.integers("top-k", in: 1...1_000_000, example: "5 or 2,5") ?? []
    threads = try arguments.threads()
  }

  func run() throws {
    switch try savedPrecision(of: model) {
    case .f32: try run(Float.self)
    case .f64: try run(Double.self)
    }
  }

  private func run<S: Scalar>(_: S.Type) throws {
    let model = try savedModel(model, as: S.self)
    // The book's format does not say what targets were.
    if isModelFile(self.model), let task = model.task { try source.check(task) }
    var (dataset, name): (Dataset, String)
    var columns: TableColumns?
    if source.isTable || source.isArray {
      let examples = try source.examples(known: DataSettings.Known(model))
      (dataset, columns, name) = (examples.dataset, examples.columns, source.path ?? "")
    } else {
      let digits = try Digits.load(directory: source.path)
      try source.check(digits: digits.test, digits.name, DataSettings.Known(model))
      (dataset, name) = (digits.test, digits.name)
    }
    let cost = model.cost ?? .quadratic
    try arguments.check(topK: topK, classes: dataset.labels == nil ? nil : dataset.targetWidth)
    let file = (name as NSString).lastPathComponent
    dataset = try naming(file, in: S.precision) {
      let inputs = try model.inputStandardizer?.standardizingInputs(of: dataset, precision: S.precision) ?? dataset
      return try model.targetStandardizer?.standardizingTargets(of: inputs) ?? inputs
    }
    try model.network.check(dataset, cost, named: file, in: "evaluate")
    let console = Console()
    try console.print("Model: \(model.network)")
    try console.print("Data: \(name), \(counted(dataset.count, "example"))")
    if let columns { try console.print("Columns: \(columns.summary)") }
    let (evaluation, metrics) = try model.network.metrics(
      on: dataset, cost: cost, topK: topK, threads: threads)
    try console.print(
      "Cost: \(significant(evaluation.cost))" + (model.targetStandardizer == nil ? "" : ", of standardized targets"))
    try console.print(metricsText(metrics, of: model))
    try console.close()
  }
}
