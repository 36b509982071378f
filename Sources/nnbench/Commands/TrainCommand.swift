import Foundation
import NNBlas

/// `nnbench train`: trains a network and tells how well it does after every epoch.
struct TrainCommand: Command {
  static let syntax = CommandSyntax(
    name: "train",
    summary: "Train a network on digits, a table or arrays by mini-batch gradient descent.",
    discussion: """
      Prints the network, then, after every epoch, how many examples of the evaluation data are
      recognized, or their cost, the mean cost of the training batches and the seconds that training
      took; in the end the metrics and the confusion matrix.
      """,
    options: TrainSettings.options)

  private let settings: TrainSettings

  init(_ arguments: Arguments) throws(UsageError) {
    settings = try TrainSettings(arguments)
  }

  func run() throws {
    switch settings.precision {
    case .f32: try run(Float.self)
    case .f64: try run(Double.self)
    }
  }

  private func run<S: Scalar>(_: S.Type) throws {
    // Found out now, not when the run that was to be saved is over.
    if let save = settings.save { _ = try OutputFile(save) }
    let directory =
      settings.printsConfiguration
      ? nil : try settings.run.folder.map { try RunDirectory(settings.run, $0, settings.arguments) }
    let start: Model<S>? = settings.hasStart ? try settings.start() : nil
    if let start { try settings.check(saving: start) }
    if settings.printsConfiguration, let start { return try Console().print(settings.configuration(start)) }
    RunContext().warnings.forEach(Console.warn)
    let data = try TrainingData(
      settings, known: known(start),
      standardizers: (start?.inputStandardizer, start?.targetStandardizer))
    var model =
      try start ?? settings.start(inputs: data.training.inputWidth, outputs: data.training.targetWidth)
    if settings.printsConfiguration { return try Console().print(settings.configuration(model)) }
    let cost = model.cost ?? .quadratic
    try settings.check(data)
    try settings.check(saving: model, classNames: data.training.classNames)
    try data.check(model.network, cost)
    let console = Console(hasResultFile: settings.save != nil || directory != nil)
    try console.print(data.summary)
    if let columns = data.columns { try console.print("Columns: \(columns)") }
    try console.print(
      "Network: \(model.network), \(cost) cost, batch \(settings.batch), \(settings.optimizer.summary)")
    try console.print(model.network.summary)

    let session = try TrainingSession(model.network, cost: cost, settings, data, console)
    if let directory { try session.keep(in: directory, configuration: settings.runConfiguration(model)) }
    let (network, end) = try session.run()
    model.network = network
    model.cost = cost
    describe(&model, data)
    if case .interrupted(let signal) = end, directory != nil || signal != nil {
      try leave(model, after: signal, directory, isKept: !session.isUnkept, console)
      return
    }
    if let measured = data.test ?? data.evaluation {
      let (_, metrics) = try model.network.metrics(
        on: measured, cost: cost, topK: settings.rules.topK, threads: settings.threads)
      let place = data.test == nil ? "" : " of \(counted(measured.count, "test example"))"
      try console.print(metricsText(metrics, of: model, place))
      if case .classification(let found) = metrics {
        try session.draw(
          found.confusion, names: model.classNames,
          of: counted(measured.count, data.test == nil ? "example" : "test example"))
      }
    }
    try save(model, console)
    // Last: it says that the run is over.
    if let directory {
      try model.save(to: directory.model)
      try console.print("Run: \(directory.path), model \(directory.model)")
    }
    if let goal = session.goal { try console.print(goal.conclusion(hasEpochsLeft: session.hasEpochsLeft)) }
    try console.close()
  }

  private func save<S: Scalar>(_ model: Model<S>, _ console: Console) throws {
    guard let save = settings.save else { return }
    if settings.savesModel {
      try model.save(to: save)
    } else {
      try BookFile(network: model.network, cost: model.cost ?? .quadratic).write(to: save)
    }
    try console.print("Saved: \(save)")
  }

  /// Ends a run before its end: what it has learned is kept, and how to go on is said.
  private func leave<S: Scalar>(
    _ model: Model<S>, after signal: Int32?, _ directory: RunDirectory?, isKept: Bool, _ console: Console
  ) throws {
    if let directory, !isKept {
      try console.print("The last checkpoint could not be written; from the one before go on with: \(directory.remedy)")
    } else if let directory {
      try console.print("The run is kept in \(directory.path); go on with: \(directory.remedy)")
    } else {
      try save(model, console)
    }
    try console.close()
    guard let signal else { return }
    throw Interruption(
      signal: signal,
      description: "ended by \(signal == SIGINT ? "SIGINT" : "SIGTERM") before the end of the run"
        + (directory == nil && settings.save == nil ? "; nothing was kept: give --run or --save" : ""))
  }

  /// What a network that is there before the data says of them.
  private func known<S: Scalar>(_ start: Model<S>?) -> DataSettings.Known {
    guard let start else { return DataSettings.Known(cost: settings.cost ?? .quadratic) }
    guard settings.initial == nil else { return DataSettings.Known(start) }
    return DataSettings.Known(
      inputs: start.network.inputs, outputs: start.network.outputs, cost: start.cost ?? .quadratic)
  }

  /// Says with a model what it was trained on.
  private func describe<S: Scalar>(_ model: inout Model<S>, _ data: TrainingData) {
    (model.inputStandardizer, model.targetStandardizer) = (data.inputStandardizer, data.targetStandardizer)
    model.inputNames = data.inputNames ?? model.inputNames
    if data.training.labels == nil {
      (model.task, model.classNames) = (.regression, nil)
      model.targetNames = data.targetNames ?? model.targetNames
    } else {
      (model.task, model.targetNames) = (.classification, nil)
      model.classNames = data.training.classNames ?? model.classNames
    }
  }
}

/// Metrics as lines, in the units of the data, with the confusion matrix where there are classes.
///
/// - Parameters:
///   - metrics: The metrics.
///   - model: Whose they are.
///   - place: Where they were measured, ` of 10 test examples`, or nothing where there is no doubt.
/// - Returns: The lines.
/// - Throws: `ShapeError` where the model's means are not as many as its outputs.
func metricsText<S: Scalar>(_ metrics: Metrics, of model: Model<S>, _ place: String = "") throws -> String {
  guard case .classification(let found) = metrics else {
    guard case .regression(let found) = metrics, let scales = model.targetStandardizer?.scales else {
      return "Metrics\(place): \(metrics)"
    }
    return "Metrics\(place): \(Metrics.regression(try found.scaled(by: scales)))"
  }
  return
    (["Metrics\(place):"] + wrapped("\(metrics)", width: 90).map { "  " + $0 } + [
      found.confusion.table(names: model.classNames)
    ])
    .joined(separator: "\n")
}
