import Foundation
import NNBlas
import TestSupport
import Testing

/// The book's first network on the real digits, where there are any.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["NNBLAS_MNIST"] != nil,
    "set NNBLAS_MNIST to a folder with the four files of MNIST"))
struct BookAccuracyTests {
  /// The original program reaches 94.95 to 95.50 % on the same data, over five seeds of its own; `Benchmarks/accuracy` runs
  /// five of ours.
  @Test(.enabled(if: isOptimizedBuild, "training takes minutes in a debug build"))
  func thirtyEpochsReachWhatTheOriginalDoes() throws {
    let digits = try MNIST(directory: ProcessInfo.processInfo.environment["NNBLAS_MNIST"] ?? "")
    let network = try Network<Double>(sizes: [784, 30, 10], seed: 1)
    let trainer = try Trainer(network, batchSize: 10, optimizer: .sgd(learningRate: 3), seed: 1)
    var best = 0.0
    try trainer.train(epochs: 30, on: digits.training, evaluating: digits.test) {
      best = max(best, $0.evaluation?.accuracy ?? 0)
    }
    #expect((0.946...0.959).contains(best))
  }
}
