import NNBlas

/// The line that tells, on a terminal, how far training has come and how fast it goes.
struct TrainingLine {
  /// How many epochs there are, or nil for a run of steps.
  let epochs: Int?
  let steps: Int?
  let batchSize: Int
  let operationsPerExample: Int
  /// The processor's peak in GFLOP/s, measured once a run has shown that it is no short one.
  private var peak: Double?
  /// The last evaluation.
  var evaluation: Evaluation?
  private let clock = ContinuousClock()
  private var first: (time: ContinuousClock.Instant, step: Int)?
  /// The rate of the last seconds.
  private var window: (time: ContinuousClock.Instant, step: Int)?
  private var stepsPerSecond: Double?
  private var epoch = 0

  private let measuredPeak: () -> Double

  init(
    epochs: Int?, steps: Int?, batchSize: Int, operationsPerExample: Int, peak: @escaping () -> Double
  ) {
    (self.epochs, self.steps, self.batchSize) = (epochs, steps, batchSize)
    (self.operationsPerExample, measuredPeak) = (operationsPerExample, peak)
  }

  /// `Epoch 3/30, step 120/500, 80 s left, cost 0.123, 9046/10000 correct, 40 % of peak, 45 GFLOP/s, 123k examples/s`.
  mutating func text(_ progress: TrainingProgress) -> String {
    let (now, step) = (clock.now, progress.stepsInAll)
    let start = first ?? (now, step)
    first = start
    // Between two epochs there may be an evaluation.
    if progress.epoch != epoch { (epoch, window) = (progress.epoch, nil) }
    if let begin = window, now - begin.time > .seconds(1), step > begin.step {
      stepsPerSecond = Double(step - begin.step) / ((now - begin.time) / .seconds(1))
      window = (now, step)
    } else if window == nil {
      window = (now, step)
    }
    var parts = [
      "Epoch \(progress.epoch)" + (epochs.map { "/\($0)" } ?? ""), "step \(progress.step)/\(progress.stepsPerEpoch)",
    ]
    // With evaluations and all else that there was. What comes last is cut off where a terminal is narrow.
    let seconds = (now - start.time) / .seconds(1)
    if let total = steps ?? epochs.map({ $0 * progress.stepsPerEpoch }), step > start.step, seconds > 1 {
      parts.append("\(Self.duration(seconds * Double(total - step) / Double(step - start.step))) left")
    }
    parts.append("cost \(significant(progress.cost))")
    if let evaluation { parts.append("\(evaluation)") }
    if let stepsPerSecond {
      let examples = stepsPerSecond * Double(batchSize)
      let gflops = examples * Double(operationsPerExample) / 1e9
      let peak = self.peak ?? measuredPeak()
      if self.peak == nil { (self.peak, window) = (peak, nil) }
      parts += [
        "\(fixed(100 * gflops / peak, 0)) % of peak", "\(significant(gflops)) GFLOP/s",
        "\(Self.short(examples)) examples/s",
      ]
    }
    return parts.joined(separator: ", ")
  }

  /// `512`, `12.3k`, `4.5M`.
  static func short(_ number: Double) -> String {
    switch number {
    case ..<1e3: fixed(number, 0)
    case ..<1e6: significant(number / 1e3) + "k"
    default: significant(number / 1e6) + "M"
    }
  }

  /// `45 s`, `12 min`, `3 h 20 min`.
  static func duration(_ seconds: Double) -> String {
    guard seconds >= 0, seconds < 1e9 else { return "?" }
    let whole = Int(seconds.rounded(.up))
    if whole < 100 { return "\(whole) s" }
    let minutes = (whole + 30) / 60
    return minutes < 100 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}
