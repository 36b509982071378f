import NNBlas

/// An optimizer as the command line names it, with all that is done with gradients.
struct OptimizerSettings {
  static let options: [CommandSyntax.Option] = [
    .init("optimizer", "name", help: "sgd, momentum, nesterov, rmsprop, adam or adamw. (default: sgd)"),
    .init(
      "learning-rate", "rate",
      help: "The optimizer's learning rate. (default: 3 for sgd, 0.1 for momentum and nesterov, else 0.001)"),
    .init("momentum", "m", help: "Of momentum and nesterov. (default: 0.9)"),
    .init("beta1", "b", help: "Of adam and adamw. (default: 0.9)"),
    .init("beta2", "b", help: "Of adam and adamw, and rmsprop's decay. (default: 0.999, for rmsprop 0.99)"),
    .init("epsilon", "e", help: "Of adam, adamw and rmsprop. (default: 1e-8)"),
    .init("weight-decay", "d", help: "Of adamw. (default: 0.01)"),
    .init("l2", "lambda", help: "Adds lambda w to the gradient of weights; the book's lambda / n. (default: 0)"),
    .init("l1", "lambda", help: "Adds lambda sign(w) to the gradient of weights. (default: 0)"),
    .init("clip-value", "limit", help: "Brings every derivative into -limit...limit."),
    .init("clip-norm", "limit", help: "Shortens gradients whose norm is beyond the limit."),
    .init("accumulation", "n", help: "Adds up the gradients of n batches before an update. (default: 1)"),
    .init("averaging", "d", help: "Ends with the running mean of parameters, of which d stays in an update, as 0.999."),
    .init(
      "schedule", "name",
      help:
        "constant, step(n,f): times f every n epochs, exponential(f): times f an epoch, or cosine, down to 0 over all "
        + "epochs. (default: constant)"),
    .init("warm-up", "epochs", help: "Raises the learning rate evenly from 0 over so many epochs first, as 0.5."),
  ]

  private enum Name: String, CaseIterable { case sgd, momentum, nesterov, rmsprop, adam, adamw }

  private enum Shape {
    case constant
    case step(Int, Double)
    case exponential(Double)
    case cosine
  }

  let optimizer: Optimizer
  let regularization: Regularization
  let clipping: GradientClipping?
  let accumulation: Int
  let averaging: Double?
  private let shape: Shape
  private let shapeText: String
  private let warmUp: Double?

  init(_ arguments: Arguments, _ precision: Precision) throws(UsageError) {
    let name = try arguments.choice("optimizer", Name.self) ?? .sgd
    let rate = try arguments.positiveNumber("learning-rate", in: precision)
    func take(_ flag: String, of names: Set<Name>, default value: Double) throws(UsageError) -> Double {
      guard arguments.has(flag) else { return value }
      guard names.contains(name) else {
        throw arguments.wrong(
          flag, "is not for \(name.rawValue), expected one of \(Name.allCases.filter(names.contains).map(\.rawValue))")
      }
      return try arguments.number(flag) ?? value
    }
    let momentum = try take("momentum", of: [.momentum, .nesterov], default: 0.9)
    let beta1 = try take("beta1", of: [.adam, .adamw], default: 0.9)
    let beta2 = try take("beta2", of: [.adam, .adamw, .rmsprop], default: name == .rmsprop ? 0.99 : 0.999)
    let epsilon = try take("epsilon", of: [.adam, .adamw, .rmsprop], default: 1e-8)
    let decay = try take("weight-decay", of: [.adamw], default: 0.01)
    optimizer =
      switch name {
      case .sgd: .sgd(learningRate: rate ?? 3)
      case .momentum: .momentum(learningRate: rate ?? 0.1, momentum: momentum)
      case .nesterov: .nesterov(learningRate: rate ?? 0.1, momentum: momentum)
      case .rmsprop: .rmsProp(learningRate: rate ?? 0.001, decay: beta2, epsilon: epsilon)
      case .adam: .adam(learningRate: rate ?? 0.001, beta1: beta1, beta2: beta2, epsilon: epsilon)
      case .adamw:
        .adamW(learningRate: rate ?? 0.001, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: decay)
      }
    regularization = Regularization(l2: try arguments.number("l2") ?? 0, l1: try arguments.number("l1") ?? 0)
    let (value, norm) = (
      try arguments.positiveNumber("clip-value", in: precision),
      try arguments.positiveNumber("clip-norm", in: precision)
    )
    if value != nil, norm != nil { throw arguments.contradiction("clip-value", "clip-norm") }
    clipping = if let value { .value(value) } else if let norm { .norm(norm) } else { nil }
    accumulation = try arguments.integer("accumulation", in: 1...Int(Int32.max)) ?? 1
    averaging = try arguments.number("averaging")
    try Self.check(
      optimizer, Adjustments(regularization: regularization, clipping: clipping, averaging: averaging), arguments,
      precision)
    shapeText = arguments.string("schedule") ?? "constant"
    guard let shape = Self.shape(shapeText) else {
      throw arguments.wrong(
        "schedule",
        "is '\(shapeText)', expected constant, step(n,f) as step(10,0.5), exponential(f) as exponential(0.95), or "
          + "cosine; f above 0, at most 1")
    }
    self.shape = shape
    warmUp = try arguments.number("warm-up")
    if let warmUp, !(warmUp > 0 && warmUp < 1e9) {
      throw arguments.wrong("warm-up", "is \(warmUp), expected a number of epochs above 0, as 0.5")
    }
  }

  /// Ranges are the library's.
  private static func check(
    _ optimizer: Optimizer, _ adjustments: Adjustments, _ arguments: Arguments, _ precision: Precision
  ) throws(UsageError) {
    func check<S: Scalar>(_: S.Type) throws(TrainingError) {
      try optimizer.check(for: S.self)
      try adjustments.check(optimizer, for: S.self)
    }
    try arguments.checked(["learningRate": "learning-rate", "decay": "beta2", "weightDecay": "weight-decay"]) {
      () throws(TrainingError) in
      switch precision {
      case .f32: try check(Float.self)
      case .f64: try check(Double.self)
      }
    }
  }

  /// Whether the learning rate changes from epoch to epoch.
  var hasSchedule: Bool { if case .constant = shape { false } else { true } }

  /// A warm-up that never ends is a smaller learning rate.
  func check(_ arguments: Arguments, epochs: Int) throws(UsageError) {
    if let warmUp, warmUp >= Double(epochs) {
      throw arguments.wrong("warm-up", "is \(warmUp), expected less than the \(counted(epochs, "epoch")) of the run")
    }
  }

  /// The same of a run of so many steps.
  func check(_ arguments: Arguments, steps: Int, batchesPerEpoch: Int) throws(UsageError) {
    guard let warmUp, warmUp * Double(batchesPerEpoch) >= Double(steps) else { return }
    throw arguments.wrong(
      "warm-up",
      "is \(warmUp), of \(counted(batchesPerEpoch, "step")) an epoch, expected less than the \(counted(steps, "step")) of the run"
    )
  }

  private static func shape(_ text: String) -> Shape? {
    if text == "constant" { return .constant }
    if text == "cosine" { return .cosine }
    func isFactor(_ factor: Double) -> Bool { factor > 0 && factor <= 1 }
    if let match = text.wholeMatch(of: /step\(\s*(\d+)\s*,\s*(.+)\)/), let every = Int(match.1), every >= 1,
      every < 1_000_000_000, let factor = Double(match.2), isFactor(factor)
    {
      return .step(every, factor)
    }
    if let match = text.wholeMatch(of: /exponential\((.+)\)/), let factor = Double(match.1), isFactor(factor) {
      return .exponential(factor)
    }
    return nil
  }

  /// The schedule in updates, of which there are so many in an epoch.
  func schedule(updatesPerEpoch: Int, epochs: Int) -> LearningRateSchedule {
    func updates(_ epochs: Double) -> Int { Int(min(max(1, (epochs * Double(updatesPerEpoch)).rounded()), 1e15)) }
    let main: LearningRateSchedule =
      switch shape {
      case .constant: .constant
      case .step(let every, let factor): .step(every: updates(Double(every)), factor: factor)
      case .exponential(let factor): .exponential(factor: factor, every: updatesPerEpoch)
      case .cosine: .cosine(updates: updates(Double(epochs) - (warmUp ?? 0)))
      }
    return warmUp.map { .warmUp(updates: updates($0), then: main) } ?? main
  }

  /// The flags that give the same, with all that was left out.
  var resolved: [String: String] {
    var values: [String: String] = ["learning-rate": "\(optimizer.learningRate)", "schedule": shapeText]
    switch optimizer {
    case .sgd: values["optimizer"] = "sgd"
    case .momentum(_, let momentum): values.merge(["optimizer": "momentum", "momentum": "\(momentum)"]) { $1 }
    case .nesterov(_, let momentum): values.merge(["optimizer": "nesterov", "momentum": "\(momentum)"]) { $1 }
    case .rmsProp(_, let decay, let epsilon):
      values.merge(["optimizer": "rmsprop", "beta2": "\(decay)", "epsilon": "\(epsilon)"]) { $1 }
    case .adam(_, let beta1, let beta2, let epsilon):
      values.merge(["optimizer": "adam", "beta1": "\(beta1)", "beta2": "\(beta2)", "epsilon": "\(epsilon)"]) { $1 }
    case .adamW(_, let beta1, let beta2, let epsilon, let decay):
      values.merge([
        "optimizer": "adamw", "beta1": "\(beta1)", "beta2": "\(beta2)", "epsilon": "\(epsilon)",
        "weight-decay": "\(decay)",
      ]) { $1 }
    }
    (values["l2"], values["l1"]) = ("\(regularization.l2)", "\(regularization.l1)")
    switch clipping {
    case .value(let limit): values["clip-value"] = "\(limit)"
    case .norm(let limit): values["clip-norm"] = "\(limit)"
    case nil: break
    }
    values["accumulation"] = "\(accumulation)"
    values["averaging"] = averaging.map { "\($0)" }
    values["warm-up"] = warmUp.map { "\($0)" }
    return values
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
