import Foundation
import NNBlas
import TestSupport
import Testing

/// What tests of runs have in common: a table, settings, and files to look at.
class RunToolSuite {
  /// Three classes that overlap: 1000 examples to learn from, and 100 to look at.
  static let table: String = {
    var random = Philox(seed: 5)
    let lines = (0..<1100).map { index in
      let numbers = (0..<4).map { _ in "\(Double(index % 3) + Double.random(in: -1...1, using: &random))" }
      return numbers.joined(separator: ",") + ",k\(index % 3)"
    }
    return (["a,b,c,d,kind"] + lines).joined(separator: "\n") + "\n"
  }()

  func withData(_ body: (TemporaryDirectory) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.table.utf8), to: "data.csv")
      try body(folder)
    }
  }

  func settings(
    _ folder: TemporaryDirectory, layers: String = "4,500:relu,dropout(0.2),3", logSteps: Int = 5
  ) -> [String] {
    [
      "train", "--data", folder.path(of: "data.csv"), "--label", "kind", "--layers", layers, "--precision", "f32",
      "--cost", "softmax-cross-entropy", "--optimizer", "adam", "--learning-rate", "0.001", "--batch", "50",
      "--validation", "100", "--patience", "1000000", "--checkpoint-every", "7", "--log-steps", "\(logSteps)",
    ]
  }

  /// Twenty steps an epoch.
  func train(_ folder: TemporaryDirectory, _ run: String, epochs: Int = 4, _ more: String...) throws -> Tool {
    try Tool.run(arguments: settings(folder) + ["--epochs", "\(epochs)", "--run", folder.path(of: run)] + more)
  }

  func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  func lines(_ path: String) throws -> [[String: Any]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }
}
