import NNBlas

/// What a run of training is to do: the flags of `nnbench train`, completed by a configuration file and by defaults, and held against one
/// another.
struct TrainSettings {
  static let options: [CommandSyntax.Option] =
    [
      .init(
        "config", "file",
        help:
          "A JSON object with flags as keys, such as {\"epochs\": 10, \"standardize\": true}; flags override it, an --optimizer with "
          + "its rate and constants."),
      .init(
        "print-config",
        help:
          "Print the configuration with all that was left out, as such a file, and end; data are read where the layers follow from "
          + "them."),
      .init(
        "layers", "list", isList: true,
        help:
          "Inputs, then layers: neurons, with an activation as 512:gelu or without, dropout(0.2), batch-norm, layer-norm, or an "
          + "activation. (default: as many inputs and outputs as the data have, and 30 neurons between)"),
      .init(
        "activation", "name",
        help:
          "Of layers of neurons without one: identity, sigmoid, tanh, relu, leaky-relu(0.01), elu(1), gelu, silu or softplus. The "
          + "last has what the cost asks for, identity for targets that are numbers. (default: sigmoid)"),
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
      .init(
        "test", "file",
        help:
          "A table or array to measure the result on, and, without --validation, to evaluate on after every epoch. (default: "
          + "MNIST's test images, or none)"),
      .init("test-target", "file", help: "For a --test that is .npy, the file of its labels or targets."),
      .init(
        "validation", "part",
        help:
          "Split a part of the training data off to evaluate on after every epoch, which rules look at: 0.2, or a number of "
          + "examples."),
      .init(
        "sample-weights", "column",
        help: "The column of a table that says how much each example counts in training; for .npy the file of weights."),
      .init(
        "standardize",
        help:
          "Bring inputs to mean 0 and deviation 1, and targets that are numbers, but for the cross-entropies; saved with the "
          + "model."),
      .init("shifts", help: "Learn from each image shifted by a pixel in four directions as well, as expand_mnist.py."),
      .init("class-weights", "w", isList: true, help: "balanced, or how much each class counts, with commas."),
      .init("order", "name", help: "shuffled, or sequential for the order of the files. (default: shuffled)"),
      .init(
        "seed", "n", help: "Decides initial weights, the order of examples, what is split off and dropped. (default: 1)"
      ),
      .init("precision", "p", help: "f64 or f32. (default: the initial network's, or f64)"),
      threadsOption,
      .init(
        "initial", "file",
        help: "Start from the network in this file, .safetensors or the book's .json, instead of --layers."),
      .init(
        "freeze", "layers", isList: true,
        help:
          "Layers that keep their parameters, by number from 1, with commas, or none. (default: those that the initial network's "
          + "file says, or none)"),
      .init(
        "save", "file",
        help:
          "Write the trained model to this file: .safetensors, or, of sigmoid neurons, .json as the book's network2.py has it."
      ),
    ]

  /// What a flag of the command line puts out of force in a configuration file that has another value for it, or none: what says the same
  /// otherwise, and what belongs to another optimizer.
  private static let replaced: [String: Set<String>] = [
    "initial": ["layers", "initializer"], "label": ["target"], "target": ["label"], "clip-value": ["clip-norm"],
    "clip-norm": ["clip-value"], "halve": ["plateau-patience", "plateau-factor"], "plateau-patience": ["halve"],
    "epochs": ["steps"],
    "optimizer": ["learning-rate", "momentum", "beta1", "beta2", "epsilon", "weight-decay"],
  ]

  /// Flags that no file can give: they say what this run is for, not what it does.
  private static let ofTheCommandLine: Set = ["config", "print-config", "help"]

  let arguments: Arguments
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
  let testTarget: String?
  let validation: Double?
  let standardizes: Bool
  let shifts: Bool
  let classWeights: [Double]?
  let balancesClasses: Bool
  let printsConfiguration: Bool
  /// Layers that keep their parameters, from 1, or nil where nothing is said of them.
  let frozen: [Int]?
  let layers: LayerList?
  let activation: Activation
  let cost: Cost?
  let initializer: Initializer?
  let initial: String?

  var optimizer: Optimizer { optimization.optimizer }
  /// Whether the result is a model's file, and not the book's.
  var savesModel: Bool { save.map(isModelFile) ?? false }

  /// - Throws: `UsageError` for a value that is wrong in itself, or contradicts another.
  init(_ commandLine: Arguments) throws(UsageError) {
    var arguments = commandLine
    if let path = commandLine.string("config") {
      arguments = try commandLine.completed(
        by: Configuration(path, TrainCommand.syntax, except: Self.ofTheCommandLine), replacing: Self.replaced)
    }
    self.arguments = arguments
    // Of a file that cannot be read there is more to say when it is.
    let found = arguments.string("initial").flatMap { try? savedPrecision(of: $0) }
    let precision = try arguments.choice("precision", Precision.self) ?? found ?? .f64
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
    (test, testTarget) = (arguments.string("test"), arguments.string("test-target"))
    validation = try arguments.number("validation")
    (standardizes, shifts) = (arguments.has("standardize"), arguments.has("shifts"))
    balancesClasses = arguments.string("class-weights") == "balanced"
    classWeights = balancesClasses ? nil : try arguments.numbers("class-weights", example: "1,2.5 or balanced")
    if let classWeights,
      !classWeights.allSatisfy({ $0 >= 0 && Float($0).isFinite }) || !classWeights.contains(where: { $0 > 0 })
    {
      throw arguments.wrong(
        "class-weights",
        "is '\(arguments.string("class-weights") ?? "")', expected numbers from 0 on, finite in f32, one of them above 0"
      )
    }
    printsConfiguration = arguments.has("print-config")
    frozen =
      arguments.string("freeze") == "none"
      ? [] : try arguments.integers("freeze", in: 1...100_000, example: "1,2 or none")
    try check(arguments)
  }

  private func check(_ arguments: Arguments) throws(UsageError) {
    if save == "-" { throw arguments.wrong("save", "is -, expected a file; standard output has the report") }
    if let save, !savesModel, !save.lowercased().hasSuffix(".json") {
      throw arguments.wrong(
        "save",
        "is '\(save)', expected a name that ends in .safetensors, or in .json for the format of the book's network2.py")
    }
    if activation == .softmax {
      throw arguments.wrong(
        "activation", "is softmax, which is for the last layer alone; write it behind that, as 10:softmax")
    }
    for (one, other) in [
      ("initial", "initializer"), ("initial", "activation"), ("until-accuracy", "steps"),
    ] where arguments.has(one) && arguments.has(other) {
      throw arguments.contradiction(one, other)
    }
    if steps != nil, optimization.hasSchedule { throw arguments.contradiction("steps", "schedule") }
    if let validation, !(validation > 0 && (validation < 1 || validation == validation.rounded() && validation < 2e9)) {
      throw arguments.wrong(
        "validation", "is \(validation), expected a part below 1, as 0.2, or a whole number of examples")
    }
    if let test, !(source.isTable && DataSettings.isTable(test) || source.isArray && DataSettings.isArray(test)) {
      throw arguments.wrong("test", "is '\(test)', expected a table or .npy as with --data; of digits use --validation")
    }
    if test.map(DataSettings.isArray) ?? false != (testTarget != nil) {
      throw arguments.wrong(
        testTarget == nil ? "test" : "test-target", "needs both --test and --test-target, files of .npy")
    }
    if shifts, standardizes { throw arguments.contradiction("shifts", "standardize") }
    if shifts, source.isTable {
      throw arguments.wrong("shifts", "is for images, expected digits or an .npy of them with --data")
    }
    if standardizes, save != nil, !savesModel {
      throw arguments.contradiction(
        "save", "standardize", ": the book's format has no means and deviations; leave one out, or save a .safetensors")
    }
    if source.isRegression, save != nil, !savesModel {
      throw arguments.contradiction(
        "save", "target", ": networks in the book's format name classes; save a .safetensors")
    }
    if let layers, activation != .sigmoid, !layers.usesActivation {
      throw wrong(
        "activation",
        "is for layers of neurons without one, and \(arguments.label("layers")) says that of each; leave it out")
    }
    if steps == nil { try optimization.check(arguments, epochs: epochs) }
    // Of digits there are always some to look at, and labels.
    try rules.check(
      arguments, hasEvaluation: validation != nil || test != nil || !(source.isTable || source.isArray),
      hasLabels: !source.isRegression)
    try checkBookFormat(arguments)
  }

  /// The book's format can hold what is to be written in it.
  private func checkBookFormat(_ arguments: Arguments) throws(UsageError) {
    guard save != nil, !savesModel else { return }
    let remedy = "; leave one out, or save a .safetensors"
    if activation != .sigmoid {
      throw arguments.contradiction(
        "save", "activation", value: "\(activation)", ": the book's format has sigmoid layers only" + remedy)
    }
    guard let cost, ![.quadratic, .crossEntropy].contains(cost) else { return }
    throw arguments.contradiction(
      "save", "cost", value: "\(cost)",
      ": the book's format has the costs quadratic and \(Cost.crossEntropy) only\(remedy), or give one of them")
  }

  /// A mistake in a flag's value that data or a file bring to light.
  func wrong(_ flag: String, _ problem: String) -> UsageError { arguments.wrong(flag, problem) }

  /// `0.2`, as it was written.
  var validationText: String { arguments.string("validation") ?? "" }

  /// How many steps it takes to visit all examples.
  func batchesPerEpoch(of data: TrainingData) -> Int { (data.training.count + batch - 1) / batch }

  /// What depends on the data fits them.
  func check(_ data: TrainingData) throws(UsageError) {
    if data.training.labels != nil { try arguments.check(topK: rules.topK, classes: data.training.targetWidth) }
    if let steps {
      try optimization.check(arguments, steps: steps, batchesPerEpoch: batchesPerEpoch(of: data))
    }
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
    (values["test"], values["test-target"], values["save"]) = (test, testTarget, save)
    values["sample-weights"] = source.sampleWeights
    values["validation"] = validation.map { $0 < 1 ? "\($0)" : "\(Int($0))" }
    if standardizes { values["standardize"] = "" }
    if shifts { values["shifts"] = "" }
    values["class-weights"] =
      balancesClasses ? "balanced" : classWeights.map { $0.map { "\($0)" }.joined(separator: ",") }
    let frozen = model.network.architecture.indices.filter(model.network.isFrozen).map { "\($0 + 1)" }
    if self.frozen != nil || !frozen.isEmpty {
      values["freeze"] = frozen.isEmpty ? "none" : frozen.joined(separator: ",")
    }
    return values
  }

  /// The same as a file.
  func configuration<S: Scalar>(_ model: Model<S>) -> String {
    Configuration.document(resolved(model), Self.options)
  }
}
