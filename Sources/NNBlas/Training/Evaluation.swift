/// How a network does on a data set.
public struct Evaluation: Sendable, Equatable {
  /// The number of examples.
  public let count: Int
  /// How many examples have their largest output at their label; nil where the data set has no labels.
  public let correct: Int?
  /// The mean cost of an example.
  public let cost: Double

  package init(count: Int, correct: Int?, cost: Double) {
    self.count = count
    self.correct = correct
    self.cost = cost
  }

  /// `correct` as a fraction of `count`, or nil where the data set has no labels.
  public var accuracy: Double? { correct.map { Double($0) / Double(count) } }
}

extension Evaluation: CustomStringConvertible {
  /// `9046/10000 correct`, or `evaluation cost 0.0123` where there are no labels.
  public var description: String {
    correct.map { "\($0)/\(count) correct" } ?? "evaluation cost \(significant(cost))"
  }
}

extension Network {
  /// Counts the correct answers to a labelled data set, and takes the mean cost of any.
  ///
  /// - Parameters:
  ///   - dataset: Examples as wide as the network's two ends.
  ///   - cost: The cost that is averaged.
  /// - Returns: The number of correct answers and the mean cost.
  /// - Throws: `ShapeError.exampleWidth` when the data set does not fit the network, `DataError.tooFew` when it is empty,
  ///   `ShapeError.memory` when the network is too wide for this machine to work on a batch.
  public func evaluate(_ dataset: Dataset, cost: Cost = .quadratic) throws -> Evaluation {
    try check(dataset, named: "dataset", in: "evaluate")
    try checkMemory(evaluating: dataset)
    let batchSize = evaluationBatchSize
    var correct: Int?
    if case .labels = dataset.targets { correct = 0 }
    var sum = 0.0
    for start in stride(from: 0, to: dataset.count, by: batchSize) {
      let indices = Array(Int32(start)..<Int32(min(start + batchSize, dataset.count)))
      var batch = try Batch<S>(count: indices.count, of: dataset)
      batch.gather(indices[...], from: dataset)
      let pass = try forward(batch.inputs)
      sum += cost.sum(pass, y: batch.targets)
      if case .labels(let labels, let classes) = dataset.targets {
        pass.output.withElements { output in
          labels.forEach(indices[...]) { row, label in
            let answer = S._indexOfMaximum(output + row * classes, classes)
            // Of outputs that are no numbers none is the largest.
            let isNumber = !output[row * classes + answer].isNaN
            if isNumber, answer == label { correct? += 1 }
          }
        }
      }
    }
    return Evaluation(count: dataset.count, correct: correct, cost: sum / Double(dataset.count))
  }

  /// What an evaluation keeps at once fits memory.
  func checkMemory(evaluating dataset: Dataset) throws(ShapeError) {
    try checkMemory(
      examples: min(evaluationBatchSize, dataset.count), named: "a batch", in: "evaluate", matrices: 2, remedy: nil)
  }

  /// As many examples at a time as keep the products efficient and the memory small.
  private var evaluationBatchSize: Int { 500 }
}
