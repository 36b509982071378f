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
    options: [
      .init("layers", "sizes", help: "Inputs, then neurons of each layer. (default: 784,30,10)"),
      .init("epochs", "n", help: "How many times to visit all examples. (default: 30)"),
      .init("batch", "n", help: "Examples in a step. (default: 10)"),
      .init("learning-rate", "rate", help: "The learning rate of gradient descent. (default: 3)"),
      .init("cost", "name", help: "quadratic or cross-entropy. (default: the initial network's, or quadratic)"),
      .init("initializer", "name", help: "standardNormal or scaledNormal. (default: standardNormal)"),
      .init("seed", "n", help: "Decides initial weights and the order of examples. (default: 1)"),
      .init("precision", "p", help: "f64 or f32. (default: f64)"),
      dataOption,
      .init("order", "name", help: "shuffled, or sequential for the order of the files. (default: shuffled)"),
      .init("steps", "n", help: "Stop after this many steps in all, then evaluate; overrides --epochs."),
      threadsOption,
      .init("initial", "file", help: "Start from the network in this file; overrides --layers."),
      .init("save", "file", help: "Write the trained network to this file."),
    ])

  private let layers: [Int]?
  private let epochs: Int
  private let steps: Int?
  private let batch: Int
  private let learningRate: Double
  private let cost: Cost?
  private let initializer: Initializer
  private let seed: UInt64
  private let precision: Precision
  private let data: String?
  private let order: ExampleOrder
  private let threads: Int?
  private let initial: String?
  private let save: String?

  init(_ arguments: Arguments) throws(UsageError) {
    epochs = try arguments.integer("epochs", in: 1...1_000_000_000) ?? 30
    steps = try arguments.integer("steps", in: 1...Int.max)
    batch = try arguments.integer("batch", in: 1...Int(Int32.max)) ?? 10
    cost = try arguments.choice("cost", Cost.self)
    initializer = try arguments.choice("initializer", Initializer.self) ?? .standardNormal
    seed = try arguments.seed("seed", default: 1)
    let precision = try arguments.choice("precision", Precision.self) ?? .f64
    self.precision = precision
    learningRate = try arguments.positiveNumber("learning-rate", in: precision) ?? 3
    layers = try arguments.string("layers").map { (text) throws(UsageError) in
      try sizes(text, named: "--layers", precision: precision)
    }
    data = arguments.string("data")
    order = try arguments.choice("order", ExampleOrder.self) ?? .shuffled
    threads = try arguments.threads()
    initial = arguments.string("initial")
    save = arguments.string("save")
    if save == "-" { throw UsageError("--save is -, expected a file; standard output has the report") }
    if initial != nil, arguments.has("initializer") {
      throw UsageError("--initial and --initializer contradict each other; give one")
    }
  }

  func run() throws {
    switch precision {
    case .f32: try run(Float.self)
    case .f64: try run(Double.self)
    }
  }

  private func run<S: Scalar>(_: S.Type) throws {
    // Found out now, not when the run that was to be saved is over.
    if let save { _ = try OutputFile(save) }
    let (network, cost): (Network<S>, Cost) = try start()
    let digits = try Digits.load(directory: data)
    let console = Console(hasResultFile: save != nil)
    try console.print(digits.summary)
    try console.print("Network: \(network), \(cost.rawValue) cost, batch \(batch), learning rate \(learningRate)")

    let trainer = try Trainer(
      network, batchSize: batch, cost: cost, optimizer: .sgd(learningRate: learningRate), seed: seed,
      threads: threads)
    let line = ProgressLine()
    func show(_ progress: TrainingProgress) {
      line.update(
        "Epoch \(progress.epoch), step \(progress.step)/\(progress.stepsPerEpoch), cost \(significant(progress.cost))")
    }
    func report(_ report: TrainingReport) throws {
      line.clear()
      try console.print("\(report)")
    }
    if let steps {
      try report(
        trainer.train(steps: steps, on: digits.training, evaluating: digits.test, order: order, progress: show))
    } else {
      try trainer.train(
        epochs: epochs, on: digits.training, evaluating: digits.test, order: order, report: report, progress: show)
    }
    if let save {
      try BookFile(network: trainer.network, cost: cost).write(to: save)
      try console.print("Saved: \(save)")
    }
    try console.close()
  }

  private func start<S: Scalar>() throws -> (Network<S>, Cost) {
    if let initial {
      let file = try BookFile<S>(contentsOf: initial)
      if let layers, layers != file.network.sizes {
        throw UsageError(
          "--layers is \(layers), but the network in \(initial) has \(file.network.sizes); leave --layers out")
      }
      return (file.network, cost ?? file.cost)
    }
    let network = try Network<S>(sizes: layers ?? [784, 30, 10], initializer: initializer, seed: seed)
    return (network, cost ?? .quadratic)
  }
}
