import Foundation
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

  /// The same as a run's own file, which may be read from another folder.
  func runConfiguration<S: Scalar>(_ model: Model<S>) -> String {
    var values = resolved(model)
    var files = ["data", "test", "test-target", "target", "label", "initial", "save"]
    if source.isArray { files.append("sample-weights") } else { files.removeAll { ["target", "label"].contains($0) } }
    for name in files { values[name] = values[name].map { URL(fileURLWithPath: $0).path } }
    return Configuration.document(values, Self.options)
  }
}
