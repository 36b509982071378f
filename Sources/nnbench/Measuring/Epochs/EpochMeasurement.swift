import NNBlas

/// How steps are timed.
package struct EpochSettings {
  /// The engine's threads, or nil for its own choice.
  package var threads: Int?
  var extent: Extent
  var isProfiled = false

  package init(threads: Int? = nil, extent: Extent, isProfiled: Bool = false) {
    (self.threads, self.extent, self.isProfiled) = (threads, extent, isProfiled)
  }

  /// How much is timed.
  package enum Extent: Sendable {
    case steps(Int)
    case epochs(Int)
    /// So long at least, and five samples.
    case seconds(Double)
  }
}

/// Times the steps of a workload: shuffle, gather, forward, backward and update are inside the clock.
///
/// Steps warm up first, for half a second or an epoch. A sample is a stretch of consecutive steps of at least 0.2 s, or as many
/// as are asked for; what is left over of these counts with the last. The step before it is not timed, nor what a call of the
/// trainer does at its start and end. Between samples the products of the steps are timed alone, so that a slow minute of the
/// machine slows both. In the end a run without clocks repeats the steps, or those of the first two seconds, and has to come to
/// the same bits.
///
/// - Parameters:
///   - workload: What is trained.
///   - digits: The data that it is trained and evaluated on.
///   - settings: How it is timed.
/// - Returns: The result.
/// - Throws: `ShapeError` when the data do not fit the network, `TrainingError` when the cost is not finite, `WrongResult`
///   when the parameters are not those of the run without clocks.
func measureEpochs(of workload: Workload, on digits: Digits, _ settings: EpochSettings) throws -> EpochResult {
  switch workload.precision {
  case .f32: try EpochMeasurement<Float>(workload, digits, settings).result()
  case .f64: try EpochMeasurement<Double>(workload, digits, settings).result()
  }
}

private struct EpochMeasurement<S: Scalar> {
  private let workload: Workload
  private let digits: Digits
  private let settings: EpochSettings
  private let trainer: Trainer<S>
  private let progress = ProgressLine()

  /// The most seconds of training that are repeated to check them.
  private static var repeatedSeconds: Double { 2 }

  init(_ workload: Workload, _ digits: Digits, _ settings: EpochSettings) throws {
    (self.workload, self.digits, self.settings) = (workload, digits, settings)
    trainer = try Self.trainer(workload, settings)
  }

  /// At the start of its first epoch, each the same.
  private static func trainer(_ workload: Workload, _ settings: EpochSettings) throws -> Trainer<S> {
    try Trainer(
      workload.network(seed: 1, as: S.self), batchSize: workload.batch, cost: workload.cost,
      optimizer: workload.optimizer, seed: 1, threads: settings.threads)
  }

  private var stepsPerEpoch: Int { (digits.training.count + workload.batch - 1) / workload.batch }

  private func train(_ steps: Int, _ label: String, afterStep: () -> Void = {}) throws -> TrainingReport {
    try trainer.train(steps: steps, on: digits.training) {
      afterStep()
      progress.update("\(workload.name), \(label): step \($0.step)/\($0.stepsPerEpoch)")
    }
  }

  func result() throws -> EpochResult {
    defer { progress.clear() }
    let warmUp = try warmUp()
    var (samples, steps, seconds, cost) = ([(steps: Int, seconds: Double)](), 0, 0.0, 0.0)
    /// All of them so far, timed or not.
    var taken = (steps: warmUp.steps, seconds: warmUp.seconds)
    var products = try ProductSamples<S>(workload, trainer, examples: digits.training.count, steps: warmUp.stretch)
    // And once more after all: the machine may be slow for a moment.
    let peakBefore = Ceiling.multiplyAdd(workload.precision, threads: trainer.workers).ceiling.best
    var checkpoint: Checkpoint?
    var roundTrips: [Double] = []
    /// Of the samples' steps, with the one before each.
    var (all, alone) = (0, 0)
    /// The steps that are still to be timed.
    func stepsLeft() -> Int {
      switch settings.extent {
      case .steps(let count): count - steps
      case .epochs(let count): count * stepsPerEpoch - steps
      case .seconds(let least): seconds >= least && samples.count >= 5 ? 0 : .max
      }
    }
    while case let left = stepsLeft(), left > 0 {
      let aloneBefore = trainer.stepsAlone
      let sample = try time(warmUp.stretch, most: left)
      (all, alone) = (all + sample.report.steps, alone + trainer.stepsAlone - aloneBefore)
      samples.append((sample.steps, sample.seconds))
      if sample.seconds < leastSampleSeconds, samples.count > 1 {
        // What was left over is too short to be trusted alone: it counts with the sample before.
        let rest = samples.removeLast()
        samples[samples.count - 1].steps += rest.steps
        samples[samples.count - 1].seconds += rest.seconds
      }
      steps += sample.steps
      seconds += sample.seconds
      cost = sample.report.cost
      taken = (taken.steps + sample.report.steps, taken.seconds + sample.report.seconds)
      if checkpoint == nil || taken.seconds <= Self.repeatedSeconds {
        checkpoint = Checkpoint(steps: taken.steps, bits: fingerprint(of: trainer.network))
      }
      if trainer.workers > 1, let roundTrip = Machine.roundTripNanoseconds { roundTrips.append(roundTrip) }
      progress.update("\(workload.name), timing its products")
      if products.count < 7 { try products.take() }
    }
    while products.count < 3 { try products.take() }
    let microseconds = samples.map { $0.seconds / Double($0.steps) * 1e6 }
    // The last batch of an epoch can be short.
    let operations = Double(workload.operationsPerExample) * Double(digits.training.count) / Double(stepsPerEpoch)
    let peak = max(peakBefore, Ceiling.multiplyAdd(workload.precision, threads: trainer.workers).ceiling.best)
    let allocations = try countAllocations(most: warmUp.stretch)
    let phases = settings.isProfiled ? try measurePhases(steps: warmUp.stretch) : nil
    let peakResidentBytes = RunContext.peakResidentBytes
    progress.update("\(workload.name), repeating its steps")
    try checkpoint?.check(Self.trainer(workload, settings), on: digits.training, named: workload.name)
    return EpochResult(
      workload: workload, threads: trainer.workers, aloneShare: Double(alone) / Double(all), steps: steps,
      stepsPerEpoch: stepsPerEpoch, roundTripNanoseconds: roundTrips.isEmpty ? nil : Summary(roundTrips).median,
      samples: microseconds, microsecondsPerStep: Summary(microseconds),
      operationsPerStep: operations, peakGFLOPS: peak,
      allocationsPerStep: allocations, productsOnly: products.result, phases: phases,
      peakResidentBytes: peakResidentBytes, firstCost: warmUp.firstCost, cost: cost,
      evaluation: try trainer.network.evaluate(digits.test, cost: workload.cost))
  }

  /// Times steps until they have taken 0.2 s, after one that is not timed: a call's first batch is fetched before its first step,
  /// and what a call does after its last step comes once an epoch.
  ///
  /// - Parameters:
  ///   - stretch: About how many it takes; the clock is read that often at first.
  ///   - most: The most that may be timed.
  /// - Returns: How many were timed and their seconds, and the report on all.
  /// - Throws: What training throws.
  private func time(_ stretch: Int, most: Int) throws -> (steps: Int, seconds: Double, report: TrainingReport) {
    let clock = ContinuousClock()
    var (steps, target, start, end) = (-1, min(stretch, most), clock.now, clock.now)
    // One more than may be timed, and again one: the last step of a call fetches no batch.
    let report = try train(most < .max - 2 ? most + 2 : .max, "timing") {
      steps += 1
      if steps == 0 { start = clock.now }
      guard steps == target else { return }
      end = clock.now
      if end - start < .seconds(leastSampleSeconds), target < most {
        target += min(max(1, stretch / 8), most - target)
      } else {
        trainer.requestStop()
      }
    }
    return (steps, (end - start) / .seconds(1), report)
  }

  /// What there is to know after the warm-up.
  private struct WarmUp {
    /// How many steps make a sample.
    let stretch: Int
    let steps: Int
    let seconds: Double
    /// The mean cost of the first step's examples.
    let firstCost: Double
  }

  /// Steps until they take as long as they will.
  private func warmUp() throws -> WarmUp {
    var (count, done, seconds, firstCost) = (1, 0, 0.0, 0.0)
    while true {
      let report = try train(count, "warming up")
      if done == 0 { firstCost = report.cost }
      done += report.steps
      seconds += report.seconds
      let isLongEnough = report.seconds >= 0.25 || done >= stepsPerEpoch
      if isLongEnough, done >= 3 {
        let stretch = max(1, Int((leastSampleSeconds * Double(report.steps) / max(report.seconds, 1e-9)).rounded(.up)))
        return WarmUp(stretch: stretch, steps: done, seconds: seconds, firstCost: firstCost)
      }
      count *= 2
    }
  }

  /// Allocations between the ends of the first and of the last of some steps of an epoch, for each step.
  ///
  /// - Returns: Nil where they are not counted, or no step follows another in an epoch.
  private func countAllocations(most: Int) throws -> Double? {
    guard Machine.allocations != nil, stepsPerEpoch > 1 else { return nil }
    let steps = max(2, min(100, stepsPerEpoch, most))
    // An epoch's beginning, with its new order, is no step's.
    let rest = stepsPerEpoch - trainer.stepsInEpoch
    if rest < steps { _ = try train(rest, "counting allocations") }
    var (first, last): (UInt64?, UInt64) = (nil, 0)
    try trainer.train(steps: steps, on: digits.training) { _ in
      last = Machine.allocations ?? 0
      first = first ?? last
    }
    return Double(last - (first ?? last)) / Double(steps - 1)
  }

  private func measurePhases(steps: Int) throws -> [[String: Double]] {
    trainer.setProfiling(true)
    defer { trainer.setProfiling(false) }
    // Stopped, not limited: the last step that a limit allows fetches no batch.
    var taken = 0
    let report = try train(.max, "profiling") {
      taken += 1
      if taken == steps { trainer.requestStop() }
    }
    return trainer.phaseTimes.map { times in
      Dictionary(
        uniqueKeysWithValues: PhaseTimes.Phase.allCases.map {
          ("\($0)", times[$0] / Double(report.steps) * 1e6)
        })
    }
  }
}
