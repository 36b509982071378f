import Foundation
import NNBlas

/// What a run learns from and what it is evaluated on, as its settings say.
struct TrainingData {
  private(set) var training: Dataset
  /// What is looked at after every epoch, and by the rules.
  private(set) var evaluation: Dataset?
  /// What the result is measured on, where that is not the evaluation data.
  private(set) var test: Dataset?
  /// `Data: MNIST files in mnist, 50000 training, 10000 test`.
  let summary: String
  /// `4 inputs (a, b, c, d), label kind`, of a table.
  let columns: String?
  let inputNames: [String]?
  let targetNames: [String]?
  // What messages call them.
  private let file: String
  private let testFile: String
  private let isEvaluationSplitOff: Bool
  private(set) var inputStandardizer: Standardizer?
  private(set) var targetStandardizer: Standardizer?

  /// - Parameters:
  ///   - settings: What is asked for.
  ///   - known: What is known of the data.
  ///   - standardizers: Of inputs and targets, where a model that is learnt further has some.
  /// - Throws: `DataError` for data that cannot be used, `UsageError` where settings do not fit them.
  init(
    _ settings: TrainSettings, known: DataSettings.Known,
    standardizers: (inputs: Standardizer?, targets: Standardizer?)
  ) throws {
    let source = settings.source
    let name: String
    isEvaluationSplitOff = settings.validation != nil
    if source.isTable || source.isArray {
      let examples = try source.examples(known: known)
      training = examples.dataset
      (inputNames, targetNames) = (examples.columns?.inputNames, examples.columns?.targetNames)
      columns = examples.columns?.summary
      test = try settings.test.map { try source.tests($0, targets: settings.testTarget, like: examples) }
      name = source.path ?? ""
      (file, testFile) = (source.fileName, ((settings.test ?? "") as NSString).lastPathComponent)
    } else {
      let digits = try Digits.load(directory: source.path)
      try source.check(digits: digits.training, digits.name, known)
      (training, test, name) = (digits.training, digits.test, digits.name)
      (inputNames, targetNames, columns) = (nil, nil, nil)
      (file, testFile) = (name, name)
    }
    var parts: [String] = []
    if let part = settings.validation {
      let split = try Self.split(training, part, settings)
      // Weights are for what is learnt: rules look at the same cost, whatever they look at.
      (training, evaluation) = (split.training, split.validation.unweighted)
      parts.append("\(split.validation.count) validation")
    }
    if let test { parts.append("\(test.count) test") }
    summary = (["Data: \(name), \(training.count) training"] + parts).joined(separator: ", ")
    if settings.validation == nil { (evaluation, test) = (test, nil) }
    if settings.shifts { try shift(settings) }
    (inputStandardizer, targetStandardizer) = standardizers
    if settings.standardizes, inputStandardizer == nil { try fitStandardizers(source, known.cost) }
    training = try standardized(training, settings, file)
    evaluation = try evaluation.map { try standardized($0, settings, evaluationFile) }
    test = try test.map { try standardized($0, settings, testFile) }
    try weighByClass(settings)
    guard training.hasWeight else {
      let flag = settings.source.sampleWeights == nil ? "class-weights" : "sample-weights"
      throw settings.arguments.misfit(
        flag, "leaves every example of the training data a weight of 0, so that nothing would be learnt")
    }
  }

  private var evaluationFile: String { isEvaluationSplitOff ? file : testFile }

  /// All of them can be worked on, the test, which comes last, included.
  func check<S: Scalar>(_ network: Network<S>, _ cost: Cost) throws {
    for (name, dataset) in [(file, training), (evaluationFile, evaluation), (testFile, test)] {
      if let dataset { try network.check(dataset, cost, named: name, in: "train") }
    }
  }

  private static func split(_ dataset: Dataset, _ part: Double, _ settings: TrainSettings) throws -> Dataset.Split {
    let isStratified = dataset.labels != nil
    guard dataset.count >= 2, part < Double(dataset.count) else {
      throw settings.wrong(
        "validation", "is \(settings.validationText), but there are \(counted(dataset.count, "example")) to split")
    }
    return part < 1
      ? try dataset.split(validation: part, seed: settings.seed, stratified: isStratified)
      : try dataset.split(validation: Int(part), seed: settings.seed, stratified: isStratified)
  }

  private mutating func fitStandardizers(_ source: DataSettings, _ cost: Cost) throws(DataError) {
    do throws(DataError) {
      inputStandardizer = try Standardizer(fitting: training)
      if training.labels == nil, !cost.isOfProbabilities {
        targetStandardizer = try Standardizer(fittingTargetsOf: training)
      }
    } catch .argument(_, let name, let found, let expected) {
      throw .argument(operation: source.fileName, name: name, found: found, expected: expected)
    }
  }

  private mutating func shift(_ settings: TrainSettings) throws {
    let width = Int(Double(training.inputWidth).squareRoot().rounded())
    guard width * width == training.inputWidth else {
      throw settings.wrong(
        "shifts", "is for square images, but an input is \(training.inputWidth) numbers; leave it out")
    }
    training = try training.expandedByShifts()
  }

  private func standardized(_ dataset: Dataset, _ settings: TrainSettings, _ file: String) throws -> Dataset {
    try naming(file, in: settings.precision) {
      let inputs = try inputStandardizer?.standardizingInputs(of: dataset, precision: settings.precision) ?? dataset
      return try targetStandardizer?.standardizingTargets(of: inputs) ?? inputs
    }
  }

  private mutating func weighByClass(_ settings: TrainSettings) throws {
    guard settings.balancesClasses || settings.classWeights != nil else { return }
    guard let labels = training.labels else {
      throw settings.wrong("class-weights", "needs labels, but the targets are numbers; leave it out")
    }
    let classes = training.targetWidth
    if let weights = settings.classWeights, weights.count != classes {
      throw settings.wrong(
        "class-weights", "has \(counted(weights.count, "weight")), expected \(classes), one for each class")
    }
    if settings.balancesClasses, let absent = Set(0..<classes).subtracting(labels).min() {
      throw settings.wrong(
        "class-weights",
        "is balanced, but there is no example of class \(training.classNames?[absent] ?? "\(absent)") to learn from; give \(classes) numbers"
      )
    }
    do {
      training = try training.weighted(
        byClass: settings.classWeights ?? ClassWeights.balanced(labels, classes: classes))
    } catch DataError.weight(_, let value, _) {
      throw settings.wrong(
        "class-weights", "leaves an example a weight of \(value), expected numbers that stay finite in f32")
    }
  }
}
