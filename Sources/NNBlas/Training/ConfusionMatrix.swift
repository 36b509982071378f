/// How often examples of each class were taken for each class.
///
/// Precision of a class is the share of right answers among those that name it, recall the share of its examples that are recognized,
/// F1 their harmonic mean. Where there is nothing to divide by they are 0, as in scikit-learn.
public struct ConfusionMatrix: Sendable, Hashable {
  /// The number of classes.
  public let classes: Int
  /// How often there was each pair, by actual · classes + predicted: what memory takes grows with the pairs that there are, not with
  /// the square of the classes.
  private var counts: [Int: Int] = [:]
  /// Right answers, all examples and all answers of each class.
  private var right: [Int]
  private var examples: [Int]
  private var answers: [Int]
  /// The examples of each class without an answer: of outputs that are no numbers none is the largest.
  public private(set) var unanswered: [Int]

  /// One without examples.
  public init(classes: Int) {
    self.classes = max(classes, 0)
    let none = Array(repeating: 0, count: self.classes)
    (right, examples, answers, unanswered) = (none, none, none, none)
  }

  /// The examples of one class that were taken for another, or the same; it traps for what is no class.
  public subscript(actual: Int, predicted: Int) -> Int { counts[place(actual, predicted), default: 0] }

  private func place(_ actual: Int, _ predicted: Int) -> Int {
    for label in [actual, predicted] {
      guard 0..<classes ~= label else { fatalError("ConfusionMatrix: class \(label) is outside 0..<\(classes)") }
    }
    return actual * classes + predicted
  }

  /// Counts an example; nil where there is no answer. It traps for what is no class.
  public mutating func add(actual: Int, predicted: Int?) { add(actual, predicted, count: 1) }

  private mutating func add(_ actual: Int, _ predicted: Int?, count: Int) {
    let place = place(actual, predicted ?? actual)
    examples[actual] += count
    guard let predicted else { return unanswered[actual] += count }
    counts[place, default: 0] += count
    answers[predicted] += count
    if actual == predicted { right[actual] += count }
  }

  /// The number of examples.
  public var total: Int { examples.reduce(0, +) }

  /// The number of right answers.
  public var correct: Int { right.reduce(0, +) }

  /// The share of right answers.
  public var accuracy: Double { Self.share(correct, total) }

  /// The examples of a class.
  public func support(_ actual: Int) -> Int { examples[actual] }

  /// The share of right answers among those that name a class.
  public func precision(_ label: Int) -> Double { Self.share(right[label], answers[label]) }

  /// The share of a class's examples that are recognized.
  public func recall(_ label: Int) -> Double { Self.share(right[label], examples[label]) }

  /// 2 · precision · recall / (precision + recall).
  public func f1(_ label: Int) -> Double {
    let (precision, recall) = (precision(label), recall(label))
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
  }

  /// The mean of the classes' precisions, each counting the same, over the classes that there were: those with an example or an answer, as
  /// in scikit-learn.
  public var macroPrecision: Double { mean(precision) }
  /// The mean of the classes' recalls, over the same.
  public var macroRecall: Double { mean(recall) }
  /// The mean of the classes' F1, over the same.
  public var macroF1: Double { mean(f1) }

  private func mean(_ value: (Int) -> Double) -> Double {
    let present = (0..<classes).filter { examples[$0] > 0 || answers[$0] > 0 }
    return present.isEmpty ? 0 : present.reduce(0) { $0 + value($1) } / Double(present.count)
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
    func name(_ index: Int) -> String {
      let name = names.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? "\(index)"
      return name.count > 16 ? String(name.prefix(15)) + "…" : name
    }
    guard classes <= 12 else { return confusedPairs(name) }
    let names = (0..<classes).map(name)
    var rows = [["actual \\ predicted"] + names]
    for actual in 0..<classes { rows.append([names[actual]] + (0..<classes).map { "\(self[actual, $0])" }) }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    if widths.reduce(0, +) + 2 * classes > 100 { return confusedPairs(name) }
    return rows.map { row in
      row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + padding : padding + text
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  private func confusedPairs(_ name: (Int) -> String) -> String {
    var pairs = counts.map { (count: $1, actual: $0 / classes, predicted: $0 % classes) }
    pairs.removeAll { $0.actual == $0.predicted }
    guard !pairs.isEmpty else { return "no class was taken for another" }
    // The largest first; of equal ones in the order of the classes.
    pairs.sort { ($1.count, $0.actual, $0.predicted) < ($0.count, $1.actual, $1.predicted) }
    let lines = pairs.prefix(10).map { "\(name($0.actual)) taken for \(name($0.predicted)): \($0.count)" }
    let rest = pairs.count > 10 ? ["and \(pairs.count - 10) other pairs"] : []
    return (lines + rest).joined(separator: "\n")
  }
}

extension ConfusionMatrix: Codable {
  private enum CodingKeys: CodingKey {
    case classes, pairs, unanswered
  }

  /// Reads `classes`, `pairs` of actual, predicted and their number, and `unanswered`.
  ///
  /// - Throws: `DecodingError` for what is no class, a pair that comes again or has no example, or a number that is negative or beyond 2³².
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let unanswered = try container.decode([Int].self, forKey: .unanswered)
    let pairs = try container.decode([[Int]].self, forKey: .pairs)
    let classes = try container.decode(Int.self, forKey: .classes)
    let isCount = 0...Int(UInt32.max)
    guard unanswered.count == classes, unanswered.allSatisfy(isCount.contains),
      pairs.allSatisfy({
        $0.count == 3 && $0[..<2].allSatisfy((0..<classes).contains) && $0[2] > 0 && isCount.contains($0[2])
      }), Set(pairs.map { $0[..<2] }).count == pairs.count
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .pairs, in: container,
        debugDescription: "expected pairs of \(classes) classes with their numbers, and \(classes) unanswered")
    }
    self.init(classes: classes)
    for pair in pairs { add(pair[0], pair[1], count: pair[2]) }
    for (label, count) in unanswered.enumerated() { add(label, nil, count: count) }
  }

  /// Writes the same, pairs in order.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(classes, forKey: .classes)
    try container.encode(
      counts.sorted { $0.key < $1.key }.map { [$0.key / classes, $0.key % classes, $0.value] }, forKey: .pairs)
    try container.encode(unanswered, forKey: .unanswered)
  }
}
