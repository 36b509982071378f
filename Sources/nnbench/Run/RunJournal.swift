import Foundation
import NNBlas

/// What a run writes into its folder while it trains.
final class RunJournal {
  let directory: RunDirectory
  private let settings: RunSettings
  private let metrics: LineFile
  private let timings: LineFile
  private var hasWarned = false
  /// A file that could not be written, where that ends the run.
  private(set) var failure: ModelFileError?

  private static let (metricsCount, metricsWaiting) = ("metrics", "metrics waiting")

  /// Makes the files of a new run, or goes on with those of one that was interrupted: what they have from behind the checkpoint is
  /// written again.
  ///
  /// - Parameters:
  ///   - directory: The run's folder.
  ///   - settings: How it is kept.
  ///   - configuration: The flags with all that was left out, as a file.
  ///   - resumption: Where an interrupted run goes on, or nil for the beginning.
  /// - Throws: `ModelFileError` for files that cannot be written.
  init(_ directory: RunDirectory, _ settings: RunSettings, configuration: String, resumption: Resumption?) throws {
    (self.directory, self.settings) = (directory, settings)
    let notes = resumption?.notes ?? [:]
    let mark = LineFile.Mark(
      count: notes[Self.metricsCount].flatMap { Int($0) } ?? 0, waiting: notes[Self.metricsWaiting] ?? "")
    metrics = try LineFile(directory.file("metrics.jsonl"), at: mark)
    if metrics.mark.count < mark.count {
      Console.warn("\(metrics.path) has fewer lines than when the checkpoint was written; they are missing from now on")
    }
    timings = try LineFile(directory.file("timings.jsonl"))
    func writeConfiguration() throws {
      try OutputFile(directory.configuration).write(Data((configuration + "\n").utf8))
    }
    // Without it a new run could not be gone on with; one that is resumed has its own.
    if resumption == nil { try writeConfiguration() } else { try write(writeConfiguration) }
    try write {
      let environment = try LineFile(directory.file("environment.jsonl"))
      try environment.append(EnvironmentLine(step: resumption?.steps ?? 0, resumption: resumption).json)
      try metrics.flush()
    }
  }

  /// What a checkpoint is to know of the files, and to keep for them: the lines that could not be written.
  var notes: [String: String] {
    let mark = metrics.mark
    return [Self.metricsCount: "\(mark.count)", Self.metricsWaiting: mark.waiting].filter { !$0.value.isEmpty }
  }

  /// Brings to the disk what is to be there when a checkpoint is.
  var preparation: @Sendable () throws -> Void { { [metrics] in try metrics.synchronize() } }

  /// Notes a step, where every so manieth is to be noted, here and elsewhere.
  func note(_ progress: TrainingProgress, _ elsewhere: () throws -> Void) {
    guard let every = settings.logSteps, progress.stepsInAll % every == 0, failure == nil else { return }
    try? write { try metrics.append(MetricsLine(progress).json) }
    try? write(elsewhere)
  }

  /// Notes an epoch, or a run of so many steps.
  ///
  /// - Throws: `ModelFileError` where it cannot be written, and that ends the run.
  func note(_ report: TrainingReport, step: Int, learningRate: Double, evaluationSeconds: Double) throws {
    if let failure { throw failure }
    try write { try metrics.append(MetricsLine(report, step: step, learningRate: learningRate).json) }
    guard case .epoch(let epoch, _) = report.scope else { return }
    try write {
      try timings.append(TimingsLine(report, epoch: epoch, evaluationSeconds: evaluationSeconds).json)
    }
  }

  /// Tries once more what could not be written.
  ///
  /// - Throws: `ModelFileError`, where that ends the run.
  func finish() throws {
    if let failure { throw failure }
    try write { try metrics.flush() }
    try write { try timings.flush() }
  }

  /// Writes something; what cannot be written ends the run, or is warned of once.
  func write(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch {
      guard settings.failure == .goOn else {
        failure = failure ?? (error as? ModelFileError)
        throw error
      }
      if !hasWarned { Console.warn("\(NNBench.describe(error)); the run goes on") }
      hasWarned = true
    }
  }
}
