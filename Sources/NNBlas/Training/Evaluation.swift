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
  ///   - threads: The number of threads, from 1 to 1024, or nil for as many as the processors and the shapes have use for; the result does
  ///     not depend on it.
  /// - Returns: The number of correct answers and the mean cost.
  /// - Throws: `TrainingError.setting` for a number of threads that is not in 1...1024; `ShapeError.exampleWidth` when the data set does not fit the network, `ShapeError.outputActivation` when the
  ///   cost does not, `DataError.tooFew` when it is empty, `DataError.target` for a target that the cost is not defined for, `ShapeError.memory` when the network is too wide for this
  ///   machine to work on a batch.
  public func evaluate(_ dataset: Dataset, cost: Cost = .quadratic, threads: Int? = nil) throws -> Evaluation {
    try TrainingError.check(threads: threads)
    try check(cost, in: "evaluate")
    try check(dataset, cost, named: "dataset", in: "evaluate")
    try checkMemory(evaluating: dataset)
    return evaluate(dataset, Evaluator(self, dataset, cost: cost, team: nil, threads: threads))
  }

  /// The same on an engine that was made for as many examples of as wide a data set.
  ///
  /// - Parameters:
  ///   - dataset: The examples.
  ///   - evaluator: The engine.
  ///   - look: Is shown every example's number, answer and target.
  /// - Returns: The number of correct answers and the mean cost.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func evaluate(
    _ dataset: Dataset, _ evaluator: Evaluator<S>,
    look: ((_ example: Int, _ answer: UnsafePointer<S>, _ target: UnsafePointer<S>) -> Void)? = nil
  ) -> Evaluation {
    let (engine, count) = (evaluator.engine, dataset.count)
    let answers = engine.workspace.layers[engine.workspace.layerCount - 1].a
    let targets = engine.workspace.batches[0].targets
    var correct = 0
    var sum = 0.0
    BLASThreads.beginSingle()
    defer { BLASThreads.endSingle() }
    let isLabelled = dataset.withExamples { examples in
      Array(0..<Int32(count)).withUnsafeBufferPointer { all in
        engine.begin(examples, order: all)
        defer { engine.end() }
        for (batch, start) in stride(from: 0, to: count, by: engine.batchSize).enumerated() {
          // Only read.
          sum += storage.flat.withElements { parameters in
            statistics.flat.withElements {
              engine.evaluate(
                batch, UnsafeMutablePointer(mutating: parameters), statistics: UnsafeMutablePointer(mutating: $0))
            }
          }
          for row in 0..<engine.batch(batch).count {
            let answer = S._indexOfMaximum(answers + row * outputs, outputs)
            // Of outputs that are no numbers none is the largest.
            let isNumber = !answers[row * outputs + answer].isNaN
            if isNumber, answer == examples.label(start + row) { correct += 1 }
            look?(start + row, UnsafePointer(answers + row * outputs), UnsafePointer(targets + row * outputs))
          }
        }
      }
      return examples.label(0) != nil
    }
    return Evaluation(count: count, correct: isLabelled ? correct : nil, cost: sum / Double(count))
  }

  /// What an evaluation keeps at once fits memory.
  func checkMemory(evaluating dataset: Dataset) throws(ShapeError) {
    let rows = min(Evaluator<S>.batchSize, dataset.count)
    try checkMemory(
      examples: rows, named: "a batch", in: "evaluate",
      numbers: Workspace<S>.elements(nodes, rows: rows, purpose: .evaluation), remedy: nil)
  }
}

/// An engine that evaluates a network on data sets of one length.
final class Evaluator<S: Scalar> {
  /// As many examples at a time as keep the products efficient and the memory small.
  static var batchSize: Int { 500 }

  let engine: Engine<S>
  let count: Int
  let cost: Cost
  let isWeighted: Bool

  init(_ network: Network<S>, _ dataset: Dataset, cost: Cost, team: Team?, threads: Int?) {
    let (count, isWeighted) = (dataset.count, dataset.weights != nil)
    let size = min(Self.batchSize, count)
    (self.count, self.cost, self.isWeighted) = (count, cost, isWeighted)
    engine = Engine(
      network, batchSize: size, shortBatchSize: count % size, cost: cost, purpose: .evaluation, team: team,
      threads: threads, options: EngineOptions(isWeighted: isWeighted))
  }
}
