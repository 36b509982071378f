import NNBlas

/// What timing the predictions of a network came to: one entry of `results` in the JSON document.
package struct PredictionResult: TimedResult {
  /// `predict 784-30-10 f32, batch 256`.
  package let name: String
  let layers: [Int]
  let batch: Int
  let precision: Precision
  let threads = 1
  /// Microseconds a call, one value for each stretch of consecutive calls of at least 0.2 s, or a fifth of the time asked for.
  let samples: [Double]
  let unit = Unit.microseconds
  let microsecondsPerCall: Summary
  let examplesPerSecond: Double
  let gflops: Double
  /// The fused multiply-add peak of one thread, measured in the same run.
  let peakGFLOPS: Double
  let percentOfPeak: Double
  /// Heap allocations a call, or nil where they are not counted.
  @Nullable private(set) var allocationsPerCall: Double?
  /// The most by which an answer differs from the one in double precision.
  let difference: Double

  /// Times a network of sigmoid neurons.
  ///
  /// - Throws: `ShapeError` for what does not fit this machine, `WrongResult` where the answers are not those in double
  ///   precision.
  static func measure(layers: [Int], batch: Int, precision: Precision, seconds: Double) throws -> PredictionResult {
    switch precision {
    case .f32: try PredictionResult(layers, batch, seconds, Float.self)
    case .f64: try PredictionResult(layers, batch, seconds, Double.self)
    }
  }

  private init<S: Scalar>(_ layers: [Int], _ batch: Int, _ seconds: Double, _: S.Type) throws {
    (self.layers, self.batch, precision) = (layers, batch, S.precision)
    let name = "predict \(layers.map(String.init).joined(separator: "-")) \(S.precision), batch \(batch)"
    self.name = name
    let network = try Network<S>(sizes: layers, initializer: .scaledNormal, seed: 1)
    var generator = Philox(seed: 1)
    var inputs = try Matrix<S>(rows: batch, columns: layers[0])
    for row in 0..<batch { for column in 0..<layers[0] { inputs[row, column] = S(generator.nextUnit()) } }
    var answers = try Matrix<S>(rows: batch, columns: layers[layers.count - 1])
    let workspace = PredictionWorkspace<S>()
    // One example is a vector, as its user has it.
    let x = inputs.row(0)
    var answer = answers.row(0)
    func predict() throws {
      if batch == 1 {
        try network.predict(x, into: &answer, using: workspace)
      } else {
        try network.predict(batch: inputs, into: &answers, using: workspace)
      }
    }
    try predict()
    difference = try Self.difference(network, inputs, batch == 1 ? answer.row : answers)
    try Self.check(difference, batch: batch)

    let peakBefore = Ceiling.multiplyAdd(S.precision, threads: 1).ceiling.best
    let plan = SamplingPlan(total: seconds, sample: min(leastSampleSeconds, seconds / 5), count: 5)
    let progress = ProgressLine()
    defer { progress.clear() }
    samples = try samplesInTurns([Variant { try predict() }], plan) { _ in progress.update("Timing \(name)") }[0].map {
      $0 * 1e6
    }
    microsecondsPerCall = Summary(samples)
    examplesPerSecond = Double(batch) / microsecondsPerCall.median * 1e6
    let operations = 2 * zip(layers, layers.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    gflops = Double(operations) * examplesPerSecond * 1e-9
    // Before the peak, whose threads come and go.
    let before = Machine.allocations
    for _ in 0..<100 { try predict() }
    let after = Machine.allocations
    allocationsPerCall = before.flatMap { before in after.map { Double($0 - before) / 100 } }
    peakGFLOPS = max(peakBefore, Ceiling.multiplyAdd(S.precision, threads: 1).ceiling.best)
    percentOfPeak = 100 * gflops / peakGFLOPS
  }

  /// - Throws: `WrongResult` for a difference beyond what rounding explains, and for one that is no number.
  package static func check(_ difference: Double, batch: Int) throws(WrongResult) {
    guard difference <= allowed else {
      throw WrongResult(
        description:
          "a batch of \(batch): an answer is \(significant(difference)) from the one in double precision, allowed "
          + significant(allowed))
    }
  }

  /// As much as the peers of `Benchmarks` are allowed.
  private static var allowed: Double { 1e-5 }

  /// The most by which answers differ from those of the same network in double precision.
  private static func difference<S: Scalar>(
    _ network: Network<S>, _ inputs: Matrix<S>, _ answers: Matrix<S>
  ) throws -> Double {
    func converted(_ matrix: Matrix<S>) throws -> Matrix<Double> {
      try Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { Double($0) })
    }
    let exact = try Network<Double>(
      weights: network.layers.map { try converted($0.weights) },
      biases: network.layers.map { Vector($0.biases.elements.map { Double($0) }) }, activations: network.activations)
    let expected = try exact.predict(batch: converted(inputs))
    return zip(answers.elements, expected.elements).map { abs(Double($0) - $1) }.max() ?? 0
  }

  package var summary: Summary { microsecondsPerCall }

  /// The table that people read, a line a result.
  static func table(_ results: [PredictionResult]) -> String {
    var table = Table([
      "layers", "precision", "batch", "µs/call min", "median", "examples/s", "GFLOP/s", "% peak", "difference",
      "allocs",
    ])
    for result in results {
      table.add([
        result.layers.map(String.init).joined(separator: "-"), result.precision.rawValue, "\(result.batch)",
        fixed(result.microsecondsPerCall.min, 2), fixed(result.microsecondsPerCall.median, 2),
        fixed(result.examplesPerSecond, 0), fixed(result.gflops, 1), fixed(result.percentOfPeak, 0),
        significant(result.difference), result.allocationsPerCall.map(significant) ?? "-",
      ])
    }
    return table.text
  }
}
