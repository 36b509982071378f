import Foundation
import NNBlas

/// `nnbench predict`: the answers of a saved model.
struct PredictCommand: Command {
  static let syntax = CommandSyntax(
    name: "predict",
    summary: "Predict with a saved model: a line for each example of a table or an array.",
    discussion: """
      A classifier's lines have the class and its probability, or, without probabilities, its output;
      others have the numbers. Columns are found by their names where the model and the table have
      some; else those that the model was not trained on are left out with --ignore, --label or --target.
      """,
    options: [.init("model", "file", help: "The model, a .safetensors file, or the book's JSON, that train has saved.")]
      + DataSettings.options(
        data: "A table, .csv or .tsv, also .gz; or inputs as an array, .npy.",
        label: "The column of a table that has labels, and is no input.",
        target: "Those that have targets, and are no inputs.") + [
        .init("output", "form", help: "csv, or jsonl: a JSON object a line. (default: csv)")
      ])

  private enum Form: String, CaseIterable { case csv, jsonl }

  private let model: String
  private let source: DataSettings
  private let form: Form

  init(_ arguments: Arguments) throws(UsageError) {
    guard let model = arguments.string("model") else {
      throw UsageError("--model is missing, expected a file that train has saved")
    }
    source = try DataSettings(arguments)
    guard source.isTable || source.isArray else {
      throw UsageError("--data is missing or no table, expected a .csv, .tsv or .npy file of inputs")
    }
    if source.isArray {
      for flag in ["label", "target"] where arguments.has(flag) {
        throw arguments.wrong(flag, "is for tables, and an array has inputs alone; leave it out")
      }
    }
    self.model = model
    form = try arguments.choice("output", Form.self) ?? .csv
  }

  func run() throws {
    switch try savedPrecision(of: model) {
    case .f32: try run(Float.self)
    case .f64: try run(Double.self)
    }
  }

  private func run<S: Scalar>(_: S.Type) throws {
    let model = try savedModel(model, as: S.self)
    let answers = AnswerLines(model)
    let inputs = try source.inputs(known: DataSettings.Known(model))
    // Behind the first answers, so that there is none where there cannot be any.
    var head = form == .csv ? answers.header + "\n" : ""
    // Some at a time: answers to as many lines as there are need not fit memory.
    for start in stride(from: 0, to: inputs.rows, by: 1000) {
      let batch = inputs[rows: start..<min(start + 1000, inputs.rows)]
      // Targets may be large beside what tells them apart.
      let found = try naming(source.fileName, from: start, in: S.precision) {
        try model.targetStandardizer == nil
          ? lines(model.predict(batch: batch), answers)
          : lines(model.predict(batch: batch, as: Double.self), answers)
      }
      try OutputStream.standardOutput.write(head + found.joined(separator: "\n") + "\n")
      head = ""
    }
    try OutputStream.standardOutput.write(head)
  }

  private func lines<S: Scalar, N: Scalar>(_ found: Matrix<N>, _ answers: AnswerLines<S>) -> [String] {
    (0..<found.rows).map { row in
      let answer = found.row(row).elements
      return form == .csv ? answers.csv(answer) : answers.json(answer)
    }
  }
}
