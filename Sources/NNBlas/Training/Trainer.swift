/// Trains a network on mini-batches.
///
/// It owns the network while it trains; `network` is a snapshot at any time. Everything random is a function of the seed
/// and of the position, so that the same calls give the same network.
public final class Trainer<S: Scalar> {
  /// The network as it is now.
  public private(set) var network: Network<S>
  /// The number of examples in a step; the last batch of an epoch is shorter where they do not divide evenly.
  public let batchSize: Int
  /// The cost that is made smaller.
  public let cost: Cost
  /// How a gradient becomes a step.
  public let optimizer: Optimizer
  /// Decides the order of the examples in every epoch.
  public let seed: UInt64
  /// The number of epochs completed so far.
  public private(set) var completedEpochs = 0
  /// The number of steps taken in the epoch under way.
  public private(set) var stepsInEpoch = 0
  /// How the epoch under way visits its examples, or nil between epochs.
  private var epochUnderWay: (examples: Int, order: ExampleOrder)?
  private var isTraining = false

  /// A trainer at the start of its first epoch.
  ///
  /// - Parameters:
  ///   - network: The network to start from.
  ///   - batchSize: The number of examples in a step, at least 1.
  ///   - cost: The cost to make smaller.
  ///   - optimizer: How a gradient becomes a step.
  ///   - seed: Decides the order of the examples.
  /// - Throws: `TrainingError.setting` for a setting out of its range.
  public init(
    _ network: Network<S>, batchSize: Int, cost: Cost = .quadratic, optimizer: Optimizer, seed: UInt64
  ) throws(TrainingError) {
    guard batchSize >= 1 else { throw .setting(name: "batchSize", found: "\(batchSize)", expected: "at least 1") }
    try optimizer.check(for: S.self)
    self.network = network
    self.batchSize = batchSize
    self.cost = cost
    self.optimizer = optimizer
    self.seed = seed
  }

  /// Trains for a number of epochs; where one is under way, its rest is the first of them.
  ///
  /// An epoch under way goes on in the order and with the data that it began with; that they are the same data is seen from
  /// their number alone.
  ///
  /// - Parameters:
  ///   - epochs: The number of epochs, at least 1.
  ///   - dataset: The examples to learn from.
  ///   - evaluation: Examples to evaluate on after every epoch.
  ///   - order: In which order an epoch visits the examples.
  ///   - report: Called after every epoch.
  ///   - progress: Called after every step.
  /// - Throws: `TrainingError` for settings, and for a cost or a parameter that is not finite; `ShapeError` and `DataError` when data do
  ///   not fit the network or the epoch under way, or a batch does not fit the machine's memory, before the first step; and
  ///   what `report` throws.
  public func train(
    epochs: Int, on dataset: Dataset, evaluating evaluation: Dataset? = nil, order: ExampleOrder = .shuffled,
    report: (TrainingReport) throws -> Void = { _ in }, progress: (TrainingProgress) -> Void = { _ in }
  ) throws {
    guard epochs >= 1, epochs <= Int.max - completedEpochs else {
      throw TrainingError.setting(
        name: "epochs", found: "\(epochs)", expected: "1 to \(Int.max - completedEpochs), after \(completedEpochs)")
    }
    try begin(dataset, order, evaluation)
    defer { isTraining = false }
    let last = completedEpochs + epochs
    while completedEpochs < last {
      let epoch = completedEpochs + 1
      let tally = try advance(by: .max, on: dataset, order: order) { progress($0) }
      try report(
        tally.report(.epoch(epoch, of: last), evaluation: evaluation.map { try network.evaluate($0, cost: cost) }))
    }
  }

  /// Trains for a number of steps, over the ends of epochs where they come.
  ///
  /// - Parameters:
  ///   - steps: The number of steps, at least 1.
  ///   - dataset: The examples to learn from.
  ///   - evaluation: Examples to evaluate on after the last step.
  ///   - order: In which order an epoch visits the examples.
  ///   - progress: Called after every step.
  /// - Returns: The report on all these steps.
  /// - Throws: As `train(epochs:on:evaluating:order:report:progress:)`.
  @discardableResult
  public func train(
    steps: Int, on dataset: Dataset, evaluating evaluation: Dataset? = nil, order: ExampleOrder = .shuffled,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws -> TrainingReport {
    guard steps >= 1 else { throw TrainingError.setting(name: "steps", found: "\(steps)", expected: "at least 1") }
    try begin(dataset, order, evaluation)
    defer { isTraining = false }
    var tally = Tally(operationsPerExample: network.trainingOperationsPerExample)
    while tally.steps < steps {
      tally.add(try advance(by: steps - tally.steps, on: dataset, order: order) { progress($0) })
    }
    return try tally.report(.steps(steps), evaluation: evaluation.map { try network.evaluate($0, cost: cost) })
  }

  /// Checks all that a call is given, before its first step.
  private func begin(_ dataset: Dataset, _ order: ExampleOrder, _ evaluation: Dataset?) throws {
    guard !isTraining else { throw TrainingError.reentered }
    if let epochUnderWay {
      guard dataset.count == epochUnderWay.examples else {
        throw DataError.exampleCounts(
          name: "the training data", found: dataset.count, otherName: "the epoch under way began with",
          expected: epochUnderWay.examples)
      }
      guard order == epochUnderWay.order else {
        throw TrainingError.setting(
          name: "order", found: order.rawValue,
          expected: "\(epochUnderWay.order.rawValue), in which the epoch under way began")
      }
    }
    try network.check(dataset, named: "the training data", in: "train")
    try network.checkMemory(
      examples: min(batchSize, dataset.count), named: "a batch", in: "train", matrices: 3,
      remedy: "activations of all layers count; lower batchSize")
    if let evaluation {
      try network.check(evaluation, named: "the evaluation data", in: "train")
      try network.checkMemory(evaluating: evaluation)
    }
    isTraining = true
  }

  /// Takes steps up to a limit, or to the end of the epoch.
  ///
  /// Specialized for both scalars, and everything below with it, since callers outside the module would run it as
  /// unspecialized generic code.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  private func advance(
    by limit: Int, on dataset: Dataset, order: ExampleOrder, progress: (TrainingProgress) -> Void
  ) throws -> Tally {
    var tally = Tally(operationsPerExample: network.trainingOperationsPerExample)
    let clock = ContinuousClock()
    let start = clock.now
    let indices = order.indices(count: dataset.count, seed: seed, epoch: completedEpochs)
    let size = min(batchSize, dataset.count)
    let stepsPerEpoch = (dataset.count + size - 1) / size
    var batch = try Batch<S>(count: size, of: dataset)
    while stepsInEpoch < stepsPerEpoch, tally.steps < limit {
      let range = stepsInEpoch * size..<min((stepsInEpoch + 1) * size, dataset.count)
      if range.count != batch.count { batch = try Batch(count: range.count, of: dataset) }
      batch.gather(indices[range], from: dataset)
      let cost = try step(batch)
      tally.add(examples: range.count, cost: cost)
      stepsInEpoch += 1
      epochUnderWay = (dataset.count, order)
      progress(
        TrainingProgress(epoch: completedEpochs + 1, step: stepsInEpoch, stepsPerEpoch: stepsPerEpoch, cost: cost))
    }
    try checkParameters()
    if stepsInEpoch == stepsPerEpoch {
      completedEpochs += 1
      stepsInEpoch = 0
      epochUnderWay = nil
    }
    tally.seconds = (clock.now - start) / .seconds(1)
    return tally
  }

  /// The cost can stay finite where parameters do not: a neuron's σ is 0 or 1 whatever is beyond.
  private func checkParameters() throws(TrainingError) {
    let parameters = network.storage.flat
    guard let index = parameters.withElements({ S._firstNonFinite($0, parameters.count) }) else { return }
    throw .parameterNotFinite(epoch: completedEpochs + 1, step: stepsInEpoch, parameter: shown(parameters[index]))
  }

  /// One step on one batch; the parameters change only where its cost is finite.
  private func step(_ batch: Batch<S>) throws -> Double {
    let pass = try network.forward(batch.inputs)
    let meanCost = cost.sum(pass, y: batch.targets) / Double(batch.count)
    guard meanCost.isFinite else {
      try checkParameters()
      throw TrainingError.costNotFinite(
        epoch: completedEpochs + 1, step: stepsInEpoch + 1, cost: shown(meanCost))
    }
    let errors = try network.backward(pass, y: batch.targets, cost: cost)
    try optimizer.update(&network.storage, errors: errors, activations: pass.activations)
    return meanCost
  }
}

/// Where a run stands after a step.
public struct TrainingProgress: Sendable {
  /// The epoch under way, from 1.
  public let epoch: Int
  /// The steps taken in that epoch.
  public let step: Int
  /// The number of steps in an epoch.
  public let stepsPerEpoch: Int
  /// The mean cost of the last batch.
  public let cost: Double
}

/// Sums over steps.
private struct Tally {
  let operationsPerExample: Int
  var steps = 0
  var examples = 0
  var costSum = 0.0
  var seconds = 0.0

  mutating func add(examples count: Int, cost: Double) {
    steps += 1
    examples += count
    costSum += cost * Double(count)
  }

  mutating func add(_ other: Tally) {
    steps += other.steps
    examples += other.examples
    costSum += other.costSum
    seconds += other.seconds
  }

  func report(_ scope: TrainingReport.Scope, evaluation: Evaluation?) -> TrainingReport {
    TrainingReport(
      scope: scope, steps: steps, examples: examples, cost: costSum / Double(max(examples, 1)), seconds: seconds,
      operations: Double(operationsPerExample) * Double(examples), evaluation: evaluation)
  }
}
