import NNBlas

/// `nnbench train`: trains a network on digits and tells how well it does after every epoch.
struct TrainCommand: Command {
  static let syntax = CommandSyntax(
    name: "train",
    summary: "Train a network on digits by mini-batch gradient descent.",
    discussion: """
      Prints, after every epoch, how many test images are recognized, the mean cost of the training
      batches and the seconds that training took. Files of networks are in the JSON format of the
      book's network2.py.
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
    RunContext().warnings.forEach(Console.warn)
    let (network, cost): (Network<S>, Cost) = try settings.start()
    let digits = try Digits.load(directory: settings.data)
    let console = Console(hasResultFile: settings.save != nil)
    try console.print(digits.summary)
    try console.print(
      "Network: \(network), \(cost) cost, batch \(settings.batch), \(settings.optimizer.summary)")

    let trainer = try Trainer(
      network, batchSize: settings.batch, cost: cost, optimizer: settings.optimizer, seed: settings.seed,
      threads: settings.threads)
    let line = ProgressLine()
    var goal = settings.accuracy.map { AccuracyGoal(accuracy: $0) }
    // The engine chooses with the first step.
    var isFirst = true
    func show(_ progress: TrainingProgress) {
      line.update(
        "Epoch \(progress.epoch), step \(progress.step)/\(progress.stepsPerEpoch), cost \(significant(progress.cost))")
    }
    func report(_ report: TrainingReport) throws {
      line.clear()
      if isFirst, let note = workersNote(trainer.workers, threads: settings.threads) {
        try console.print("Threads: \(note)")
      }
      isFirst = false
      try console.print("\(report)")
      if goal?.isReached(by: report) == true { trainer.requestStop() }
    }
    if let steps = settings.steps {
      try report(
        trainer.train(
          steps: steps, on: digits.training, evaluating: digits.test, order: settings.order, progress: show))
    } else {
      try trainer.train(
        epochs: settings.epochs, on: digits.training, evaluating: digits.test, order: settings.order, report: report,
        progress: show)
    }
    if let save = settings.save {
      try BookFile(network: trainer.network, cost: cost).write(to: save)
      try console.print("Saved: \(save)")
    }
    if let goal { try console.print(goal.conclusion()) }
    try console.close()
  }
}
