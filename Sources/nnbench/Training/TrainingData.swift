import NNBlas

/// What a run learns from and what it is evaluated on, as its settings say.
struct TrainingData {
  let training: Dataset
  let evaluation: Dataset?
  /// `Data: MNIST files in mnist, 50000 training, 10000 test`.
  let summary: String
  let inputNames: [String]?
  let inputStandardizer: Standardizer?
  let targetStandardizer: Standardizer?

  /// - Throws: `DataError` for data that cannot be used, `UsageError` where settings do not fit them.
  init(_ settings: TrainSettings) throws {
    let source = settings.source
    var (training, evaluation): (Dataset, Dataset?)
    let name: String
    var kind = "test"
    if source.isTable || source.isArray {
      let examples = try source.examples()
      (training, inputNames) = (examples.dataset, examples.inputNames)
      evaluation = try settings.test.map { try source.examples($0, classNames: training.classNames).dataset }
      name = source.path ?? ""
    } else {
      let digits = try Digits.load(directory: source.path)
      (training, evaluation, name, inputNames) = (digits.training, digits.test, digits.name, nil)
    }
    if let part = settings.validation {
      let isStratified = training.labels != nil
      let split =
        part < 1
        ? try training.split(validation: part, seed: settings.seed, stratified: isStratified)
        : try training.split(validation: Int(part), seed: settings.seed, stratified: isStratified)
      (training, evaluation, kind) = (split.training, split.validation, "validation")
    }
    if settings.shifts { training = try training.expandedByShifts() }
    if settings.standardizes {
      let inputs = try Standardizer(fitting: training)
      training = try inputs.standardizingInputs(of: training, precision: settings.precision)
      evaluation = try evaluation.map { try inputs.standardizingInputs(of: $0, precision: settings.precision) }
      inputStandardizer = inputs
      if training.labels == nil {
        let targets = try Standardizer(fittingTargetsOf: training)
        training = try targets.standardizingTargets(of: training)
        evaluation = try evaluation.map { try targets.standardizingTargets(of: $0) }
        targetStandardizer = targets
      } else {
        targetStandardizer = nil
      }
    } else {
      (inputStandardizer, targetStandardizer) = (nil, nil)
    }
    if settings.balancesClasses || settings.classWeights != nil {
      guard let labels = training.labels else {
        throw UsageError("--class-weights needs labels, but the targets are numbers; leave it out")
      }
      training = try training.weighted(
        byClass: settings.classWeights ?? ClassWeights.balanced(labels, classes: training.targetWidth))
    }
    (self.training, self.evaluation) = (training, evaluation)
    summary =
      "Data: \(name), \(training.count) training" + (evaluation.map { ", \($0.count) \(kind)" } ?? "")
  }
}
