import NNBlas

// What settings have to agree in.

extension TrainSettings {
  /// No setting contradicts another.
  func check(_ arguments: Arguments) throws(UsageError) {
    if save == "-" { throw arguments.wrong("save", "is -, expected a file; standard output has the report") }
    if let save, !savesModel, !save.lowercased().hasSuffix(".json") {
      throw arguments.wrong(
        "save",
        "is '\(save)', expected a name that ends in .safetensors, or in .json for the format of the book's network2.py")
    }
    if activation == .softmax {
      throw arguments.wrong(
        "activation", "is softmax, which is for the last layer alone; write it behind that, as 10:softmax")
    }
    for (one, other) in [
      ("initial", "initializer"), ("initial", "activation"), ("until-accuracy", "steps"),
    ] where arguments.has(one) && arguments.has(other) {
      throw arguments.contradiction(one, other)
    }
    if steps != nil, optimization.hasSchedule { throw arguments.contradiction("steps", "schedule") }
    if let validation, !(validation > 0 && (validation < 1 || validation == validation.rounded() && validation < 2e9)) {
      throw arguments.wrong(
        "validation", "is \(validation), expected a part below 1, as 0.2, or a whole number of examples")
    }
    if let test, !(source.isTable && DataSettings.isTable(test) || source.isArray && DataSettings.isArray(test)) {
      throw arguments.wrong("test", "is '\(test)', expected a table or .npy as with --data; of digits use --validation")
    }
    if test.map(DataSettings.isArray) ?? false != (testTarget != nil) {
      throw arguments.wrong(
        testTarget == nil ? "test" : "test-target", "needs both --test and --test-target, files of .npy")
    }
    if shifts, standardizes { throw arguments.contradiction("shifts", "standardize") }
    if shifts, source.isTable {
      throw arguments.wrong("shifts", "is for images, expected digits or an .npy of them with --data")
    }
    if standardizes, save != nil, !savesModel {
      throw arguments.contradiction(
        "save", "standardize", ": the book's format has no means and deviations; leave one out, or save a .safetensors")
    }
    if source.isRegression, save != nil, !savesModel {
      throw arguments.contradiction(
        "save", "target", ": networks in the book's format name classes; save a .safetensors")
    }
    if let layers, activation != .sigmoid, !layers.usesActivation {
      throw wrong(
        "activation",
        "is for layers of neurons without one, and \(arguments.label("layers")) says that of each; leave it out")
    }
    if steps == nil { try optimization.check(arguments, epochs: epochs) }
    // Of digits there are always some to look at, and labels.
    try rules.check(
      arguments, hasEvaluation: validation != nil || test != nil || !(source.isTable || source.isArray),
      hasLabels: !source.isRegression)
    try checkBookFormat(arguments)
  }

  /// The book's format can hold what is to be written in it.
  private func checkBookFormat(_ arguments: Arguments) throws(UsageError) {
    guard save != nil, !savesModel else { return }
    let remedy = "; leave one out, or save a .safetensors"
    if activation != .sigmoid {
      throw arguments.contradiction(
        "save", "activation", value: "\(activation)", ": the book's format has sigmoid layers only" + remedy)
    }
    guard let cost, ![.quadratic, .crossEntropy].contains(cost) else { return }
    throw arguments.contradiction(
      "save", "cost", value: "\(cost)",
      ": the book's format has the costs quadratic and \(Cost.crossEntropy) only\(remedy), or give one of them")
  }

  /// What depends on the data fits them.
  func check(_ data: TrainingData) throws(UsageError) {
    if data.training.labels != nil { try arguments.check(topK: rules.topK, classes: data.training.targetWidth) }
    if let steps {
      try optimization.check(arguments, steps: steps, batchesPerEpoch: batchesPerEpoch(of: data))
    }
  }
}
