import Synchronization

/// Trains a network on mini-batches.
///
/// It owns the network while it trains, the threads and the memory; `network` is a snapshot at any time. Everything random is a
/// function of the seed and of the position, and every sum is made in an order that shapes alone decide, so that the same
/// calls give the same bits, on any number of threads.
///
/// Training blocks the calling thread, which is one of the workers. While a call lasts, OpenBLAS's own number of threads is 1
/// for the whole process; afterwards it is what it was before.
public final class Trainer<S: Scalar> {
  /// Sees the mean gradient of a batch, in the order of `Network.parameters`, before the update, and may change it.
  public typealias GradientHook = (_ gradient: inout Vector<S>) throws -> Void

  /// The network as it is now.
  ///
  /// Looking at it after every step costs time where steps are short: their updates come one by one then.
  public var network: Network<S> {
    settle()
    return current
  }
  /// The network with the running mean of its parameters, or nil where none is kept; what layers gather is the network's own.
  public var averagedNetwork: Network<S>? {
    guard let average = state.average else { return nil }
    var network = network
    network.storage.flat.withMutableElements { $0.update(from: average.pointer, count: average.count) }
    return network
  }
  /// The network of the best epoch of the last call of training under rules, where early stopping keeps it: the one of its outcome, also
  /// where that is lost to an error.
  public var bestNetwork: Network<S>? { course.best }
  /// What evaluations are of: the mean of parameters where one is kept.
  var evaluated: Network<S> { averagedNetwork ?? network }
  /// The network, whose first layer may lack the updates that the engine's steps have deferred.
  var current: Network<S>
  /// The number of examples in a step; the last batch of an epoch is shorter where they do not divide evenly.
  public let batchSize: Int
  /// The cost that is made smaller.
  public let cost: Cost
  /// How a gradient becomes a step.
  public let optimizer: Optimizer
  /// What the optimizer's learning rate is multiplied by, update after update.
  public let schedule: LearningRateSchedule
  /// What the learning rate is multiplied by besides: for rules that look at what was reached, between two calls of training or in
  /// `report`. A number above 0.
  public var learningRateFactor = 1.0
  /// Penalties, limits, means.
  let adjustments: Adjustments
  /// The learning rate of the last update; before the first one, that of the first.
  public var learningRate: Double {
    optimizer.learningRate * schedule.factor(step: max(state.updates - 1, 0)) * learningRateFactor
  }
  /// Decides the order of the examples in every epoch, and what layers draw at random.
  public let seed: UInt64
  /// The number of threads that was asked for, or nil for as many as the processors and the shapes have use for.
  public let threads: Int?
  /// Ends the training under way, from any thread.
  public let stopper = StopSwitch()
  /// The number of epochs completed so far.
  public internal(set) var completedEpochs = 0
  /// The number of steps taken in the epoch under way.
  public internal(set) var stepsInEpoch = 0
  /// The number of steps taken in all epochs.
  public var steps: Int { batches }
  /// How the epoch under way visits its examples, or nil between epochs.
  var epochUnderWay: (examples: Int, order: ExampleOrder)?
  /// Its sums so far.
  var epochTally = Tally()
  /// The call under way or, of an interrupted run that is resumed, the one to go on with.
  var course: Course<S>
  /// What the next call of training is to fit, in a resumed run.
  var resumed: ResumedRun<S>?
  /// What the engine goes on with where the run was in the middle of a block.
  var blockToResume: BlockUnderWay<S>?
  /// When checkpoints are written, and where; nil for none. A change counts from the next call of training on.
  public var checkpoints: CheckpointRule?
  /// What a checkpoint holds besides, for whoever resumes from it: asked when one is made, between two steps.
  public var checkpointNotes: () -> [String: String] = { [:] }
  /// Called on the thread that writes before a checkpoint takes its place: to bring to the disk what is to be there when it is. Where it
  /// throws the checkpoint is not written.
  public var checkpointPreparation: @Sendable () throws -> Void = {}
  var writer: CheckpointWriter<S>?
  /// Where this trainer's checkpoints are.
  var checkpointFolder: String?
  /// What the call under way was given, where checkpoints are written.
  var call: TrainingCall?
  var state: OptimizerState<S>
  let gradientHook: GradientHook?
  /// The order of the epoch under way, and the epoch that it is the order of.
  var indices: [Int32] = []
  var orderedEpoch = -1
  /// The last update's rule and its `learningRateFactor`, where the next one has the same.
  var lastRule: (factor: Double, rule: UpdateRule<S>)?
  /// The number of batches so far, which what layers draw at random is a function of.
  var batches = 0
  /// How many of them have been added up for the update under way.
  var groupBatches = 0
  var engine: Engine<S>?
  /// Those of the last data sets, for as many examples each: of evaluation and of training data.
  private var evaluators: [Evaluator<S>] = []
  let isTraining = Atomic(false)

  /// A trainer at the start of its first epoch.
  ///
  /// - Parameters:
  ///   - network: The network to start from.
  ///   - batchSize: The number of examples in a step, at least 1.
  ///   - cost: The cost to make smaller.
  ///   - optimizer: How a gradient becomes a step.
  ///   - schedule: What the optimizer's learning rate is multiplied by, update after update.
  ///   - regularization: Penalties that pull weights towards 0.
  ///   - clipping: A limit on the gradient, or nil for none.
  ///   - accumulation: The number of batches whose gradients are added up before an update, at least 1: the update is that of one
  ///     batch of all their examples. The last update of an epoch may be of fewer.
  ///   - averaging: How much of the running mean of parameters stays in an update, w̄ ← averaging · w̄ + (1 − averaging) · w from the
  ///     first parameters on, a number from 0 to below 1, or nil for no mean; see `averagedNetwork`, of which evaluations are then.
  ///   - seed: Decides the order of the examples, and what layers draw at random.
  ///   - threads: The number of threads that work on a step, from 1 to 1024, or nil for as many as the processors and the
  ///     shapes have use for, of which one takes short steps alone while that is faster. The result does not depend on it.
  ///   - gradientHook: Called in every step with the gradient, to look at it or to change it: to clip it, to add it up over
  ///     machines. What it throws ends the training with parameters as before the step
  ///     (not what layers gather, for the batch has been seen, nor gradients that were added up), and so does a vector of another length,
  ///     which training throws as `ShapeError.operand`. With a hook the gradient is stored as a
  ///     whole, which takes as much memory as the parameters, and some time.
  /// - Throws: `TrainingError.setting` for a setting out of its range; `ShapeError.outputActivation` for a cost that the last
  ///   layer's activation does not fit; `ShapeError.memory` where the optimizer's state does not fit the machine's memory.
  public init(
    _ network: Network<S>, batchSize: Int, cost: Cost = .quadratic, optimizer: Optimizer,
    schedule: LearningRateSchedule = .constant, regularization: Regularization = .none,
    clipping: GradientClipping? = nil,
    accumulation: Int = 1, averaging: Double? = nil, seed: UInt64, threads: Int? = nil,
    gradientHook: GradientHook? = nil
  ) throws {
    guard batchSize >= 1 else {
      throw TrainingError.setting(name: "batchSize", found: "\(batchSize)", expected: "at least 1")
    }
    try TrainingError.check(threads: threads)
    try optimizer.check(for: S.self)
    try schedule.check()
    adjustments = Adjustments(
      regularization: regularization, clipping: clipping, accumulation: accumulation, averaging: averaging)
    try adjustments.check(optimizer, for: S.self)
    try network.check(cost, in: "Trainer")
    guard network.learns else {
      throw TrainingError.setting(
        name: "network", found: "one of \(counted(network.frozen.count, "frozen layer")), in which nothing learns",
        expected: "at least one layer with parameters that is not frozen")
    }
    try network.checkMemory(optimizer, isAveraging: averaging != nil)
    current = network
    self.batchSize = batchSize
    self.cost = cost
    self.optimizer = optimizer
    self.schedule = schedule
    self.seed = seed
    self.threads = threads
    self.gradientHook = gradientHook
    state = OptimizerState(optimizer, parameters: network.storage.flat, isAveraging: averaging != nil)
    course = Course(firstEpoch: 0, learningRateFactor: 1)
  }

  /// Ends the training under way after its current step, from within `progress` or `report`; for other threads there is
  /// `stopper`.
  public func requestStop() { stopper.requestStop() }

  /// Checks all that a call is given, before its first step.
  ///
  /// - Parameters:
  ///   - dataset: The training data.
  ///   - order: In which order an epoch visits them.
  ///   - evaluation: The evaluation data.
  ///   - epochs: How many epochs there are to be, or nil for a run of steps.
  ///   - rules: When it ends.
  ///   - monitorsTraining: Whether the training data are evaluated as well.
  /// - Throws: What does not fit.
  func begin(
    _ dataset: Dataset, _ order: ExampleOrder, _ evaluation: Dataset?, epochs: Int? = nil,
    rules: TrainingRules = TrainingRules(), monitorsTraining: Bool = false
  ) throws {
    guard isTraining.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged else {
      throw TrainingError.reentered
    }
    // Here, so that no request is lost that comes while data are checked.
    stopper.clear()
    do {
      guard learningRateFactor > 0, learningRateFactor.isFinite else {
        throw TrainingError.setting(
          name: "learningRateFactor", found: shown(learningRateFactor), expected: "a number above 0 and finite")
      }
      try check(dataset, order, evaluation, keepsBest: rules.earlyStopping != nil)
      if engine == nil, let bytes = MemoryLimit.missingForOpenBLAS(threads: threads ?? Processors.available) {
        throw TrainingError.setting(
          name: "OpenBLAS's memory",
          found: "\(gibibytes(bytes)) GiB for \(counted(threads ?? Processors.available, "thread"))",
          expected:
            "at most \(MemoryLimit.process); raise its limit on addresses, as with ulimit -v, or set fewer threads")
      }
      if monitorsTraining { try network.checkMemory(evaluating: dataset) }
      let first = resumed == nil ? completedEpochs : course.record.firstEpoch
      if let epochs, !(epochs >= 1 && epochs <= Int.max - first) {
        throw TrainingError.setting(
          name: "epochs", found: "\(epochs)", expected: "1 to \(Int.max - first), after \(first)")
      }
      if checkpoints != nil || resumed != nil {
        try prepareCheckpoints(
          TrainingCall(
            epochs == nil ? .steps : .epochs, on: dataset, evaluating: evaluation, order: order,
            monitorsTraining: monitorsTraining, under: rules))
      } else {
        writer = nil
      }
      prepare(dataset)
      try goOn()
    } catch {
      end()
      throw error
    }
    if resumed == nil { course = Course(firstEpoch: completedEpochs, learningRateFactor: learningRateFactor) }
  }

  /// Ends a call.
  func end() {
    writer?.pause()
    isTraining.store(false, ordering: .releasing)
  }

  /// Hands over to the engine what a resumed run has under way.
  private func goOn() throws(CheckpointError) {
    guard let resumed, let engine else { return }
    if let gradient = resumed.gradient { engine.gradient = gradient }
    // Another NNBlas may have blocks of another length: then a block begins anew, with parameters that are as they were.
    if planKind != resumed.plan { blockToResume = nil }
    if let block = blockToResume, engine.lookahead?.canResume(block, at: stepsInEpoch) != true {
      throw .damaged(file: resumed.file, reason: "its block of steps is none of this plan")
    }
  }

  /// Makes plans, memory and threads for a data set, where those of the call before do not fit.
  private func prepare(_ dataset: Dataset) {
    let (count, size) = (dataset.count, min(batchSize, dataset.count))
    let options = engineOptions(isWeighted: dataset.weights != nil)
    if let engine, engine.batchSize == size, engine.shortBatchSize == count % size, engine.options == options { return }
    // What steps have deferred or added up is theirs alone.
    settle()
    if resumed == nil { groupBatches = 0 }
    engine = Engine(
      network, batchSize: size, shortBatchSize: count % size, cost: cost, purpose: .training(ending),
      team: engine?.team, threads: threads, options: options)
  }

  /// What decides on plans and memory.
  func engineOptions(isWeighted: Bool) -> EngineOptions {
    EngineOptions(
      isPaced: true, isWeighted: isWeighted, mayLookAhead: !isWeighted && adjustments.regularization.l2 == 0,
      clipsNorm: adjustments.clipsNorm, isGuarded: true, gathersStatistics: true, seed: seed)
  }

  /// How a step ends, as it follows from the options: the one rounds differently from the other.
  var ending: Plan.Ending { adjustments.ending(optimizer, hasHook: gradientHook != nil) }

  func evaluate(_ network: Network<S>, on dataset: Dataset) -> Evaluation {
    let (count, isWeighted) = (dataset.count, dataset.weights != nil)
    if let evaluator = evaluators.first(where: { $0.count == count && $0.isWeighted == isWeighted }) {
      return network.evaluate(dataset, evaluator)
    }
    let evaluator = Evaluator(network, dataset, cost: cost, team: engine?.team, threads: threads)
    evaluators = evaluators.suffix(1) + [evaluator]
    return network.evaluate(dataset, evaluator)
  }
}
