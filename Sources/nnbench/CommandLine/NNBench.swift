import Foundation
import NNBlas

/// A subcommand: its syntax, and what it does with its arguments.
protocol Command: Sendable {
  static var syntax: CommandSyntax { get }
  /// - Throws: `UsageError` for arguments that are wrong in themselves, before anything else happens.
  init(_ arguments: Arguments) throws(UsageError)
  func run() throws
}

/// The measuring tool of NNBlas.
@main
enum NNBench {
  /// In the order that `--help` lists them; the first is what runs without a name.
  static let commands: [any Command.Type] = [
    ReportCommand.self, InfoCommand.self, SelfTestCommand.self, PeakCommand.self, GemmCommand.self, GemvCommand.self,
    GerCommand.self,
    EpochCommand.self, PredictSpeedCommand.self, CompareCommand.self, TrainCommand.self, EvaluateCommand.self,
    PredictCommand.self,
    ExplainCommand.self,
  ]

  static func main() {
    // A reader that goes is an error of writing, which a run that is saved to a file outlives.
    signal(SIGPIPE, SIG_IGN)
    // So is a limit on the size of files.
    signal(SIGXFSZ, SIG_IGN)
    exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  /// Runs the command that the arguments name, prints what goes wrong, and says how it ended.
  static func run(_ arguments: [String]) -> ExitCode {
    var commandName = ""
    do {
      if let text = try information(arguments) {
        try Console().print(text)
        return .success
      }
      // Without a name, or with flags only, the report runs.
      let name = arguments.first.flatMap { $0.hasPrefix("-") ? nil : $0 }
      let command = try name.map { (name) throws(UsageError) in try Self.command(named: name) } ?? commands[0]
      commandName = command.syntax.name + " "
      let parsed = try Arguments(
        Array(arguments.dropFirst(name == nil ? 0 : 1)), syntax: command.syntax,
        alsoNear: name == nil ? ["version"] : [])
      if parsed.has("help") {
        try Console().print(command.syntax.help)
      } else {
        try command.init(parsed).run()
      }
      return .success
    } catch let error as OutputError where error.isBrokenPipe {
      return .brokenPipe
    } catch {
      Console.diagnose("nnbench: \(describe(error))")
      let code = exitCode(of: error)
      if code == .usage { Console.diagnose("See 'nnbench \(commandName)--help'.") }
      return code
    }
  }

  /// What the process ends with for an error.
  static func exitCode(of error: any Error) -> ExitCode {
    switch error {
    case let error as UsageError: error.isInFile ? .data : .usage
    case is RegressionFound: .regression
    case let error as Interruption: error.signal == SIGINT ? .interrupted : .terminated
    case ModelFileError.unwritable: .failure
    case CheckpointError.unwritable: .failure
    case is ShapeError, is DataError, is ModelFileError, is DocumentError, is CheckpointError: .data
    case TrainingError.setting: .data
    default: .failure
    }
  }

  /// An error in the words of the command line.
  static func describe(_ error: any Error) -> String {
    switch error {
    case let error as DataError: error.description(wording: flagWords)
    case CheckpointError.misfit(let file, let name, let found, let expected):
      "\(CheckpointError.misfit(file: file, name: flags[name] ?? name, found: found, expected: expected))"
    case is UsageError, is ShapeError, is ModelFileError, is TrainingError, is OutputError,
      is AccuracyMissed, is WrongResult, is DocumentError, is RegressionFound, is LAPACKError,
      is SelfTestFailed, is CheckpointError, is RunLocked, is Interruption:
      "\(error)"
    // What remains comes from Foundation, which keeps its words here.
    default: (error as NSError).localizedDescription
    }
  }

  /// What a checkpoint calls settings, in flags.
  private static let flags = [
    "batchSize": "--batch", "cost": "--cost", "optimizer": "--optimizer",
    "schedule": "--schedule, which counts --epochs,",
    "regularization": "--l2 and --l1", "clipping": "--clip-norm or --clip-value", "accumulation": "--accumulation",
    "averaging": "--averaging", "seed": "--seed", "order": "--order", "the precision": "--precision",
    "early stopping": "the rule of --patience, --monitor and --minimum-improvement",
    "the rule of plateaus": "the rule of --plateau-patience, --plateau-factor or --halve",
    "the target accuracy": "--until-accuracy", "the target cost": "--until-cost",
    "monitorsTraining": "--monitor-training",
    "what training counts": "what is counted, --epochs or --steps,",
    "the training data": "what is learnt from, by --data and all that changes it,",
    "the evaluation data": "what is evaluated on, by --test or --validation,",
  ]

  /// What would help with a table, in flags.
  static func flagWords(_ remedy: DataError.Remedy) -> String {
    switch remedy {
    case .advice: "\(remedy)"
    case .separator(let scalar):
      "give --separator \(scalar == "\t" ? "tab" : scalar == " " ? "' '" : "'\(scalar)'") if that separates fields"
    case .header: "give --header present if the first line has the names of the columns"
    case .exclusion: "leave the column out with --ignore, or encode it as numbers"
    case .label: "correct it, or give the column to --label to learn classes"
    case .targets: "give the column to --target to learn numbers"
    }
  }

  /// The text for `--help`, `--version` and `help NAME`, or nil where a command is to run.
  private static func information(_ arguments: [String]) throws -> String? {
    switch arguments.first {
    case "--version":
      try expectNothing(after: 1, arguments)
      return packageVersion
    case "--help", "-h": return overview
    case "help":
      try expectNothing(after: 2, arguments)
      return arguments.count > 1 ? try command(named: arguments[1]).syntax.help : overview
    default: return nil
    }
  }

  private static func expectNothing(after count: Int, _ arguments: [String]) throws(UsageError) {
    if let argument = arguments.dropFirst(count).first { throw UsageError("unexpected argument '\(argument)'") }
  }

  /// The command of a name.
  private static func command(named name: String) throws(UsageError) -> any Command.Type {
    if let command = commands.first(where: { $0.syntax.name == name }) { return command }
    let names = commands.map { $0.syntax.name } + ["help"]
    throw UsageError(
      "unknown command '\(name)', expected one of \(names.joined(separator: ", "))"
        + suggestion(for: name, among: names))
  }

  private static var overview: String {
    let rows = commands.map { ($0.syntax.name, $0.syntax.summary) }
    return """
      OVERVIEW: Trains feed-forward networks on OpenBLAS, and measures how fast.

      USAGE: nnbench [command] [options]

      Without a command, nnbench runs the report.

      COMMANDS:
      \(CommandSyntax.column(rows).joined(separator: "\n"))

      OPTIONS:
      \(CommandSyntax.column([("--help", "Show this help."), ("--version", "Show the version.")]).joined(separator: "\n"))

      EXIT CODES: 0 success; 1 failure; 2 a regression found; 64 a wrong command line; 65 data or
      configuration with wrong contents; 130, 141, 143 ended by SIGINT, SIGPIPE, SIGTERM.

      See 'nnbench <command> --help'.
      """
  }
}

/// The flag that sets the engine's threads, the same for all commands.
let threadsOption = CommandSyntax.Option(
  "threads", "n",
  help:
    "The threads that work on a step, 1 to 1024, or auto: as many as the processors and the shapes have use for, and "
    + "for short steps one while that is faster. Results do not depend on it. (default: auto)")

extension Arguments {
  /// The engine's threads, or nil for auto.
  func threads() throws(UsageError) -> Int? {
    string("threads") == "auto" ? nil : try integer("threads", in: 1...1024)
  }
}
