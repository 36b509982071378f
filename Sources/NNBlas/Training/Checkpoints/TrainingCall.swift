/// What a call of training is given, which whoever goes on with it has to give it again.
struct TrainingCall: Codable, Sendable, Equatable {
  /// What it counts.
  enum Kind: String, Codable, Sendable {
    case epochs, steps
  }

  let kind: Kind
  let data: Dataset.Fingerprint
  /// The evaluation data, where there are any.
  let evaluation: Dataset.Fingerprint?
  let order: ExampleOrder
  let monitorsTraining: Bool
  /// The rules but for the time, by name, in words.
  let rules: [String: String]

  init(
    _ kind: Kind, on dataset: Dataset, evaluating evaluation: Dataset?, order: ExampleOrder, monitorsTraining: Bool,
    under rules: TrainingRules
  ) {
    (self.kind, self.order, self.monitorsTraining, self.rules) = (kind, order, monitorsTraining, rules.words)
    (data, self.evaluation) = (dataset.fingerprint, evaluation?.fingerprint)
  }

  /// - Throws: `CheckpointError.misfit` that names what is not as in the call that was interrupted.
  func check(against other: TrainingCall, _ file: String) throws(CheckpointError) {
    func words(_ fingerprint: Dataset.Fingerprint?) -> String { fingerprint.map { "\($0)" } ?? "none" }
    let pairs =
      [
        ("what training counts", kind.rawValue, other.kind.rawValue),
        ("the training data", words(data), words(other.data)),
        ("the evaluation data", words(evaluation), words(other.evaluation)),
        ("order", order.rawValue, other.order.rawValue),
        ("monitorsTraining", "\(monitorsTraining)", "\(other.monitorsTraining)"),
      ] + other.rules.sorted { $0.key < $1.key }.map { ($0.key, rules[$0.key] ?? "none", $0.value) }
    for (name, found, expected) in pairs where found != expected {
      throw .misfit(file: file, name: name, found: found, expected: expected)
    }
  }
}
