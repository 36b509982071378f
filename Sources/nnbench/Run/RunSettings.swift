import NNBlas

/// How a run is kept: the flags of `nnbench train` for a folder of its own.
struct RunSettings {
  static let options: [CommandSyntax.Option] = [
    .init(
      "run", "folder",
      help:
        "Keep the run in this folder: configuration, environment, metrics, timings, checkpoints, curves, confusion matrix and, in "
        + "the end, the model. A run that is killed goes on with --resume."),
    .init(
      "resume",
      help:
        "Go on with the run in the --run folder from its newest checkpoint that is whole, to the same bits; its configuration is "
        + "that of the folder, and flags override it."),
    .init("strict", help: "Refuse to resume where other software or instructions would come to other bits."),
    .init(
      "checkpoint-every", "n|time",
      help: "So many steps, as 500, or such a time, as 30s, from one checkpoint to the next. (default: 60s)"),
    .init("keep-checkpoints", "n", help: "How many are kept, besides that of the best epoch. (default: 3)"),
    .init(
      "on-write-failure", "what",
      help: "What becomes of a run whose files cannot be written: end, or go-on with a warning. (default: end)"),
    .init("log-steps", "n", help: "A line in the metrics every so many steps, besides those of epochs."),
    .init("tensorboard", help: "Write event files for TensorBoard as well."),
  ]

  /// The flags that say which run, not what it does: no configuration has them.
  static let ofTheCommandLine: Set = ["run", "resume", "strict"]

  let folder: String?
  let isResumed: Bool
  let isStrict: Bool
  let everySteps: Int?
  let everySeconds: Double?
  let kept: Int
  let failure: CheckpointRule.Failure
  let logSteps: Int?
  let hasEvents: Bool
  private let intervalText: String?

  /// The file that a resumed run is configured by.
  static func configuration(in folder: String) -> String { folder + "/configuration.json" }

  init(_ arguments: Arguments) throws(UsageError) {
    folder = arguments.string("run")
    (isResumed, isStrict) = (arguments.has("resume"), arguments.has("strict"))
    hasEvents = arguments.has("tensorboard")
    for flag in [
      "resume", "checkpoint-every", "keep-checkpoints", "on-write-failure", "log-steps", "tensorboard",
    ] where folder == nil && arguments.has(flag) && !arguments.isInFile(flag) {
      throw arguments.wrong(flag, "needs --run, the folder of a run")
    }
    if isStrict, !isResumed { throw arguments.wrong("strict", "needs --resume") }
    kept = try arguments.integer("keep-checkpoints", in: 1...1_000_000) ?? 3
    failure = try arguments.choice("on-write-failure", CheckpointRule.Failure.self) ?? .end
    logSteps = try arguments.integer("log-steps", in: 1...Int.max)
    intervalText = arguments.string("checkpoint-every")
    guard let intervalText else {
      (everySteps, everySeconds) = (nil, 60)
      return
    }
    everySteps = Int(intervalText)
    everySeconds = everySteps == nil ? RuleSettings.seconds(intervalText) : nil
    guard everySteps ?? 0 > 0 || everySeconds != nil else {
      throw arguments.wrong(
        "checkpoint-every", "is '\(intervalText)', expected a number of steps from 1 on, or a time such as 30s or 5m")
    }
  }

  /// When the trainer writes checkpoints.
  func rule(in folder: String) -> CheckpointRule {
    CheckpointRule(folder: folder, everySteps: everySteps, everySeconds: everySeconds, kept: kept, failure: failure)
  }

  /// `a checkpoint every 60s`.
  var rhythm: String { "a checkpoint every " + (everySteps.map { counted($0, "step") } ?? intervalText ?? "60s") }

  /// The flags that give the same; none where no run is kept.
  var resolved: [String: String] {
    guard folder != nil else { return [:] }
    var values = [
      "checkpoint-every": intervalText ?? "60s", "keep-checkpoints": "\(kept)", "on-write-failure": failure.rawValue,
    ]
    values["log-steps"] = logSteps.map(String.init)
    if hasEvents { values["tensorboard"] = "" }
    return values
  }
}
