import NNBlas

/// When training ends before its last epoch, and what it looks at.
struct RuleSettings {
  static let options: [CommandSyntax.Option] = [
    .init(
      "until-accuracy", "a",
      help:
        "Stop after the first epoch that leaves this share of the evaluation's examples recognized, such as 0.97; a failure where "
        + "--epochs do not suffice."),
    .init(
      "until-cost", "c",
      help:
        "Stop after the first epoch with at most this mean cost on the evaluation data; of standardized targets where they are "
        + "standardized."),
    .init("patience", "epochs", help: "Stop when nothing has improved for so many epochs; the best network is kept."),
    .init("monitor", "value", help: "What must improve: cost, or accuracy. (default: cost)"),
    .init("minimum-improvement", "part", help: "By how much of the best value so far. (default: 0)"),
    .init(
      "plateau-patience", "epochs",
      help: "Lower the learning rate when nothing has improved for more than so many epochs."),
    .init("plateau-factor", "f", help: "By this factor. (default: 0.5)"),
    .init(
      "halve", "epochs",
      help: "The book's: halve the rate after so many epochs without a better accuracy; stop at 1/128."),
    .init(
      "max-time", "time",
      help: "Stop after this time, such as 90s, 55m or 2h; with --run, to go on later with --resume."),
    .init("monitor-training", help: "Evaluate the training data after every epoch as well."),
    .init("top-k", "k", isList: true, help: "Count labels among the k largest outputs in the end, such as 5, or 2,5."),
  ]

  let rules: TrainingRules
  let monitorsTraining: Bool
  let topK: [Int]
  private let timeText: String?
  private let halving: Int?

  init(_ arguments: Arguments) throws(UsageError) {
    let monitor = try arguments.choice("monitor", MonitoredValue.self) ?? .cost
    let improvement = try arguments.number("minimum-improvement") ?? 0
    let patience = try arguments.integer("patience", in: 1...1_000_000_000)
    let plateau = try arguments.integer("plateau-patience", in: 0...1_000_000_000)
    halving = try arguments.integer("halve", in: 1...1_000_000_000)
    if plateau != nil, halving != nil { throw arguments.contradiction("plateau-patience", "halve") }
    if plateau == nil, arguments.has("plateau-factor") {
      throw arguments.wrong("plateau-factor", "needs --plateau-patience")
    }
    if patience == nil, plateau == nil {
      // In a file they may be those of a plateau that --halve has replaced.
      for flag in ["monitor", "minimum-improvement"]
      where arguments.has(flag) && !(arguments.isInFile(flag) && arguments.replaced.contains("plateau-patience")) {
        throw arguments.wrong(flag, "needs --patience or --plateau-patience")
      }
    }
    timeText = arguments.string("max-time")
    var rules = TrainingRules(
      targetAccuracy: try arguments.share("until-accuracy"), targetCost: try arguments.number("until-cost"))
    rules.earlyStopping = patience.map {
      EarlyStopping(monitor: monitor, patience: $0, minimumImprovement: improvement)
    }
    if let halving {
      rules.plateau = .halving(patience: halving)
    } else if let plateau {
      rules.plateau = PlateauRule(
        monitor: monitor, factor: try arguments.number("plateau-factor") ?? 0.5, patience: plateau,
        minimumImprovement: improvement)
    }
    if let timeText {
      rules.maximumSeconds = Self.seconds(timeText)
      guard rules.maximumSeconds != nil else {
        throw arguments.wrong(
          "max-time", "is '\(timeText)', expected a time above 0, such as 90s, 55m or 2h, and below 1e9s")
      }
    }
    if let cost = rules.targetCost, cost < 0 {
      throw arguments.wrong("until-cost", "is \(cost), expected a number from 0 on, as costs are")
    }
    try arguments.checked([
      "targetCost": "until-cost", "maximumSeconds": "max-time", "plateau's factor": "plateau-factor",
      "earlyStopping's minimumImprovement": "minimum-improvement",
      "plateau's minimumImprovement": "minimum-improvement",
    ]) { () throws(TrainingError) in try rules.check() }
    self.rules = rules
    monitorsTraining = arguments.has("monitor-training")
    topK = try arguments.integers("top-k", in: 1...1_000_000, example: "5 or 2,5") ?? []
  }

  /// Some thirty years.
  private static let longest = 1e9

  /// A time such as 90s, 55m or 2h, or nil for another text.
  static func seconds(_ text: String) -> Double? {
    let units = ["s": 1.0, "m": 60, "h": 3600]
    guard let unit = units[String(text.suffix(1))], let number = Double(text.dropLast()), number > 0, number < 1e9
    else {
      return nil
    }
    return number * unit <= longest ? number * unit : nil
  }

  /// Rules have something to look at.
  ///
  /// - Parameters:
  ///   - arguments: The flags.
  ///   - hasEvaluation: Whether there are data that are not learnt from.
  ///   - hasLabels: Whether they have labels.
  /// - Throws: `UsageError` where they have not, and for steps, which are not looked at one by one.
  func check(_ arguments: Arguments, hasEvaluation: Bool, hasLabels: Bool) throws(UsageError) {
    if arguments.has("steps") {
      for flag in ["until-cost", "patience", "plateau-patience", "halve", "monitor-training"]
      where arguments.has(flag) {
        throw arguments.contradiction(flag, "steps")
      }
    }
    if !hasLabels { try arguments.check(topK: topK, classes: nil) }
    let flags = ["until-accuracy", "until-cost", "patience", "plateau-patience", "halve", "top-k"]
    if !hasEvaluation, let flag = flags.first(where: arguments.has) {
      throw arguments.wrong(flag, "needs data to look at; give --validation, such as 0.2, or --test")
    }
    if rules.needsLabels, !hasLabels {
      let remedies = [
        "until-accuracy": "give --until-cost", "halve": "give --plateau-patience",
        "monitor": "look at the cost instead",
      ]
      let flag = ["until-accuracy", "halve", "monitor"].first(where: arguments.has) ?? "monitor"
      throw arguments.wrong(flag, "needs an accuracy, but the targets are numbers; \(remedies[flag] ?? "")")
    }
  }

  /// The flags that give the same.
  var resolved: [String: String] {
    var values: [String: String] = [:]
    values["until-accuracy"] = rules.targetAccuracy.map { "\($0)" }
    values["until-cost"] = rules.targetCost.map { "\($0)" }
    if let early = rules.earlyStopping {
      values["patience"] = "\(early.patience)"
      values["monitor"] = early.monitor.rawValue
      values["minimum-improvement"] = "\(early.minimumImprovement)"
    }
    if let halving {
      values["halve"] = "\(halving)"
    } else if let plateau = rules.plateau {
      values["plateau-patience"] = "\(plateau.patience)"
      values["plateau-factor"] = "\(plateau.factor)"
      values["monitor"] = plateau.monitor.rawValue
      values["minimum-improvement"] = "\(plateau.minimumImprovement)"
    }
    values["max-time"] = timeText
    if monitorsTraining { values["monitor-training"] = "" }
    if !topK.isEmpty { values["top-k"] = topK.map(String.init).joined(separator: ",") }
    return values
  }
}

extension Arguments {
  /// There are k classes, where labels are counted among the k largest outputs.
  func check(topK: [Int], classes: Int?) throws(UsageError) {
    guard let largest = topK.max() else { return }
    guard let classes else { throw wrong("top-k", "is for labels, but the targets are numbers; leave it out") }
    guard largest <= classes else {
      throw wrong("top-k", "has \(largest), expected at most \(classes), the number of classes")
    }
  }
}
