import Foundation
import NNBlas

/// `nnbench predict`: the answers of a saved model.
struct PredictCommand: Command {
  static let syntax = CommandSyntax(
    name: "predict",
    summary: "Predict with a saved model: a line for each example of a table or an array.",
    discussion: """
      A classifier's lines have the class and its probability, or, without probabilities, its output;
      others have the numbers. Columns that the model was not trained on are left out with --ignore,
      --label or --target.
      """,
    options: [.init("model", "file", help: "The model, a .safetensors file that train has saved.")]
      + DataSettings.options + [
        .init("output", "form", help: "csv, or jsonl: a JSON object a line. (default: csv)")
      ])

  private enum Form: String, CaseIterable { case csv, jsonl }

  private let model: String
  private let data: String
  private let source: DataSettings
  private let form: Form

  init(_ arguments: Arguments) throws(UsageError) {
    guard let model = arguments.string("model") else {
      throw UsageError("--model is missing, expected a .safetensors file")
    }
    source = try DataSettings(arguments)
    guard let data = source.path, source.isTable || source.isArray else {
      throw UsageError("--data is missing or no table, expected a .csv, .tsv or .npy file of inputs")
    }
    (self.model, self.data) = (model, data)
    form = try arguments.choice("output", Form.self) ?? .csv
  }

  func run() throws {
    switch try modelPrecision(of: model) {
    case .f32: try run(Float.self)
    case .f64: try run(Double.self)
    }
  }

  private func run<S: Scalar>(_: S.Type) throws {
    let model = try Model<S>(contentsOf: model)
    let inputs = try source.inputs(data)
    let names = model.classNames
    if form == .csv { try OutputStream.standardOutput.write(header(model) + "\n") }
    // Some at a time: answers to as many lines as there are need not fit memory.
    for start in stride(from: 0, to: inputs.rows, by: 1000) {
      let range = start..<min(start + 1000, inputs.rows)
      let block = try Matrix<S>(
        rows: range.count, columns: inputs.columns, elements: inputs[rows: range].elements.map { S($0) })
      let answers = try model.predict(batch: block)
      let lines = (0..<answers.rows).map { line(answers.row($0).elements, model, names) }
      try OutputStream.standardOutput.write(lines.joined(separator: "\n") + "\n")
    }
  }

  private func header<S: Scalar>(_ model: Model<S>) -> String {
    if model.classNames != nil || isClassifier(model) {
      return "class,\(isProbability(model) ? "probability" : "output")"
    }
    return (0..<model.network.outputs).map { "output\($0)" }.joined(separator: ",")
  }

  private func isClassifier<S: Scalar>(_ model: Model<S>) -> Bool {
    switch model.cost {
    case .crossEntropy, .softmaxCrossEntropy, .smoothedSoftmaxCrossEntropy: true
    default: model.classNames != nil
    }
  }

  private func isProbability<S: Scalar>(_ model: Model<S>) -> Bool {
    switch model.cost {
    case .softmaxCrossEntropy, .smoothedSoftmaxCrossEntropy: true
    case .crossEntropy: model.network.outputs == 1
    default: false
    }
  }

  private func line<S: Scalar>(_ answer: [S], _ model: Model<S>, _ names: [String]?) -> String {
    guard isClassifier(model) else {
      return form == .csv
        ? answer.map { "\($0)" }.joined(separator: ",")
        : "{\"outputs\":[\(answer.map { "\($0)" }.joined(separator: ","))]}"
    }
    let (index, value) = best(answer, model)
    let name = names.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? "\(index)"
    switch form {
    case .csv:
      let needsQuotes = name.contains { ",\"\n\r".contains($0) }
      return (needsQuotes ? "\"\(name.replacing("\"", with: "\"\""))\"" : name) + ",\(value)"
    case .jsonl:
      let quoted = (try? JSONEncoder().encode(name)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
      return "{\"class\":\(quoted),\"\(isProbability(model) ? "probability" : "output")\":\(value)}"
    }
  }

  /// The class, and its probability where the cost makes one of the answer.
  private func best<S: Scalar>(_ answer: [S], _ model: Model<S>) -> (Int, Double) {
    let numbers = answer.map { Double($0) }
    if numbers.count == 1 {
      let isLogit = model.network.endsInLogits
      let p = isLogit ? 1 / (1 + exp(-numbers[0])) : numbers[0]
      return p > 0.5 ? (1, p) : (0, 1 - p)
    }
    let index = numbers.indices.max { numbers[$0] < numbers[$1] } ?? 0
    guard isProbability(model), model.network.endsInLogits else { return (index, numbers[index]) }
    let total = numbers.reduce(0) { $0 + exp($1 - numbers[index]) }
    return (index, 1 / total)
  }
}

extension Network {
  /// Whether answers are what an activation would be applied to.
  fileprivate var endsInLogits: Bool {
    switch architecture[architecture.count - 1] {
    case let dense as Dense: dense.activation == .identity
    case let activation as Activation: activation == .identity
    default: true
    }
  }
}
