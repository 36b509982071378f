import NNBlas

// The model that a run starts from.

extension TrainSettings {
  /// The result can be written in the file's format.
  func check<S: Scalar>(saving model: Model<S>) throws(UsageError) {
    guard save != nil, !savesModel else { return }
    let hasStandardizer = model.inputStandardizer != nil || model.targetStandardizer != nil
    let misfit = BookFile(network: model.network, cost: model.cost ?? .quadratic).misfit
    guard let why = hasStandardizer ? "the model standardizes" : misfit else { return }
    throw wrong("save", "would be in the book's format, but \(why); give a .safetensors")
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
      if standardizes, model.inputStandardizer != nil {
        throw arguments.contradiction(
          "initial", "standardize", ": the model keeps the means and deviations that it has; leave --standardize out")
      }
    } else {
      let cost = cost ?? .quadratic
      let list = try layers ?? LayerList("\(inputs),30,\(outputs)") { UsageError($0) }
      let layers = list.layers(LayerList.Defaults(activation, cost: cost, isRegression: source.isRegression))
      let first = layers.lazy.compactMap { ($0 as? Dense)?.activation }.first ?? .identity
      model = Model(
        try Network(
          inputs: list.inputs, layers: layers, initializer: initializer ?? .usual(for: first), seed: seed), cost: cost)
    }
    if let other = frozen.first(where: { $0 > model.network.architecture.count }) {
      throw wrong(
        "freeze", "has \(other), expected numbers of the \(model.network.architecture.count) layers, from 1")
    }
    model.network.freeze(frozen.map { $0 - 1 })
    return model
  }
}
