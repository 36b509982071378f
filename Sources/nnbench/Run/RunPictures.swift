import Foundation
import NNBlas

/// What a run's folder has to look at: learning curves, the confusion matrix, and TensorBoard's event files.
final class RunPictures {
  private let directory: RunDirectory
  private let events: EventFile?
  private let title: String
  private let clock = ContinuousClock()
  private var nextDrawing: ContinuousClock.Instant
  private var epochs: [LearningCurves.Epoch]

  /// - Parameters:
  ///   - directory: The run's folder.
  ///   - settings: How it is kept.
  ///   - title: What the pictures are of.
  ///   - resumption: Where an interrupted run goes on, or nil for the beginning.
  /// - Throws: `ModelFileError.unwritable` where event files cannot be made.
  init(_ directory: RunDirectory, _ settings: RunSettings, title: String, _ resumption: Resumption?) throws {
    (self.directory, self.title) = (directory, title)
    events = settings.hasEvents ? try EventFile(in: directory.path, resumedAfter: resumption?.steps) : nil
    epochs = (resumption?.reports ?? []).compactMap(LearningCurves.Epoch.init)
    nextDrawing = clock.now
  }

  /// Notes a step's cost.
  ///
  /// - Throws: `ModelFileError.unwritable`.
  func note(_ progress: TrainingProgress) throws {
    try events?.append(
      [EventRecord.Scalar("train/batch_cost", progress.cost)], step: progress.stepsInAll)
  }

  /// Notes an epoch, or a run of steps; the curves are drawn anew every few seconds.
  ///
  /// - Throws: `ModelFileError.unwritable`.
  func note(_ report: TrainingReport, step: Int, learningRate: Double) throws {
    var scalars = [("train/cost", report.cost), ("train/learning_rate", learningRate)]
    for (name, evaluation) in [("evaluation", report.evaluation), ("training", report.training)] {
      guard let evaluation else { continue }
      scalars.append(("\(name)/cost", evaluation.cost))
      if let accuracy = evaluation.accuracy { scalars.append(("\(name)/accuracy", accuracy)) }
    }
    try events?.append(scalars.map { EventRecord.Scalar($0, $1) }, step: step)
    if let epoch = LearningCurves.Epoch(report) { epochs.append(epoch) }
    guard clock.now >= nextDrawing else { return }
    try drawCurves()
    nextDrawing = clock.now + .seconds(10)
  }

  /// Draws the curves as they are.
  ///
  /// - Parameter best: The epoch to be marked, or nil.
  /// - Throws: `ModelFileError.unwritable`.
  func drawCurves(best: Int? = nil) throws {
    guard !epochs.isEmpty else { return }
    let svg = LearningCurves(epochs, best: best).svg(conditions: title)
    try OutputFile(directory.file("learning-curves.svg")).write(Data(svg.utf8))
  }

  /// Draws what the network took for what.
  ///
  /// - Throws: `ModelFileError.unwritable`.
  func draw(_ confusion: ConfusionMatrix, names: [String]?, of data: String) throws {
    guard let picture = ConfusionPicture(confusion, names: names) else { return }
    try OutputFile(directory.file("confusion.svg")).write(Data(picture.svg(conditions: "\(title), \(data)").utf8))
  }
}

extension LearningCurves.Epoch {
  /// Nil for a report of steps.
  fileprivate init?(_ report: TrainingReport) {
    guard case .epoch(let number, _) = report.scope else { return nil }
    func figures(_ evaluation: Evaluation?) -> LearningCurves.Figures? {
      evaluation.map { LearningCurves.Figures(cost: $0.cost, accuracy: $0.accuracy) }
    }
    self.init(number, cost: report.cost, evaluation: figures(report.evaluation), training: figures(report.training))
  }
}
