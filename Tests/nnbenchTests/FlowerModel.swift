import Foundation
import NNBlas
import TestSupport
import Testing

/// Three classes, far from 0 and from one another.
func flowerTable(_ columns: [String] = ["a", "b", "kind"], kinds: [Int] = [0, 1, 2]) -> String {
  var random = Philox(seed: 3)
  let names = ["daisy", "lily", "rose"]
  let lines = (0..<90).compactMap { index -> String? in
    let values = [
      "a": "\(100 + 10 * Double(index % 3) + Double.random(in: -1...1, using: &random))",
      "b": "\(Double(index % 3) * -0.01)", "kind": names[index % 3], "note": "x",
    ]
    return kinds.contains(index % 3) ? columns.compactMap { values[$0] }.joined(separator: ",") : nil
  }
  return ([columns.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
}

/// A model of flowers, and its table.
func withFlowerModel(
  _ arguments: [String] = [], _ body: (TemporaryDirectory, _ model: String, _ data: String) throws -> Void
) throws {
  try withTemporaryDirectory { folder in
    try folder.write(Array(flowerTable().utf8), to: "flowers.csv")
    let (model, data) = (folder.path(of: "model.safetensors"), folder.path(of: "flowers.csv"))
    let result = try Tool.run(
      arguments: [
        "train", "--data", data, "--label", "kind", "--standardize", "--layers", "2,8:tanh,3", "--cost",
        "softmax-cross-entropy", "--optimizer", "adam", "--learning-rate", "0.05", "--epochs", "30", "--save", model,
      ] + arguments)
    #expect((result.status, result.errorsOfRun) == (0, ""))
    try body(folder, model, data)
  }
}
