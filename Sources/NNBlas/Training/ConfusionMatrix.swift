/// How often examples of each class were taken for each class.
///
/// Precision of a class is the share of right answers among those that name it, recall the share of its examples that are recognized,
/// F1 their harmonic mean. Where there is nothing to divide by they are 0, as in scikit-learn.
public struct ConfusionMatrix: Sendable, Hashable, Codable {
  /// The number of classes.
  public let classes: Int
  /// A row for each class that examples are of, a column for each that they were taken for.
  private var counts: [Int]
  /// The examples of each class without an answer: of outputs that are no numbers none is the largest.
  public private(set) var unanswered: [Int]

  /// One without examples.
  public init(classes: Int) {
    self.classes = max(classes, 0)
    counts = Array(repeating: 0, count: self.classes * self.classes)
    unanswered = Array(repeating: 0, count: self.classes)
  }

  /// The examples of one class that were taken for another, or the same.
  public subscript(actual: Int, predicted: Int) -> Int { counts[actual * classes + predicted] }

  /// Counts an example; nil where there is no answer.
  public mutating func add(actual: Int, predicted: Int?) {
    if let predicted { counts[actual * classes + predicted] += 1 } else { unanswered[actual] += 1 }
  }

  /// The number of examples.
  public var total: Int { counts.reduce(0, +) + unanswered.reduce(0, +) }

  /// The number of right answers.
  public var correct: Int { (0..<classes).reduce(0) { $0 + self[$1, $1] } }

  /// The share of right answers.
  public var accuracy: Double { Self.share(correct, total) }

  /// The examples of a class.
  public func support(_ actual: Int) -> Int {
    (0..<classes).reduce(unanswered[actual]) { $0 + self[actual, $1] }
  }

  /// The share of right answers among those that name a class.
  public func precision(_ label: Int) -> Double {
    Self.share(self[label, label], (0..<classes).reduce(0) { $0 + self[$1, label] })
  }

  /// The share of a class's examples that are recognized.
  public func recall(_ label: Int) -> Double { Self.share(self[label, label], support(label)) }

  /// 2 · precision · recall / (precision + recall).
  public func f1(_ label: Int) -> Double {
    let (precision, recall) = (precision(label), recall(label))
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
  }

  /// The mean of the classes' precisions, each counting the same.
  public var macroPrecision: Double { mean(precision) }
  /// The mean of the classes' recalls.
  public var macroRecall: Double { mean(recall) }
  /// The mean of the classes' F1.
  public var macroF1: Double { mean(f1) }

  private func mean(_ value: (Int) -> Double) -> Double {
    classes > 0 ? (0..<classes).reduce(0) { $0 + value($1) } / Double(classes) : 0
  }

  private static func share(_ part: Int, _ whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }
}

extension ConfusionMatrix: CustomStringConvertible {
  /// A table with classes by number; see `table(names:)`.
  public var description: String { table() }

  /// A line for each class, with how often its examples were taken for each class; of more than twelve classes, or where the table
  /// would be wider than 100 columns, the pairs that are confused most.
  ///
  /// - Parameter names: Of the classes, or nil for their numbers.
  /// - Returns: The lines.
  public func table(names: [String]? = nil) -> String {
    let names = (0..<classes).map { index in
      let name = names.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? "\(index)"
      return name.count > 16 ? String(name.prefix(15)) + "…" : name
    }
    var rows = [["actual \\ predicted"] + names]
    for actual in 0..<classes { rows.append([names[actual]] + (0..<classes).map { "\(self[actual, $0])" }) }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    if classes > 12 || widths.reduce(0, +) + 2 * classes > 100 { return confusedPairs(names) }
    return rows.map { row in
      row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + padding : padding + text
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private func confusedPairs(_ names: [String]) -> String {
    var pairs: [(count: Int, actual: Int, predicted: Int)] = []
    for actual in 0..<classes {
      for predicted in 0..<classes where actual != predicted && self[actual, predicted] > 0 {
        pairs.append((self[actual, predicted], actual, predicted))
      }
    }
    guard !pairs.isEmpty else { return "no class was taken for another" }
    // The largest first; of equal ones in the order of the classes.
    pairs.sort { ($1.count, $0.actual, $0.predicted) < ($0.count, $1.actual, $1.predicted) }
    let lines = pairs.prefix(10).map { "\(names[$0.actual]) taken for \(names[$0.predicted]): \($0.count)" }
    let rest = pairs.count > 10 ? ["and \(pairs.count - 10) other pairs"] : []
    return (lines + rest).joined(separator: "\n")
  }
}
