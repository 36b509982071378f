extension Trainer {
  /// What is kept from step to step, in arrays of as many numbers as there are parameters.
  var keptArrays: Int { optimizer.stateCount + (state.average == nil ? 0 : 1) }

  /// What a call is given fits the network, the epoch under way, and memory.
  func check(
    _ dataset: Dataset, _ order: ExampleOrder, _ evaluation: Dataset?, keepsBest: Bool
  ) throws {
    if let epochUnderWay {
      guard dataset.count == epochUnderWay.examples else {
        throw DataError.exampleCounts(
          name: "the training data", found: dataset.count, otherName: "the epoch under way began with",
          expected: epochUnderWay.examples)
      }
      guard order == epochUnderWay.order else {
        throw TrainingError.setting(
          name: "order", found: order.rawValue,
          expected: "\(epochUnderWay.order.rawValue), in which the epoch under way began")
      }
    }
    try network.check(dataset, cost, named: "the training data", in: "train")
    let rows = min(batchSize, dataset.count)
    try network.checkMemory(
      examples: rows, named: "a batch", in: "train",
      numbers: Workspace<S>.elements(network.nodes, rows: rows, purpose: .training(ending))
        + Plan.copiedElements([network.inputs, network.outputs], rows: rows, workers: threads ?? Processors.available),
      gradients: ending == .stored ? 1 : 0,
      // Each of three checkpoints can hold another best network.
      others: keptArrays + copiedArrays + (keepsBest ? checkpoints == nil ? 1 : 4 : 0),
      remedy: checkpoints == nil
        ? "activations of all layers count; lower batchSize"
        : "activations of all layers and the copies for checkpoints count; lower batchSize, or set checkpoints to nil")
    if let evaluation {
      try network.check(evaluation, cost, named: "the evaluation data", in: "train")
      try network.checkMemory(evaluating: evaluation)
    }
  }
}
