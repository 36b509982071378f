import Foundation
import NNBlas

/// A model's answers as lines: the class with its probability, or, where the cost makes none of an answer, its output; of others the
/// numbers, which are probabilities where the cost is of such.
struct AnswerLines<S: Scalar> {
  private let model: Model<S>
  private let isClassifier: Bool
  /// Whether an answer is a distribution over the classes.
  private let hasProbabilities: Bool
  /// What makes probabilities of what the network ends in.
  private let link: Link?

  init(_ model: Model<S>) {
    self.model = model
    let cost = model.cost ?? .quadratic
    link = cost.link(after: model.network.outputActivation)
    hasProbabilities = cost.isOfProbabilities && (cost != .crossEntropy || model.network.outputs == 1)
    isClassifier =
      switch model.task {
      case .classification: true
      case .regression: false
      case nil: cost.isOfProbabilities || model.classNames != nil
      }
  }

  /// The first line of a table.
  var header: String {
    if isClassifier { return "class,\(second)" }
    let names = model.targetNames ?? (0..<model.network.outputs).map { "output\($0)" }
    return names.map(Self.field).joined(separator: ",")
  }

  private var second: String { hasProbabilities ? "probability" : "output" }

  /// A line of a table.
  func csv<N: Scalar>(_ answer: [N]) -> String {
    guard isClassifier else { return numbers(answer).map { "\(N($0))" }.joined(separator: ",") }
    let (name, value) = best(answer)
    return "\(Self.field(name)),\(value)"
  }

  /// A JSON object, with null for what is no finite number.
  func json<N: Scalar>(_ answer: [N]) -> String {
    func number<V: BinaryFloatingPoint>(_ value: V) -> String { value.isFinite ? "\(value)" : "null" }
    guard isClassifier else {
      return "{\"outputs\":[\(numbers(answer).map { number(N($0)) }.joined(separator: ","))]}"
    }
    let (name, value) = best(answer)
    let quoted = (try? JSONEncoder().encode(name)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    return "{\"class\":\(quoted),\"\(second)\":\(number(value))}"
  }

  private static func field(_ text: String) -> String {
    text.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
      ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }

  private func numbers<N: Scalar>(_ answer: [N]) -> [Double] {
    guard let link else { return answer.map { Double($0) } }
    return answer.withUnsafeBufferPointer(link.probabilities)
  }

  /// The class of the largest number; a single one is that of the second class.
  private func best<N: Scalar>(_ answer: [N]) -> (name: String, value: Double) {
    let numbers = numbers(answer)
    let all = numbers.count == 1 ? [1 - numbers[0], numbers[0]] : numbers
    // Probabilities of different answers may be the same once they are rounded.
    let index = answer.count == 1 ? (all[1] > all[0] ? 1 : 0) : answer.indices.max { answer[$0] < answer[$1] } ?? 0
    return (model.classNames.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? "\(index)", all[index])
  }
}
