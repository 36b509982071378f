import Foundation

/// How well answers name classes.
public struct ClassificationMetrics: Sendable, Hashable, Codable {
  /// What the numbers of an answer are.
  public enum Answers: String, Sendable, Codable {
    /// Of which softmax makes a distribution; of a single one, the sigmoid function makes the second class's probability.
    case logits
    /// A distribution; a single one is the second class's probability.
    case probabilities
    /// Larger ones for better classes, and nothing else.
    case scores
  }

  /// How often each class was taken for each.
  public private(set) var confusion: ConfusionMatrix
  /// How many examples have their label among the k largest outputs, by k.
  public private(set) var topCorrect: [Int: Int]
  private let answers: Answers
  /// Σ −ln p of the label.
  private var lossSum = 0.0

  /// Metrics without examples.
  ///
  /// - Parameters:
  ///   - classes: The number of classes, at least 2.
  ///   - answers: What the numbers of an answer are.
  ///   - topK: For which k, at least 1, the label is looked for among the k largest outputs.
  public init(classes: Int, answers: Answers, topK: [Int] = []) {
    confusion = ConfusionMatrix(classes: classes)
    self.answers = answers
    topCorrect = Dictionary(topK.filter { $0 > 0 }.map { ($0, 0) }) { first, _ in first }
  }

  /// Metrics of some answers.
  ///
  /// - Parameters:
  ///   - batch: The answers, one example a row: a number for each class, or a single one for two classes.
  ///   - labels: The class of each.
  ///   - answers: What the numbers are.
  ///   - topK: For which k, at least 1, the label is looked for among the k largest outputs; others are left out.
  /// - Throws: `DataError.exampleCounts` where there are not as many labels as rows, `DataError.label` for one that is no class,
  ///   `DataError.argument` where there is no answer to an example.
  public init<S: Scalar>(batch: Matrix<S>, labels: [Int], answers: Answers, topK: [Int] = []) throws(DataError) {
    guard labels.count == batch.rows else {
      throw .exampleCounts(name: "labels", found: labels.count, otherName: "the answers", expected: batch.rows)
    }
    let classes = max(batch.columns, 2)
    if let row = labels.firstIndex(where: { !(0..<classes).contains($0) }) {
      throw .label(name: "labels", label: labels[row], row: row, classes: classes)
    }
    guard batch.columns > 0 else {
      throw .argument(
        operation: "ClassificationMetrics", name: "the number of answers of an example", found: "0",
        expected: "at least 1")
    }
    self.init(classes: classes, answers: answers, topK: topK)
    let elements = batch.flattened
    elements.withElements { start in
      for row in 0..<batch.rows { add(start + row * batch.columns, count: batch.columns, label: labels[row]) }
    }
  }

  /// Counts an example.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  mutating func add<S: Scalar>(_ answer: UnsafePointer<S>, count: Int, label: Int) {
    guard count > 1 else { return add(single: Double(answer[0]), label: label) }
    let best = S._indexOfMaximum(answer, count)
    // Of outputs that are no numbers none is the largest.
    let isNumber = !answer[best].isNaN
    confusion.add(actual: label, predicted: isNumber ? best : nil)
    let own = answer[label]
    if !topCorrect.isEmpty, !own.isNaN {
      var before = 0
      for index in 0..<count where answer[index] > own || answer[index] == own && index < label { before += 1 }
      for k in topCorrect.keys where before < k { topCorrect[k, default: 0] += 1 }
    }
    switch answers {
    case .logits:
      let largest = Double(answer[best])
      var sum = 0.0
      for index in 0..<count { sum += exp(Double(answer[index]) - largest) }
      lossSum += log(sum) + largest - Double(own)
    case .probabilities: lossSum -= Self.logarithm(Double(own), least: Double(S.ulpOfOne))
    case .scores: break
    }
  }

  private mutating func add(single value: Double, label: Int) {
    let isSecond = value > (answers == .logits ? 0 : 0.5)
    confusion.add(actual: label, predicted: value.isNaN ? nil : isSecond ? 1 : 0)
    if value.isNaN {
      if answers != .scores { lossSum = .nan }
      return
    }
    for k in topCorrect.keys where k > 1 || (label == 1) == isSecond { topCorrect[k, default: 0] += 1 }
    switch answers {
    case .logits: lossSum += max(value, 0) - value * Double(label) + log1p(exp(-abs(value)))
    case .probabilities: lossSum -= Self.logarithm(label == 1 ? value : 1 - value, least: .ulpOfOne)
    case .scores: break
    }
  }

  /// The logarithm of a probability, which is brought into least...1 − least as scikit-learn does, so that one that is rounded to 0
  /// costs much and not all.
  private static func logarithm(_ p: Double, least: Double) -> Double { log(min(max(p, least), 1 - least)) }

  /// The share of right answers.
  public var accuracy: Double { confusion.accuracy }

  /// The share of examples whose label is among the k largest outputs; nil for a k that was not asked for.
  public func topAccuracy(_ k: Int) -> Double? {
    topCorrect[k].map { confusion.total > 0 ? Double($0) / Double(confusion.total) : 0 }
  }

  /// The mean of −ln p over the examples, with p the label's probability; nil where answers are scores.
  public var logLoss: Double? {
    answers == .scores || confusion.total == 0 ? nil : lossSum / Double(confusion.total)
  }
}
