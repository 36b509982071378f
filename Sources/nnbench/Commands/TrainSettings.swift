import NNBlas

/// What a run of training is to do: the flags of `nnbench train`, completed by defaults and held against one another.
struct TrainSettings {
  static let options: [CommandSyntax.Option] = [
    .init("layers", "sizes", help: "Inputs, then neurons of each layer. (default: 784,30,10)"),
    .init("activation", "name", help: "sigmoid or relu, of all layers but the last. (default: sigmoid)"),
    .init(
      "cost", "name",
      help: "quadratic, cross-entropy for a last layer of sigmoids, or softmax-cross-entropy for one of logits. "
        + "(default: the initial network's, or quadratic)"),
    .init(
      "initializer", "name",
      help: "standardNormal, scaledNormal or heNormal. (default: heNormal for relu, else standardNormal)"),
    .init("optimizer", "name", help: "sgd, momentum (0.9) or adam. (default: sgd)"),
    .init(
      "learning-rate", "rate",
      help: "The optimizer's learning rate. (default: 3 for sgd, 0.1 for momentum, 0.001 for adam)"),
    .init("batch", "n", help: "Examples in a step. (default: 10)"),
    .init("epochs", "n", help: "How many times to visit all examples. (default: 30)"),
    .init("steps", "n", help: "Stop after this many steps in all, then evaluate; overrides --epochs."),
    .init(
      "until-accuracy", "a",
      help:
        "Stop after the first epoch that leaves this share of the test images recognized, such as 0.97; a failure where "
        + "--epochs do not suffice."),
    .init("order", "name", help: "shuffled, or sequential for the order of the files. (default: shuffled)"),
    .init("seed", "n", help: "Decides initial weights and the order of examples. (default: 1)"),
    .init("precision", "p", help: "f64 or f32. (default: f64)"),
    dataOption,
    threadsOption,
    .init("initial", "file", help: "Start from the network in this file; overrides --layers."),
    .init("save", "file", help: "Write the trained network, of sigmoid neurons, to this file."),
  ]

  let optimizer: Optimizer
  let batch: Int
  let epochs: Int
  let steps: Int?
  /// The share of the test images at which training ends.
  let accuracy: Double?
  let order: ExampleOrder
  let seed: UInt64
  let precision: Precision
  let data: String?
  let threads: Int?
  let save: String?
  private let layers: [Int]?
  private let activation: Activation
  private let cost: Cost?
  private let initializer: Initializer
  private let initial: String?

  /// - Throws: `UsageError` for a value that is wrong in itself, or contradicts another.
  init(_ arguments: Arguments) throws(UsageError) {
    let precision = try arguments.choice("precision", Precision.self) ?? .f64
    self.precision = precision
    layers = try arguments.string("layers").map { (text) throws(UsageError) in
      try sizes(text, named: "--layers", precision: precision)
    }
    activation = try arguments.value("activation", Activation.self) ?? .sigmoid
    cost = try arguments.value("cost", Cost.self)
    initializer = try arguments.choice("initializer", Initializer.self) ?? .usual(for: activation)
    optimizer = try (arguments.choice("optimizer", OptimizerName.self) ?? .sgd)
      .optimizer(learningRate: arguments.positiveNumber("learning-rate", in: precision))
    batch = try arguments.integer("batch", in: 1...Int(Int32.max)) ?? 10
    epochs = try arguments.integer("epochs", in: 1...1_000_000_000) ?? 30
    steps = try arguments.integer("steps", in: 1...Int.max)
    accuracy = try arguments.share("until-accuracy")
    order = try arguments.choice("order", ExampleOrder.self) ?? .shuffled
    seed = try arguments.seed("seed", default: 1)
    data = arguments.string("data")
    threads = try arguments.threads()
    initial = arguments.string("initial")
    save = arguments.string("save")
    if save == "-" { throw UsageError("--save is -, expected a file; standard output has the report") }
    for (one, other) in [("initial", "initializer"), ("initial", "activation"), ("until-accuracy", "steps")]
    where arguments.has(one) && arguments.has(other) {
      throw UsageError("--\(one) and --\(other) contradict each other; give one")
    }
    try checkBookFormat()
  }

  /// The book's format can hold what is read from it, and what is to be written in it.
  private func checkBookFormat() throws(UsageError) {
    guard let flag = save != nil ? "save" : initial != nil ? "initial" : nil else { return }
    if activation != .sigmoid {
      throw UsageError(
        "--\(flag) and --activation \(activation) contradict each other: the book's format has sigmoid layers "
          + "only; leave one out")
    }
    if cost == .softmaxCrossEntropy {
      throw UsageError(
        "--\(flag) and --cost \(Cost.softmaxCrossEntropy) contradict each other: the book's format has sigmoid "
          + "layers only; leave one out, or give --cost \(Cost.crossEntropy)")
    }
  }

  /// The network to start from, and the cost to make smaller.
  ///
  /// - Throws: `ModelFileError` for a file that cannot be used, `UsageError` where its network is not that of `--layers`.
  func start<S: Scalar>() throws -> (Network<S>, Cost) {
    if let initial {
      let file = try BookFile<S>(contentsOf: initial)
      if let layers, layers != file.network.sizes {
        throw UsageError(
          "--layers is \(layers), but the network in \(initial) has \(file.network.sizes); leave --layers out")
      }
      return (file.network, cost ?? file.cost)
    }
    let cost = cost ?? .quadratic
    let network = try Network<S>(
      sizes: layers ?? [784, 30, 10], activation: activation, cost: cost, initializer: initializer, seed: seed)
    return (network, cost)
  }
}

/// An optimizer as the command line names it.
private enum OptimizerName: String, CaseIterable {
  case sgd, momentum, adam

  /// With a learning rate, or the one that suits it in most cases.
  func optimizer(learningRate: Double?) -> Optimizer {
    switch self {
    case .sgd: .sgd(learningRate: learningRate ?? 3)
    case .momentum: .momentum(learningRate: learningRate ?? 0.1)
    case .adam: .adam(learningRate: learningRate ?? 0.001)
    }
  }
}

extension Optimizer {
  /// `sgd, learning rate 3.0`.
  var summary: String {
    let name =
      switch self {
      case .sgd: "sgd"
      case .momentum(_, let momentum): "momentum \(momentum)"
      case .nesterov(_, let momentum): "nesterov \(momentum)"
      case .rmsProp: "rmsprop"
      case .adam: "adam"
      case .adamW: "adamw"
      }
    return "\(name), learning rate \(learningRate)"
  }
}
