import NNBlas

/// What a run's folder has to look at: curves, the confusion matrix, and TensorBoard's event files.
final class RunPictures {
  private let directory: RunDirectory

  init(_ directory: RunDirectory, _ settings: RunSettings, _ resumption: Resumption?) throws {
    self.directory = directory
  }

  func note(_ progress: TrainingProgress, every steps: Int?) {}
  func note(_ report: TrainingReport, step: Int, learningRate: Double) throws {}
  func draw(_ reports: [TrainingReport], best: Int) throws {}
}
