import NNBlas

/// Times whole epochs of a workload: shuffle, gather, forward, backward and update are inside the clock.
///
/// - Parameters:
///   - workload: What is trained.
///   - digits: The data that it is trained and evaluated on.
///   - epochs: How many epochs are timed, after one that is not; at least 1.
/// - Returns: The result, and how the trained network does on the test examples.
/// - Throws: `ShapeError` when the data do not fit the network, `TrainingError` when the cost is not finite.
func measureEpochs(of workload: Workload, on digits: Digits, epochs: Int) throws -> (EpochResult, Evaluation) {
  switch workload.precision {
  case .f32: try measureEpochs(of: workload, on: digits, epochs: epochs, scalar: Float.self)
  case .f64: try measureEpochs(of: workload, on: digits, epochs: epochs, scalar: Double.self)
  }
}

private func measureEpochs<S: Scalar>(
  of workload: Workload, on digits: Digits, epochs: Int, scalar: S.Type
) throws -> (EpochResult, Evaluation) {
  let network = try Network<S>(sizes: workload.layers, seed: 1)
  let trainer = try Trainer(
    network, batchSize: workload.batch, cost: workload.cost, optimizer: .sgd(learningRate: workload.learningRate),
    seed: 1)
  let progress = ProgressLine()
  defer { progress.clear() }
  // As many steps as an epoch has, counted so that the trainer returns their report.
  let stepsPerEpoch = (digits.training.count + workload.batch - 1) / workload.batch
  func trainEpoch(_ label: String) throws -> TrainingReport {
    try trainer.train(steps: stepsPerEpoch, on: digits.training) {
      progress.update("\(workload.name), \(label): step \($0.step)/\($0.stepsPerEpoch)")
    }
  }

  let warmUp = try trainEpoch("warming up")
  var samples: [Double] = []
  var (steps, seconds, timedSteps) = (0, 0.0, 0)
  for epoch in 1...epochs {
    let report = try trainEpoch("epoch \(epoch)/\(epochs)")
    steps += report.steps
    seconds += report.seconds
    // A sample is long enough to be trusted, or all there is.
    guard seconds >= 0.2 || (epoch == epochs && samples.isEmpty) else { continue }
    samples.append(seconds / Double(steps) * 1e6)
    timedSteps += steps
    (steps, seconds) = (0, 0)
  }
  let result = EpochResult(
    workload: workload, threads: BLAS.threads, steps: timedSteps, stepsPerEpoch: stepsPerEpoch, samples: samples,
    microsecondsPerStep: Summary(samples), operationsPerStep: warmUp.operations / Double(stepsPerEpoch),
    peakResidentBytes: RunContext.peakResidentBytes)
  return (result, try trainer.network.evaluate(digits.test, cost: workload.cost))
}
