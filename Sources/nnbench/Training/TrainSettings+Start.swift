import NNBlas

// The model that a run starts from.

extension TrainSettings {
  /// The result can be written in the file's format.
  ///
  /// - Parameters:
  ///   - model: The result.
  ///   - classNames: What its classes are called, where they have names.
  /// - Throws: `UsageError` where it cannot.
  func check<S: Scalar>(saving model: Model<S>, classNames: [String]? = nil) throws(UsageError) {
    guard save != nil, !savesModel else { return }
    let hasStandardizer = model.inputStandardizer != nil || model.targetStandardizer != nil
    let hasNames = classNames.map { $0 != $0.indices.map(String.init) } ?? false
    let misfit = BookFile(network: model.network, cost: model.cost ?? .quadratic).misfit
    let why =
      hasStandardizer
      ? "the model standardizes"
      : hasNames ? "that has no names of classes, which are the numbers from 0 on" : misfit
    if let why { throw wrong("save", "would be in the book's format, but \(why); give a .safetensors") }
  }

  /// Whether there is a model before there are data.
  var hasStart: Bool { layers != nil || initial != nil }

  /// The model to start from, with the cost to make smaller.
  ///
  /// - Parameters:
  ///   - inputs: As many as an example has, where nothing says it.
  ///   - outputs: Likewise.
  /// - Returns: The model.
  /// - Throws: `ModelFileError` for a file that cannot be used, `UsageError` where its network is not that of `--layers`.
  func start<S: Scalar>(inputs: Int = 0, outputs: Int = 0) throws -> Model<S> {
    var model: Model<S>
    if let initial {
      model = try savedModel(initial, as: S.self)
      model.cost = cost ?? model.cost
      if let layers, !layers.describes(model.network) {
        throw wrong(
          "layers",
          "is '\(arguments.string("layers") ?? "")', but the network in \(initial) is "
            + "\(LayerList.text(of: model.network)); leave --layers out")
      }
      if model.targetStandardizer != nil {
        guard source.isRegression else {
          throw arguments.contradiction(
            "initial", arguments.has("label") ? "label" : "data",
            ": the model learns numbers, which it standardizes; give --target, or start with --layers")
        }
        guard model.cost?.isOfProbabilities != true else {
          throw wrong(
            "cost",
            "is \(cost ?? .quadratic), of probabilities, but the model in \(initial) standardizes targets; give another"
          )
        }
      }
      // A file's is fulfilled: the model has its means, and keeps them.
      if standardizes, !arguments.isInFile("standardize"), model.inputStandardizer != nil {
        throw arguments.contradiction(
          "initial", "standardize", ": the model keeps the means and deviations that it has; leave --standardize out")
      }
    } else {
      let cost = cost ?? .quadratic
      let list = try layers ?? LayerList("\(inputs),30,\(outputs)") { UsageError($0) }
      let layers = list.layers(LayerList.Defaults(activation, cost: cost, isRegression: source.isRegression))
      let first = layers.lazy.compactMap { ($0 as? Dense)?.activation }.first ?? .identity
      do throws(ShapeError) {
        model = Model(
          try Network(
            inputs: list.inputs, layers: layers, initializer: initializer ?? .usual(for: first), seed: seed),
          cost: cost)
      } catch {
        throw UsageError("\(arguments.label("layers")): \(error)", isInFile: arguments.isInFile("layers"))
      }
    }
    try check(model.cost ?? .quadratic, model.network)
    try freeze(&model.network)
    return model
  }

  /// The last layer ends in what the cost takes.
  private func check<S: Scalar>(_ cost: Cost, _ network: Network<S>) throws(UsageError) {
    guard let expected = cost.outputActivations, !expected.contains(network.outputActivation) else { return }
    let words = expected.map(\.description).joined(separator: " or ")
    let found = "ends in \(network.outputActivation), expected \(words)"
    guard let initial else { throw wrong("layers", "\(found) for the cost \(cost)") }
    guard self.cost == nil else {
      throw wrong("cost", "is \(cost), but the network in \(initial) \(found) for that; give another")
    }
    throw wrong("initial", "is \(initial), whose network \(found) for its cost \(cost); give another --cost")
  }

  /// What was frozen in a file stays so unless it is said otherwise.
  private func freeze<S: Scalar>(_ network: inout Network<S>) throws(UsageError) {
    let count = network.architecture.count
    if let frozen {
      if let other = frozen.first(where: { $0 > count }) {
        throw wrong("freeze", "has \(other), expected numbers of the \(count) layers, from 1")
      }
      network.freeze(0..<count, false)
      network.freeze(frozen.map { $0 - 1 })
    }
    guard !network.learns else { return }
    guard frozen == nil else {
      throw wrong("freeze", "has every layer that has parameters, so that nothing would be learnt; name fewer, or none")
    }
    throw wrong(
      initial == nil ? "layers" : "initial",
      "has no layer with parameters that is not frozen, so that nothing would be learnt"
        + (network.parameterCount > 0 ? "; give --freeze none" : ""))
  }
}
