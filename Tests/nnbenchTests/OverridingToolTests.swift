import Foundation
import NNBlas
import TestSupport
import Testing

/// What the command line makes of a configuration.
@Suite("Configurations of nnbench train")
struct OverridingToolTests {
  @Test("Flags override a configuration, what does not go together with them included")
  func overriding() throws {
    try withFlowerModel { folder, model, data in
      let printed = try Tool.run(
        "train", "--data", data, "--label", "kind", "--optimizer", "adam", "--print-config", "--clip-value", "1",
        "--layers",
        "2,4,3", "--validation", "0.2", "--patience", "3", "--epochs", "2")
      try folder.write(Array(printed.output.utf8), to: "config.json")
      let train = ["train", "--config", folder.path(of: "config.json")]
      for flags in [
        ["--initial", model], ["--clip-norm", "2"], ["--optimizer", "sgd"],
        ["--optimizer", "momentum"],
        ["--halve", "2"], ["--target", "b", "--ignore", "kind", "--layers", "1,1"],
      ] {
        let result = try Tool.run(arguments: train + flags)
        #expect((result.status, result.errorsOfRun) == (0, ""))
      }
      // What the file says of adam is not said of another, nor what it says of a plateau of early stopping.
      let rmsprop = try Tool.run(arguments: train + ["--optimizer", "rmsprop", "--print-config"])
      #expect(rmsprop.output.contains("\"beta2\": 0.99,") && rmsprop.output.contains("\"clip-value\": 1.0"))
      let same = try Tool.run(arguments: train + ["--optimizer", "adam", "--learning-rate", "0.5", "--print-config"])
      #expect(same.output == printed.output.replacing("\"learning-rate\": 0.001", with: "\"learning-rate\": 0.5"))
      try folder.write(
        Array(
          #"{"patience": 5, "monitor": "accuracy", "plateau-patience": 3, "minimum-improvement": 0.01, "layers": [2, 3]}"#
            .utf8),
        to: "rules.json")
      let rules = [
        "train", "--config", folder.path(of: "rules.json"), "--data", data, "--label", "kind", "--validation", "9",
      ]
      let halved = try Tool.run(arguments: rules + ["--halve", "3", "--print-config"])
      #expect(
        halved.output.contains("\"monitor\": \"accuracy\"") && halved.output.contains("\"minimum-improvement\": 0.01"))
      #expect(halved.output.contains("\"halve\": 3") && !halved.output.contains("plateau"))
      // What cannot be together is not guessed.
      try folder.write(Array("{\"initial\": \"\(model)\", \"steps\": 7}".utf8), to: "steps.json")
      let steps = ["train", "--config", folder.path(of: "steps.json"), "--data", data, "--label", "kind"]
      for flags in [["--patience", "2"], ["--activation", "relu"], ["--layers", "2,5,3"], ["--schedule", "cosine"]] {
        let result = try Tool.run(arguments: steps + flags)
        #expect(result.status == 64 || result.status == 65, "\(flags)")
      }
      #expect(try Tool.run(arguments: train + ["--steps", "3"]).status == 65)
      #expect(try Tool.run(arguments: steps + ["--epochs", "1"]).output.contains("Trained 1 epoch "))
      // A run that standardizes goes on with its own configuration.
      let standardized = try Tool.run(arguments: train + ["--initial", model, "--standardize"])
      #expect(standardized.status == 64)
      let text = printed.output.replacing("{\n", with: "{\n  \"standardize\": true,\n")
      try folder.write(Array(text.utf8), to: "config.json")
      let again = folder.path(of: "again.safetensors")
      let further = try Tool.run(arguments: train + ["--initial", model, "--save", again])
      #expect((further.status, further.errorsOfRun) == (0, ""))
      #expect(
        try Model<Double>(contentsOf: again).inputStandardizer == Model<Double>(contentsOf: model).inputStandardizer)
    }
  }
}
