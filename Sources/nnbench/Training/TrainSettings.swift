import Foundation
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
    ] + RunSettings.options

  /// What a flag of the command line puts out of force in a configuration file that has another value for it, or none: what says the same
  /// otherwise, and what belongs to another optimizer.
  private static let replaced: [String: Set<String>] = [
    "initial": ["layers", "initializer"], "label": ["target"], "target": ["label"], "clip-value": ["clip-norm"],
    "clip-norm": ["clip-value"], "halve": ["plateau-patience", "plateau-factor"], "plateau-patience": ["halve"],
    "epochs": ["steps"],
    "optimizer": ["learning-rate", "momentum", "beta1", "beta2", "epsilon", "weight-decay"],
  ]

  /// Flags that no file can give: they say what this run is for, not what it does.
  private static let ofTheCommandLine = RunSettings.ofTheCommandLine.union(["config", "print-config", "help"])

  let arguments: Arguments
  let optimization: OptimizerSettings
  let rules: RuleSettings
  let source: DataSettings
  let run: RunSettings
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
    if let path = try Self.configuration(commandLine) {
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
    run = try RunSettings(arguments)
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

  /// The configuration file: that of a run that is resumed.
  private static func configuration(_ commandLine: Arguments) throws(UsageError) -> String? {
    guard commandLine.has("resume") else { return commandLine.string("config") }
    guard let folder = commandLine.string("run") else {
      throw commandLine.wrong("resume", "needs --run, the folder of the run that is to go on")
    }
    if commandLine.has("config") { throw commandLine.contradiction("resume", "config", ": a run has its own") }
    let path = RunSettings.configuration(in: folder)
    guard access(path, F_OK) == 0 else {
      throw commandLine.misfit(
        "run", "is \(folder), where there is no run to resume: \(path) is absent; leave --resume out")
    }
    return path
  }

  /// A mistake in a flag's value that data or a file bring to light.
  func wrong(_ flag: String, _ problem: String) -> UsageError { arguments.wrong(flag, problem) }

  /// `0.2`, as it was written.
  var validationText: String { arguments.string("validation") ?? "" }

  /// How many steps it takes to visit all examples.
  func batchesPerEpoch(of data: TrainingData) -> Int { (data.training.count + batch - 1) / batch }
}
