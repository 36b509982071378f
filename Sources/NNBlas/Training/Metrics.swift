/// How well a network does on a data set, in the measures that its targets have.
public enum Metrics: Sendable, Hashable {
  /// Targets are labels, or the numbers 0 and 1 of a single output with `Cost.crossEntropy`, which stand for two classes.
  case classification(ClassificationMetrics)
  /// Targets are numbers.
  case regression(RegressionMetrics)
}

extension Network {
  /// Measures the answers to a data set, batch by batch.
  ///
  /// - Parameters:
  ///   - dataset: Examples as wide as the network's two ends.
  ///   - cost: Tells what the answers are: of `Cost.softmaxCrossEntropy`, and of `Cost.crossEntropy` with a single output, logits or
  ///     probabilities, of which there is a log-loss.
  ///   - topK: For which k the label is looked for among the k largest outputs.
  ///   - threads: The number of threads, from 1 to 1024, or nil for as many as the processors and the shapes have use for.
  /// - Returns: The evaluation as `evaluate` has it, and the metrics: of numbers those of the answers, which for the cross-entropies are
  ///   probabilities, whether or not the network ends in the activation that makes them.
  /// - Throws: As `evaluate(_:cost:threads:)`.
  public func metrics(
    on dataset: Dataset, cost: Cost = .quadratic, topK: [Int] = [], threads: Int? = nil
  ) throws -> (evaluation: Evaluation, metrics: Metrics) {
    try TrainingError.check(threads: threads)
    try check(cost, in: "metrics")
    try check(dataset, cost, named: "dataset", in: "metrics")
    try checkMemory(evaluating: dataset)
    let evaluator = Evaluator(self, dataset, cost: cost, team: nil, threads: threads)
    if let labels = dataset.labels {
      var result = ClassificationMetrics(classes: outputs, answers: answers(cost), topK: topK)
      let evaluation = evaluate(dataset, evaluator) { example, answer, _ in
        result.add(answer, count: outputs, label: labels[example])
      }
      return (evaluation, .classification(result))
    }
    if cost == .crossEntropy, outputs == 1 {
      var (result, wrong) = (ClassificationMetrics(classes: 2, answers: answers(cost)), Int?.none)
      let evaluation = evaluate(dataset, evaluator) { example, answer, target in
        let target = target[0]
        if target != 0, target != 1 { wrong = wrong ?? example }
        result.add(answer, count: 1, label: target == 1 ? 1 : 0)
      }
      // Soft targets are numbers to come close to.
      if wrong == nil { return (evaluation, .classification(result)) }
    }
    var result = RegressionMetrics(outputs: outputs)
    let link = cost.link(after: leavesOutputOut(cost) ? .identity : outputActivation)
    let evaluation = evaluate(dataset, evaluator) { _, answer, target in
      guard let link else { return result.add(answer, target) }
      let probabilities = link.probabilities(of: UnsafeBufferPointer(start: answer, count: outputs)).map { S($0) }
      probabilities.withUnsafeBufferPointer { buffer in
        if let answer = buffer.baseAddress { result.add(answer, target) }
      }
    }
    return (evaluation, .regression(result))
  }

  /// Whether the engine's answers are what the last activation would be applied to.
  private func leavesOutputOut(_ cost: Cost) -> Bool {
    nodes.last?.isDense == false && cost.takesLogits(of: outputActivation)
  }

  /// What the engine's answers are where it evaluates with a cost.
  private func answers(_ cost: Cost) -> ClassificationMetrics.Answers {
    if leavesOutputOut(cost) {
      // Several sigmoids are no distribution.
      return cost == .crossEntropy && outputs > 1 ? .scores : .logits
    }
    switch (cost, outputActivation) {
    case (.softmaxCrossEntropy, _), (.smoothedSoftmaxCrossEntropy, _): return .logits
    case (.crossEntropy, .identity) where outputs == 1: return .logits
    case (.crossEntropy, _) where outputs == 1: return .probabilities
    case (_, .softmax): return .probabilities
    default: return .scores
    }
  }
}

extension Metrics: CustomStringConvertible {
  /// `accuracy 0.9812, macro precision 0.98, recall 0.98, F1 0.98, log-loss 0.0612`; `RMSE 0.12, MAE 0.09, R² 0.87`.
  public var description: String {
    switch self {
    case .classification(let metrics):
      let top = metrics.topCorrect.keys.sorted().compactMap { k in
        metrics.topAccuracy(k).map { "top-\(k) accuracy \(rounded($0))" }
      }
      let confusion = metrics.confusion
      let parts =
        ["accuracy \(rounded(metrics.accuracy))"] + top
        + [
          "macro precision \(rounded(confusion.macroPrecision))", "recall \(rounded(confusion.macroRecall))",
          "F1 \(rounded(confusion.macroF1))",
        ]
      return (parts + (metrics.logLoss.map { ["log-loss \(rounded($0))"] } ?? [])).joined(separator: ", ")
    case .regression(let metrics):
      return "RMSE \(significant(metrics.rmse)), MAE \(significant(metrics.mae)), R² \(rounded(metrics.r2))"
    }
  }
}

/// Four digits behind the point.
private func rounded(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
