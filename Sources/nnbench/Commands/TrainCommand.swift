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
    if settings.printsConfiguration, settings.layers != nil || settings.initial != nil {
      return try Console().print(settings.configuration(settings.start(inputs: 0, outputs: 0) as Model<S>))
    }
    RunContext().warnings.forEach(Console.warn)
    var started: Model<S>?
    if settings.layers != nil || settings.initial != nil { started = try settings.start(inputs: 0, outputs: 0) }
    let data = try TrainingData(settings)
    var model =
      try started ?? settings.start(inputs: data.training.inputWidth, outputs: data.training.targetWidth)
    if settings.printsConfiguration { return try Console().print(settings.configuration(model)) }
    let cost = model.cost ?? .quadratic
    let console = Console(hasResultFile: settings.save != nil)
    try console.print(data.summary)
    try console.print(
      "Network: \(model.network), \(cost) cost, batch \(settings.batch), \(settings.optimizer.summary)")
    try console.print(model.network.summary)

    let session = try TrainingSession(model.network, cost: cost, settings, data, console)
    model.network = try session.run()
    model.cost = cost
    if settings.initial == nil || settings.standardizes {
      (model.inputStandardizer, model.targetStandardizer) = (data.inputStandardizer, data.targetStandardizer)
    }
    (model.inputNames, model.classNames) = (data.inputNames, data.training.classNames)
    if let evaluation = data.evaluation {
      let (_, metrics) = try model.network.metrics(
        on: evaluation, cost: cost, topK: settings.rules.topK, threads: settings.threads)
      try console.print(metricsText(metrics, of: model))
    }
    if let save = settings.save {
      if settings.savesModel {
        try model.save(to: save)
      } else {
        try BookFile(network: model.network, cost: cost).write(to: save)
      }
      try console.print("Saved: \(save)")
    }
    if let goal = session.goal { try console.print(goal.conclusion()) }
    try console.close()
  }
}

/// Metrics as lines, in the units of the data, with the confusion matrix where there are classes.
func metricsText<S: Scalar>(_ metrics: Metrics, of model: Model<S>) throws -> String {
  guard case .classification(let found) = metrics else {
    guard case .regression(let found) = metrics, let scales = model.targetStandardizer?.scales else {
      return "Metrics: \(metrics)"
    }
    return "Metrics: \(Metrics.regression(try found.scaled(by: scales)))"
  }
  return
    (["Metrics:"] + wrapped("\(metrics)", width: 90).map { "  " + $0 } + [
      found.confusion.table(names: model.classNames)
    ])
    .joined(separator: "\n")
}
