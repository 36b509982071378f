import Foundation
import NNBlas

/// A line of `metrics.jsonl`: nothing in it depends on time or threads, so that two runs of the same are equal byte for byte.
struct MetricsLine: Encodable {
  /// How the network does on some data.
  struct Result: Encodable {
    let count: Int
    let cost: FiniteNumber
    @Nullable var correct: Int?
    @Nullable var accuracy: Double?

    init(_ evaluation: Evaluation) {
      (count, cost) = (evaluation.count, FiniteNumber(evaluation.cost))
      (correct, accuracy) = (evaluation.correct, evaluation.accuracy)
    }
  }

  /// The epoch, from 1; nil for a run of steps.
  var epoch: Int?
  /// The steps since the run began.
  let step: Int
  /// The mean cost of a step's batch.
  var batchCost: FiniteNumber?
  /// Of an epoch: its steps, its examples, their mean cost, and the learning rate of its last update.
  var steps: Int?
  var examples: Int?
  var cost: FiniteNumber?
  var learningRate: Double?
  var evaluation: Result?
  var training: Result?

  /// Of a step.
  init(_ progress: TrainingProgress) {
    epoch = progress.epoch
    step = progress.stepsInAll
    batchCost = FiniteNumber(progress.cost)
  }

  /// Of an epoch, or of a run of so many steps.
  init(_ report: TrainingReport, step: Int, learningRate: Double) {
    if case .epoch(let number, _) = report.scope { epoch = number }
    self.step = step
    (steps, examples, cost) = (report.steps, report.examples, FiniteNumber(report.cost))
    self.learningRate = learningRate
    (evaluation, training) = (report.evaluation.map(Result.init), report.training.map(Result.init))
  }

  enum CodingKeys: String, CodingKey {
    case epoch, step, steps, examples, cost, evaluation, training
    case batchCost = "batch_cost"
    case learningRate = "learning_rate"
  }

  var json: Data { get throws { try lineEncoder().encode(self) } }
}

/// A number, or null where it is none that JSON has.
struct FiniteNumber: Encodable {
  let value: Double

  init(_ value: Double) { self.value = value }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
  }
}

/// A line of `timings.jsonl`.
struct TimingsLine: Encodable {
  let epoch: Int
  let seconds: Double
  let evaluationSeconds: Double
  let examplesPerSecond: Double
  let gflops: Double

  init(_ report: TrainingReport, epoch: Int, evaluationSeconds: Double) {
    (self.epoch, seconds, self.evaluationSeconds) = (epoch, report.seconds, evaluationSeconds)
    examplesPerSecond = report.seconds > 0 ? Double(report.examples) / report.seconds : 0
    gflops = report.gflops
  }

  enum CodingKeys: String, CodingKey {
    case epoch, seconds, gflops
    case evaluationSeconds = "evaluation_seconds"
    case examplesPerSecond = "examples_per_second"
  }

  var json: Data { get throws { try lineEncoder().encode(self) } }
}

/// A line of `environment.jsonl`: one start of the run.
struct EnvironmentLine: Encodable {
  let arguments: [String]
  let folder: String
  let host: String
  let process: Int32
  /// The steps before it.
  let step: Int
  /// The checkpoint that it goes on from.
  @Nullable var resumedFrom: String?
  /// Checkpoints that were damaged, and why bits may differ.
  let notes: [String]
  let context: RunContext

  init(step: Int, resumption: Resumption?) {
    arguments = Array(CommandLine.arguments.dropFirst())
    folder = FileManager.default.currentDirectoryPath
    host = ProcessInfo.processInfo.hostName
    process = getpid()
    self.step = step
    notes = (resumption?.damaged ?? []) + (resumption?.warnings ?? [])
    context = RunContext()
    resumedFrom = resumption?.file
  }

  enum CodingKeys: String, CodingKey {
    case arguments, folder, host, process, step, notes, context
    case resumedFrom = "resumed_from"
  }

  var json: Data { get throws { try lineEncoder().encode(self) } }
}

private func lineEncoder() -> JSONEncoder {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return encoder
}

extension TrainingProgress {
  /// The steps since the first epoch began.
  var stepsInAll: Int { (epoch - 1) * stepsPerEpoch + step }
}
