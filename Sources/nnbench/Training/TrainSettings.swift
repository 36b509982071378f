import NNBlas

/// What a run of training is to do: the flags of `nnbench train`, completed by a configuration file and by defaults, and held against one
/// another.
struct TrainSettings {
  static let options: [CommandSyntax.Option] =
    [
      .init(
        "config", "file",
        help: "A JSON object with flags as keys, such as {\"epochs\": 10, \"standardize\": true}; flags override it."),
      .init("print-config", help: "Print the configuration with all that was left out, as such a file, and end."),
      .init(
        "layers", "list",
        help:
          "Inputs, then layers: neurons, with an activation as 512:gelu or without, dropout(0.2), batch-norm, layer-norm, or an "
          + "activation. (default: 784,30,10)"),
      .init(
        "activation", "name",
        help:
          "Of layers of neurons without one but the last: identity, sigmoid, tanh, relu, leaky-relu(0.01), elu(1), gelu, silu or "
          + "softplus. (default: sigmoid)"),
      .init(
        "cost", "name",
        help: "quadratic, cross-entropy, softmax-cross-entropy, with a label smoothing as softmax-cross-entropy(0.1), "
          + "mean-squared-error, mean-absolute-error or huber(1). (default: the initial network's, or quadratic)"),
      .init(
        "initializer", "name",
        help:
          "standardNormal, scaledNormal, glorotUniform, glorotNormal, heUniform, heNormal, orthogonal or zeros. (default: "
          + "standardNormal for sigmoid, else heNormal)"),
      .init("batch", "n", help: "Examples in a step. (default: 10)"),
      .init("epochs", "n", help: "How many times to visit all examples. (default: 30)"),
      .init("steps", "n", help: "Stop after this many steps in all, then evaluate; overrides --epochs."),
    ] + OptimizerSettings.options + RuleSettings.options + DataSettings.options + [
      .init("test", "file", help: "A table to evaluate on after every epoch. (default: MNIST's test images, or none)"),
      .init(
        "validation", "part",
        help: "Split a part of the training data off to evaluate on instead: 0.2, or a number of examples."),
      .init(
        "standardize",
        help: "Bring inputs to mean 0 and deviation 1, and targets that are numbers; saved with the model."),
      .init("shifts", help: "Learn from each image shifted by a pixel in four directions as well, as expand_mnist.py."),
      .init("class-weights", "w", help: "balanced, or how much each class counts, with commas."),
      .init("order", "name", help: "shuffled, or sequential for the order of the files. (default: shuffled)"),
      .init(
        "seed", "n", help: "Decides initial weights, the order of examples, what is split off and dropped. (default: 1)"
      ),
      .init("precision", "p", help: "f64 or f32. (default: f64)"),
      threadsOption,
      .init(
        "initial", "file", help: "Start from the network in this file, .safetensors or the book's; overrides --layers."),
      .init("freeze", "layers", help: "Layers that keep their parameters, by number from 1, with commas."),
      .init(
        "save", "file",
        help:
          "Write the trained model to this file: .safetensors, or, of sigmoid neurons, the JSON of the book's network2.py."
      ),
    ]

  /// Flags that no file can give: they say what this run is for, not what it does.
  private static let ofTheCommandLine: Set = ["config", "print-config", "help"]

  let optimization: OptimizerSettings
  let rules: RuleSettings
  let source: DataSettings
  let batch: Int
  let epochs: Int
  let steps: Int?
  let order: ExampleOrder
  let seed: UInt64
  let precision: Precision
  let threads: Int?
  let save: String?
  let test: String?
  let validation: Double?
  let standardizes: Bool
  let shifts: Bool
  let classWeights: [Double]?
  let balancesClasses: Bool
  let printsConfiguration: Bool
  let frozen: [Int]
  let layers: LayerList?
  let activation: Activation
  let cost: Cost?
  private let initializer: Initializer?
  let initial: String?

  var optimizer: Optimizer { optimization.optimizer }
  /// Whether the result is a model's file, and not the book's.
  var savesModel: Bool { save?.hasSuffix(".safetensors") ?? false }

  /// - Throws: `UsageError` for a value that is wrong in itself, or contradicts another.
  init(_ commandLine: Arguments) throws(UsageError) {
    var arguments = commandLine
    if let path = commandLine.string("config") {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      arguments = commandLine.completed(
        by: try Configuration.values(of: path, TrainCommand.syntax, except: Self.ofTheCommandLine), of: name)
    }
    let precision = try arguments.choice("precision", Precision.self) ?? .f64
    self.precision = precision
    layers = try arguments.string("layers").map { (text) throws(UsageError) in
      // A list of sizes alone has its errors of old.
      if text.allSatisfy({ $0.isNumber || $0 == "," }), !text.hasPrefix(",") {
        do throws(UsageError) {
          _ = try sizes(text, named: arguments.label("layers"), precision: precision)
        } catch {
          throw UsageError(error.description, isInFile: arguments.isInFile("layers"))
        }
      }
      return try LayerList(text) { arguments.wrong("layers", $0) }
    }
    activation = try arguments.value("activation", Activation.self) ?? .sigmoid
    cost = try arguments.value("cost", Cost.self)
    initializer = try arguments.choice("initializer", Initializer.self)
    optimization = try OptimizerSettings(arguments, precision)
    rules = try RuleSettings(arguments)
    source = try DataSettings(arguments)
    batch = try arguments.integer("batch", in: 1...Int(Int32.max)) ?? 10
    epochs = try arguments.integer("epochs", in: 1...1_000_000_000) ?? 30
    steps = try arguments.integer("steps", in: 1...Int.max)
    order = try arguments.choice("order", ExampleOrder.self) ?? .shuffled
    seed = try arguments.seed("seed", default: 1)
    threads = try arguments.threads()
    initial = arguments.string("initial")
    save = arguments.string("save")
    test = arguments.string("test")
    validation = try arguments.number("validation")
    (standardizes, shifts) = (arguments.has("standardize"), arguments.has("shifts"))
    balancesClasses = arguments.string("class-weights") == "balanced"
    classWeights = balancesClasses ? nil : try arguments.numbers("class-weights", example: "1,2.5 or balanced")
    printsConfiguration = arguments.has("print-config")
    frozen = try arguments.integers("freeze", in: 1...100_000, example: "1,2") ?? []
    try check(arguments)
  }

  private func check(_ arguments: Arguments) throws(UsageError) {
    if save == "-" { throw arguments.wrong("save", "is -, expected a file; standard output has the report") }
    if activation == .softmax {
      throw arguments.wrong(
        "activation", "is softmax, which is for the last layer alone; write it behind that, as 10:softmax")
    }
    for (one, other) in [
      ("initial", "initializer"), ("initial", "activation"), ("until-accuracy", "steps"), ("test", "validation"),
      ("steps", "schedule"),
    ] where arguments.has(one) && arguments.has(other) {
      throw arguments.contradiction(one, other)
    }
    if let validation, !(validation > 0 && (validation < 1 || validation == validation.rounded() && validation < 2e9)) {
      throw arguments.wrong(
        "validation", "is \(validation), expected a part below 1, as 0.2, or a whole number of examples")
    }
    if test != nil, !source.isTable {
      throw arguments.wrong("test", "is for tables; of other data use --validation")
    }
    if shifts, standardizes {
      throw arguments.contradiction("shifts", "standardize")
    }
    try rules.check(arguments)
    try checkBookFormat(arguments)
  }

  /// The book's format can hold what is read from it, and what is to be written in it.
  private func checkBookFormat(_ arguments: Arguments) throws(UsageError) {
    let isBookSaved = save != nil && !savesModel
    let isBookRead = initial.map { !$0.hasSuffix(".safetensors") } ?? false
    guard let flag = isBookSaved ? "save" : isBookRead ? "initial" : nil else { return }
    let remedy = flag == "save" ? "; leave one out, or save a .safetensors" : "; leave one out"
    if activation != .sigmoid {
      throw UsageError(
        "\(arguments.label(flag)) and --activation \(activation) contradict each other: the book's format has sigmoid layers "
          + "only" + remedy)
    }
    guard let cost, ![.quadratic, .crossEntropy].contains(cost) else { return }
    throw UsageError(
      "\(arguments.label(flag)) and --cost \(cost) contradict each other: the book's format has sigmoid "
        + "layers only" + remedy + ", or give --cost \(Cost.crossEntropy)")
  }

  /// The model to start from, with the cost to make smaller.
  ///
  /// - Throws: `ModelFileError` for a file that cannot be used, `UsageError` where its network is not that of `--layers`.
  func start<S: Scalar>(inputs: Int, outputs: Int) throws -> Model<S> {
    var model: Model<S>
    if let initial {
      if initial.hasSuffix(".safetensors") {
        model = try Model(contentsOf: initial)
        model.cost = cost ?? model.cost
      } else {
        let file = try BookFile<S>(contentsOf: initial)
        model = Model(file.network, cost: cost ?? file.cost)
      }
      if let layers {
        let found = model.network
        let wanted = try Network<S>.sizes(
          inputs: layers.inputs, layers: layers.layers(activation, cost: cost ?? .quadratic))
        guard wanted == found.sizes else {
          throw UsageError(
            "--layers is \(wanted), but the network in \(initial) has \(found.sizes); leave --layers out")
        }
      }
    } else {
      let cost = cost ?? .quadratic
      let list = try layers ?? LayerList("\(inputs),30,\(outputs)") { UsageError($0) }
      model = Model(
        try Network(
          inputs: list.inputs, layers: list.layers(activation, cost: cost),
          initializer: initializer ?? .usual(for: list.first(activation, cost: cost)), seed: seed), cost: cost)
    }
    if let wrong = frozen.first(where: { $0 > model.network.architecture.count }) {
      throw UsageError(
        "--freeze has \(wrong), expected numbers of the \(model.network.architecture.count) layers, from 1")
    }
    model.network.freeze(frozen.map { $0 - 1 })
    return model
  }

  /// The flags that give the same run, with all that was left out.
  func resolved<S: Scalar>(_ model: Model<S>) -> [String: String] {
    var values = optimization.resolved.merging(rules.resolved) { $1 }.merging(source.resolved) { $1 }
    values["cost"] = "\(model.cost ?? .quadratic)"
    (values["batch"], values["order"], values["seed"]) = ("\(batch)", order.rawValue, "\(seed)")
    (values["precision"], values["threads"]) = (precision.rawValue, threads.map(String.init) ?? "auto")
    if let initial {
      values["initial"] = initial
    } else {
      values["layers"] = LayerList.text(of: model.network)
      let first = model.network.activations.first ?? .identity
      values["initializer"] = (initializer ?? .usual(for: first)).rawValue
    }
    if let steps { values["steps"] = "\(steps)" } else { values["epochs"] = "\(epochs)" }
    if steps != nil { values["schedule"] = nil }
    (values["test"], values["save"]) = (test, save)
    values["validation"] = validation.map { $0 < 1 ? "\($0)" : "\(Int($0))" }
    if standardizes { values["standardize"] = "" }
    if shifts { values["shifts"] = "" }
    values["class-weights"] =
      balancesClasses ? "balanced" : classWeights.map { $0.map { "\($0)" }.joined(separator: ",") }
    if !frozen.isEmpty { values["freeze"] = frozen.map(String.init).joined(separator: ",") }
    return values
  }

  /// The same as a file.
  func configuration<S: Scalar>(_ model: Model<S>) -> String {
    Configuration.document(
      resolved(model), flags: Set(Self.options.filter { $0.placeholder == nil }.map(\.name)))
  }
}

extension Network {
  /// The sizes of a network of these layers: the inputs, then the neurons of each dense one.
  fileprivate static func sizes(inputs: Int, layers: [any Layer]) throws -> [Int] {
    [inputs] + layers.compactMap { ($0 as? Dense)?.outputs }
  }
}
