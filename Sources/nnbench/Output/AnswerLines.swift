import Foundation
import NNBlas

/// A model's answers as lines: the class with its probability, or, where the cost makes none of an answer, its output; of others the
/// numbers.
struct AnswerLines<S: Scalar> {
  private let model: Model<S>
  private let isClassifier: Bool
  private let hasProbabilities: Bool
  private let endsInLogits: Bool

  init(_ model: Model<S>) {
    self.model = model
    let outputs = model.network.outputs
    // One output of a cross-entropy is the second class's probability, though its targets were numbers.
    let isBinary = model.cost == .crossEntropy && outputs == 1
    hasProbabilities = isBinary || model.cost != .crossEntropy && model.cost?.isOfProbabilities == true
    isClassifier =
      switch model.task {
      case .classification: true
      case .regression: isBinary
      case nil: model.cost?.isOfProbabilities == true || model.classNames != nil
      }
    endsInLogits =
      switch model.network.architecture.last {
      case let dense as Dense: dense.activation == .identity
      case let activation as Activation: activation == .identity
      default: true
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
    guard isClassifier else { return answer.map { "\($0)" }.joined(separator: ",") }
    let (name, value) = best(answer)
    return "\(Self.field(name)),\(value)"
  }

  /// A JSON object, with null for what is no finite number.
  func json<N: Scalar>(_ answer: [N]) -> String {
    func number<V: BinaryFloatingPoint>(_ value: V) -> String { value.isFinite ? "\(value)" : "null" }
    guard isClassifier else { return "{\"outputs\":[\(answer.map(number).joined(separator: ","))]}" }
    let (name, value) = best(answer)
    let quoted = (try? JSONEncoder().encode(name)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    return "{\"class\":\(quoted),\"\(second)\":\(number(value))}"
  }

  private static func field(_ text: String) -> String {
    text.unicodeScalars.contains { ",\"\n\r".unicodeScalars.contains($0) }
      ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }

  private func best<N: Scalar>(_ answer: [N]) -> (name: String, value: Double) {
    let (index, value) = largest(answer.map { Double($0) })
    return (model.classNames.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? "\(index)", value)
  }

  /// The class, and its probability where the cost makes one of the answer.
  private func largest(_ numbers: [Double]) -> (Int, Double) {
    if numbers.count == 1 {
      let p = endsInLogits && hasProbabilities ? 1 / (1 + exp(-numbers[0])) : numbers[0]
      return p > 0.5 ? (1, p) : (0, 1 - p)
    }
    let index = numbers.indices.max { numbers[$0] < numbers[$1] } ?? 0
    guard hasProbabilities, endsInLogits else { return (index, numbers[index]) }
    let total = numbers.reduce(0) { $0 + exp($1 - numbers[index]) }
    return (index, 1 / total)
  }
}
