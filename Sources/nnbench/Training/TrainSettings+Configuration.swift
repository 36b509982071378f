import NNBlas

// Settings as they are printed, to be fed back.

extension TrainSettings {
  /// The flags that give the same run, with all that was left out.
  func resolved<S: Scalar>(_ model: Model<S>) -> [String: String] {
    var values = optimization.resolved.merging(rules.resolved) { $1 }.merging(source.resolved) { $1 }
    values.merge(run.resolved) { $1 }
    values["cost"] = "\(model.cost ?? .quadratic)"
    (values["batch"], values["order"], values["seed"]) = ("\(batch)", order.rawValue, "\(seed)")
    (values["precision"], values["threads"]) = (precision.rawValue, threads.map(String.init) ?? "auto")
    if let initial {
      values["initial"] = initial
    } else {
      values["layers"] = LayerList.text(of: model.network)
      let first = model.network.activations.first ?? .identity
      values["initializer"] = (initializer ?? .usual(for: first)).rawValue
    }
    if let steps { values["steps"] = "\(steps)" } else { values["epochs"] = "\(epochs)" }
    if steps != nil { values["schedule"] = nil }
    (values["test"], values["test-target"], values["save"]) = (test, testTarget, save)
    values["sample-weights"] = source.sampleWeights
    values["validation"] = validation.map { $0 < 1 ? "\($0)" : "\(Int($0))" }
    if standardizes { values["standardize"] = "" }
    if shifts { values["shifts"] = "" }
    values["class-weights"] =
      balancesClasses ? "balanced" : classWeights.map { $0.map { "\($0)" }.joined(separator: ",") }
    let frozen = model.network.architecture.indices.filter(model.network.isFrozen).map { "\($0 + 1)" }
    if self.frozen != nil || !frozen.isEmpty {
      values["freeze"] = frozen.isEmpty ? "none" : frozen.joined(separator: ",")
    }
    return values
  }

  /// The same as a file.
  func configuration<S: Scalar>(_ model: Model<S>) -> String {
    Configuration.document(resolved(model), Self.options)
  }
}
