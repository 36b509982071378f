import Foundation
import NNBlas
import TestSupport
import Testing

/// What a saved model says of its data is kept to, whoever uses it.
@Suite("Models of nnbench train")
struct ModelToolTests {
  /// Three classes, far from 0 and from one another.
  private static func flowers(_ columns: [String] = ["a", "b", "kind"], kinds: [Int] = [0, 1, 2]) -> String {
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
  private func withModel(
    _ arguments: [String] = [], _ body: (TemporaryDirectory, _ model: String, _ data: String) throws -> Void
  ) throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.flowers().utf8), to: "flowers.csv")
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

  @Test("A model that is learnt further keeps its means, its classes and its columns")
  func further() throws {
    try withModel { folder, model, _ in
      // Two of the three classes, columns in another order, one more.
      try folder.write(Array(Self.flowers(["kind", "note", "b", "a"], kinds: [1, 2]).utf8), to: "more.csv")
      let again = folder.path(of: "again.safetensors")
      let more = ["train", "--initial", model, "--data", folder.path(of: "more.csv"), "--label", "kind"]
      let result = try Tool.run(
        arguments: more + ["--validation", "0.2", "--learning-rate", "1e-9", "--epochs", "1", "--save", again])
      #expect((result.status, result.errorsOfRun) == (0, ""))
      #expect(result.accuracy == 1)
      let (before, after) = (try Model<Double>(contentsOf: model), try Model<Double>(contentsOf: again))
      #expect(after.classNames == ["daisy", "lily", "rose"] && after.inputNames == ["a", "b"])
      #expect(after.inputStandardizer == before.inputStandardizer && after.inputStandardizer != nil)
      #expect(after.task == .classification)
      let refused = try Tool.run(arguments: more + ["--standardize"])
      #expect(refused.status == 64)
      #expect(
        refused.errorsOfRun.contains(
          "--initial and --standardize contradict each other: the model keeps the means and deviations that it has; leave "
            + "--standardize out"))
      // In the other precision as well, and told so by the file.
      let single = try Tool.run(
        arguments: more + ["--precision", "f32", "--epochs", "1", "--learning-rate", "1e-9", "--save", again])
      #expect((single.status, single.errorsOfRun) == (0, ""))
      #expect(try modelPrecision(of: again) == .f32)
      let printed = try Tool.run("train", "--initial", again, "--print-config")
      #expect(printed.output.contains(#""precision": "f32""#))
    }
  }

  @Test("Columns are found by their names, and a missing one is named")
  func names() throws {
    try withModel { folder, model, data in
      try folder.write(Array(Self.flowers(["b", "note", "a"]).utf8), to: "new.csv")
      let (one, two) = (
        try Tool.run("predict", "--model", model, "--data", data),
        try Tool.run("predict", "--model", model, "--data", folder.path(of: "new.csv"))
      )
      #expect(one.status == 0 && one.output == two.output && one.output.hasPrefix("class,probability\ndaisy,0.9"))
      try folder.write(Array(Self.flowers(["kind", "b", "a"]).utf8), to: "turned.csv")
      let turned = try Tool.run(
        "evaluate", "--model", model, "--data", folder.path(of: "turned.csv"), "--label", "kind")
      #expect(turned.status == 0 && turned.accuracy == 1, "\(turned.errors)")
      try folder.write(Array(Self.flowers(["note", "a"]).utf8), to: "less.csv")
      let less = try Tool.run("predict", "--model", model, "--data", folder.path(of: "less.csv"))
      #expect(less.status == 65 && less.errorsOfRun.contains("less.csv: there is no column b"), "\(less.errorsOfRun)")
      // Where there can be no answer there is no header either.
      try NPY.write(Matrix<Double>(rows: 4, columns: 3), to: folder.path(of: "wide.npy"))
      let wide = try Tool.run("predict", "--model", model, "--data", folder.path(of: "wide.npy"))
      #expect(wide.status == 65 && wide.output == "", "\(wide.output)")
      // A test's columns are found by name as well.
      try folder.write(Array(Self.flowers(["note", "kind", "b", "a"]).utf8), to: "test.csv")
      let tested = try Tool.run(
        "train", "--data", data, "--label", "kind", "--test", folder.path(of: "test.csv"), "--validation", "0.1",
        "--standardize", "--layers", "2,8:tanh,3", "--cost", "softmax-cross-entropy", "--optimizer", "adam",
        "--learning-rate", "0.05", "--epochs", "30", "--patience", "30")
      #expect((tested.status, tested.errorsOfRun) == (0, ""))
      #expect(tested.output.contains("flowers.csv, 81 training, 9 validation, 90 test\n"))
      #expect(tested.output.contains("\nMetrics of 90 test examples:\n  accuracy 1.0, "))
    }
  }

  @Test("Data without some of the classes are measured with all of them")
  func fewerClasses() throws {
    try withTemporaryDirectory { folder in
      let (inputs, labels, model) = (
        folder.path(of: "x.npy"), folder.path(of: "y.npy"), folder.path(of: "model.safetensors")
      )
      try NPY.write(Matrix<Double>(rows: 30, columns: 2, elements: (0..<60).map { Double($0 / 2 % 3) }), to: inputs)
      try NPY.write((0..<30).map { $0 % 3 }, to: labels)
      // Ten outputs, of which the data have three.
      let result = try Tool.run(
        "train", "--data", inputs, "--label", labels, "--layers", "2,5:tanh,10", "--cost", "softmax-cross-entropy",
        "--epochs", "2", "--learning-rate", "0.1", "--save", model)
      #expect((result.status, result.errorsOfRun) == (0, ""))
      let evaluated = try Tool.run("evaluate", "--model", model, "--data", inputs, "--label", labels)
      #expect((evaluated.status, evaluated.errorsOfRun) == (0, ""))
      let beyond = try Tool.run("evaluate", "--model", model, "--data", inputs, "--label", labels, "--top-k", "11")
      #expect(beyond.status == 64)
      #expect(beyond.errorsOfRun.contains("--top-k has 11, expected at most 10, the number of classes"))
    }
  }

  /// Of 0 to 255, and a classifier that tells dark from bright: it would be wrong on bytes that are not divided.
  @Test("The mean of parameters is what early stopping looks at, keeps and saves")
  func averaging() throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.flowers().utf8), to: "flowers.csv")
      let (data, model) = (folder.path(of: "flowers.csv"), folder.path(of: "model.safetensors"))
      let train = [
        "train", "--data", data, "--label", "kind", "--test", data, "--standardize", "--layers", "2,8:tanh,3", "--cost",
        "softmax-cross-entropy", "--optimizer", "adam", "--learning-rate", "0.05", "--epochs", "4", "--save", model,
      ]
      #expect(try Tool.run(arguments: train).status == 0)
      let plain = try Network<Double>(contentsOf: model)
      for patience in [[], ["--patience", "3"]] {
        let result = try Tool.run(arguments: train + ["--averaging", "0.99"] + patience)
        #expect((result.status, result.errorsOfRun) == (0, ""))
        #expect(try Network<Double>(contentsOf: model) != plain)
        let evaluated = try Tool.run("evaluate", "--model", model, "--data", data, "--label", "kind")
        let last = result.output.firstMatch(of: /Epoch 4\/4: (\d+)\/90 correct/).flatMap { Double($0.1) }
        let found = try #require(evaluated.accuracy)
        #expect(last.map { abs($0 / 90 - found) < 1e-4 } == true, "\(result.output)\(evaluated.output)")
      }
    }
  }

  @Test("Whether targets were labels decides how answers are told")
  func tasks() throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.flowers().utf8), to: "flowers.csv")
      let (data, model) = (folder.path(of: "flowers.csv"), folder.path(of: "model.safetensors"))
      let quadratic = try Tool.run(
        "train", "--data", data, "--label", "kind", "--standardize", "--epochs", "1", "--save", model)
      #expect((quadratic.status, quadratic.errorsOfRun) == (0, ""))
      let classes = try Tool.run("predict", "--model", model, "--data", data)
      #expect(classes.output.hasPrefix("class,output\n") && classes.output.contains("\nrose,0."))
      // Two answers of yes and no at once.
      let lines = (0..<20).map { "\($0),\($0 % 2),\($0 / 10)" }
      try folder.write(Array((["x,odd,large"] + lines).joined(separator: "\n").utf8), to: "labels.csv")
      let both = folder.path(of: "labels.csv")
      let multiple = try Tool.run(
        "train", "--data", both, "--target", "odd,large", "--cost", "cross-entropy", "--epochs", "1", "--save", model)
      #expect((multiple.status, multiple.errorsOfRun) == (0, ""))
      let answers = try Tool.run("predict", "--model", model, "--data", both)
      #expect(answers.output.hasPrefix("odd,large\n0.") && answers.output.split(separator: "\n").count == 21)
      let turned = try Tool.run("evaluate", "--model", model, "--data", both, "--target", "large,odd")
      #expect(turned.status == 64)
      #expect(
        turned.errorsOfRun.contains(
          "--target is large,odd, but the model's outputs are odd,large; give them in that order"))
      let objects = try Tool.run("predict", "--model", model, "--data", both, "--output", "jsonl")
      #expect(objects.output.hasPrefix(#"{"outputs":[0."#))
    }
  }

  @Test("A model without names knows its classes by number, and is not taken for one of others")
  func namelessClasses() throws {
    try withTemporaryDirectory { folder in
      let model = folder.path(of: "model.safetensors")
      try Model(Network<Double>(sizes: [1, 3], seed: 1), cost: .crossEntropy).save(to: model)
      func train(_ labels: String, _ more: String...) throws -> Tool {
        let lines = labels.split(separator: " ").enumerated().map { "\($0),\($1)" }
        try folder.write(Array((["x,kind"] + lines).joined(separator: "\n").utf8), to: "data.csv")
        return try Tool.run(
          arguments: ["train", "--data", folder.path(of: "data.csv"), "--label", "kind", "--epochs", "1"] + more)
      }
      let others = try train("2 3 4", "--initial", model)
      #expect(others.status == 65)
      #expect(
        others.errorsOfRun.contains(
          "data.csv: 3 classes (2, 3, 4), expected numbers from 0 to 2: the model has no names for its outputs"))
      let again = folder.path(of: "again.safetensors")
      for start in [["--initial", model], ["--layers", "1,3"]] {
        let fewer = try Tool.run(
          arguments: ["train", "--data", folder.path(of: "data.csv"), "--label", "kind", "--epochs", "1"] + start)
        #expect(fewer.status == (start[0] == "--initial" ? 65 : 0))
      }
      // Two of three.
      #expect(try train("0 2 2", "--initial", model, "--save", again).status == 0)
      #expect(try Model<Double>(contentsOf: again).classNames == ["0", "1", "2"])
      #expect(try train("0 2 2", "--layers", "1,3", "--save", again).status == 0)
      #expect(try Model<Double>(contentsOf: again).classNames == ["0", "1", "2"])
      let texts = try train("a b a", "--layers", "1,3")
      #expect(texts.status == 65)
      #expect(texts.errorsOfRun.contains("data.csv: 2 classes (a, b), expected 3, one for each output of the network"))
      let alone = try train("a a a")
      #expect(alone.status == 65 && alone.errorsOfRun.contains("data.csv: 1 class (a), expected two or more"))
    }
  }

  @Test("Labels of arrays are the classes that a model calls so")
  func labelsOfArrays() throws {
    try withTemporaryDirectory { folder in
      let lines = (0..<60).map { "\($0 % 3 * 4),\($0 % 3 + 1)" }
      try folder.write(Array((["x,kind"] + lines).joined(separator: "\n").utf8), to: "data.csv")
      let (data, model) = (folder.path(of: "data.csv"), folder.path(of: "model.safetensors"))
      let trained = try Tool.run(
        "train", "--data", data, "--label", "kind", "--layers", "1,8:tanh,3", "--cost", "softmax-cross-entropy",
        "--standardize", "--optimizer", "adam", "--learning-rate", "0.05", "--epochs", "60", "--save", model)
      #expect((trained.status, trained.errorsOfRun) == (0, ""))
      let (x, y) = (folder.path(of: "x.npy"), folder.path(of: "y.npy"))
      try NPY.write(Matrix<Double>(rows: 60, columns: 1, elements: (0..<60).map { Double($0 % 3 * 4) }), to: x)
      try NPY.write((0..<60).map { $0 % 3 + 1 }, to: y)
      let evaluated = try Tool.run("evaluate", "--model", model, "--data", x, "--label", y)
      #expect(evaluated.status == 0 && evaluated.accuracy == 1, "\(evaluated)")
      // Further training, and what it is measured on.
      let more = try Tool.run(
        "train", "--initial", model, "--data", x, "--label", y, "--learning-rate", "1e-9", "--epochs", "1", "--test", x,
        "--test-target", y)
      #expect(more.status == 0 && more.accuracy == 1, "\(more)")
      try NPY.write((0..<60).map { $0 % 3 }, to: y)
      let wrong = try Tool.run("evaluate", "--model", model, "--data", x, "--label", y)
      #expect(wrong.status == 65)
      #expect(wrong.errorsOfRun.contains("y.npy: label 0 in row 0, expected one of the classes 1, 2, 3"))
      var mixed = try Model<Double>(contentsOf: model)
      mixed.classNames = ["1", "2", "x"]
      try mixed.save(to: folder.path(of: "mixed.safetensors"))
      let some = try Tool.run("evaluate", "--model", folder.path(of: "mixed.safetensors"), "--data", x, "--label", y)
      #expect(
        some.status == 65 && some.errorsOfRun.contains("labels are numbers, but the classes are 1, 2, x, of which some")
      )
      // An array to predict from has inputs alone.
      let labelled = try Tool.run("predict", "--model", model, "--data", x, "--label", "nosuch.npy")
      #expect(labelled.status == 64 && labelled.errorsOfRun.contains("--label is for tables, and an array has inputs"))
    }
  }

  @Test("Probabilities are told as such, under the names of their targets, whatever the network ends in")
  func probabilities() throws {
    try withTemporaryDirectory { folder in
      let lines = (0..<60).map { index in
        let p = 0.2 + 0.01 * Double(index)
        return "\(index),\(p),\(1 - p)"
      }
      try folder.write(Array((["x,p,q"] + lines).joined(separator: "\n").utf8), to: "data.csv")
      let (data, model) = (folder.path(of: "data.csv"), folder.path(of: "model.safetensors"))
      for (cost, target) in [("softmax-cross-entropy", "p,q"), ("cross-entropy", "p,q"), ("cross-entropy", "p")] {
        for end in ["identity", cost == "cross-entropy" ? "sigmoid" : "softmax"] {
          let flags = ["--data", data, "--target", target] + (target == "p" ? ["--ignore", "q"] : [])
          let trained = try Tool.run(
            arguments: ["train"] + flags + [
              "--layers", "1,8:tanh,\(target == "p" ? 1 : 2):\(end)", "--cost", cost, "--standardize", "--optimizer",
              "adam",
              "--learning-rate", "0.05", "--epochs", "60", "--save", model,
            ])
          #expect((trained.status, trained.errorsOfRun) == (0, ""))
          let predicted = try Tool.run("predict", "--model", model, "--data", data)
          let answers = predicted.output.split(separator: "\n")
          #expect(answers.first.map(String.init) == target)
          let first = answers.dropFirst().compactMap { Double($0.split(separator: ",")[0]) }
          #expect(
            first.count == 60 && zip(first, 0...).allSatisfy { abs($0 - 0.2 - 0.01 * Double($1)) < 0.05 }, "\(first)")
          let r2 = try Tool.run(arguments: ["evaluate", "--model", model] + flags).output.firstMatch(of: /R² ([-\d.]+)/)
          #expect(r2.flatMap { Double($0.1) }.map { $0 > 0.95 } == true)
        }
      }
    }
  }

  @Test("What has reached a target is kept, and else it is said which epoch the network is of")
  func whichEpoch() throws {
    try withModel { folder, model, data in
      let train = [
        "train", "--data", data, "--label", "kind", "--test", data, "--standardize", "--cost", "softmax-cross-entropy",
        "--optimizer", "adam", "--learning-rate", "0.05", "--patience", "40", "--save", model,
      ]
      // Accuracy is at its best long before.
      let reached = try Tool.run(
        arguments: train + ["--epochs", "60", "--monitor", "accuracy", "--until-cost", "0.05"])
      #expect(reached.status == 0 && !reached.output.contains("the network is that"), "\(reached.output)")
      let cost = try Tool.run("evaluate", "--model", model, "--data", data, "--label", "kind").output
        .firstMatch(of: /Cost: ([\d.e-]+)/).flatMap { Double($0.1) }
      #expect(cost.map { $0 <= 0.05 } == true)
      let completed = try Tool.run(arguments: train + ["--epochs", "3", "--monitor", "accuracy"])
      #expect(completed.output.contains(/\nThe network is that of epoch \d, the best\n/), "\(completed.output)")
    }
  }

  @Test("Flags override a configuration, what does not go together with them included")
  func overriding() throws {
    try withModel { folder, model, data in
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

  @Test("Digits are not measured as other classes, and targets may have other names")
  func otherData() throws {
    try withSmallMNIST { digits in
      let lines = (0..<20).map { "\($0),1,\($0 % 7),2,\("abcdefghij".map(String.init)[$0 % 10])" }
      try digits.write(Array((["p,q,r,s,kind"] + lines).joined(separator: "\n").utf8), to: "letters.csv")
      let (data, model) = (digits.path(of: "letters.csv"), digits.path(of: "model.safetensors"))
      let train = ["train", "--data", data, "--epochs", "1", "--learning-rate", "1e-3", "--save", model]
      #expect(try Tool.run(arguments: train + ["--label", "kind"]).status == 0)
      for command in ["evaluate --model", "train --initial"] {
        let result = try Tool.run(
          arguments: command.split(separator: " ").map(String.init) + [model, "--data", digits.path])
        #expect(result.status == 65)
        #expect(result.errorsOfRun.contains("the digits 0 to 9, expected the classes a, b, c, d, e, f, g, h, i, j of"))
      }
      #expect(try Tool.run(arguments: train + ["--target", "r,s", "--ignore", "kind"]).status == 0)
      let renamed = "p,q,u,v\n1,2,3,4\n2,3,4,5\n"
      try digits.write(Array(renamed.utf8), to: "renamed.csv")
      let evaluate = ["evaluate", "--model", model, "--data", digits.path(of: "renamed.csv"), "--target"]
      #expect(try Tool.run(arguments: evaluate + ["u,v"]).status == 0)
      try digits.write(Array(renamed.replacing("u,v", with: "s,u").utf8), to: "renamed.csv")
      let moved = try Tool.run(arguments: evaluate + ["s,u"])
      #expect(moved.status == 64)
      #expect(moved.errorsOfRun.contains("--target is s,u, but the model's outputs are r,s; give them in that order"))
    }
  }

  @Test("A model is measured as what it was trained for")
  func measuredAsTrained() throws {
    try withModel { folder, model, data in
      let numbers = try Tool.run("evaluate", "--model", model, "--data", data, "--target", "a,b,kind")
      #expect(numbers.status == 64)
      #expect(
        numbers.errorsOfRun.contains("--target is for numbers, but the model names classes; give their column to"))
      let regression = folder.path(of: "regression.safetensors")
      let train = ["train", "--data", data, "--ignore", "kind", "--target", "b", "--epochs", "1", "--save", regression]
      #expect(try Tool.run(arguments: train).status == 0)
      let classes = try Tool.run("evaluate", "--model", regression, "--data", data, "--label", "kind")
      #expect(classes.status == 64)
      #expect(
        classes.errorsOfRun.contains("--label is for classes, but the model's outputs are numbers; give theirs to"))
      let digits = try Tool.run("evaluate", "--model", regression)
      #expect(
        digits.status == 64
          && digits.errorsOfRun.contains("--data is missing, and digits are classes, but the model's"),
        "\(digits.errorsOfRun)")
      // What the outputs are called stays, though arrays have no names.
      let (x, again) = (folder.path(of: "x.npy"), folder.path(of: "again.safetensors"))
      try NPY.write(Matrix<Double>(rows: 4, columns: 1, elements: [1, 2, 3, 4]), to: x)
      let more = [
        "train", "--initial", regression, "--data", x, "--target", x, "--learning-rate", "1e-6", "--epochs", "1",
      ]
      #expect(try Tool.run(arguments: more + ["--save", again]).status == 0)
      #expect(try Model<Double>(contentsOf: again).targetNames == ["b"])
    }
  }

  @Test("Layers of a file stay frozen until a flag says otherwise, and a configuration says which")
  func frozen() throws {
    try withModel(["--freeze", "1"]) { folder, model, data in
      let (one, two) = (folder.path(of: "one.safetensors"), folder.path(of: "two.safetensors"))
      let train = ["train", "--initial", model, "--data", data, "--label", "kind", "--epochs", "1"]
      for (flags, isFrozen) in [([], true), (["--freeze", "none"], false), (["--freeze", "2"], false)] {
        #expect(try Tool.run(arguments: train + flags + ["--save", one]).status == 0)
        let printed = try Tool.run(arguments: train + flags + ["--print-config"])
        try folder.write(Array(printed.output.utf8), to: "config.json")
        #expect(try Tool.run("train", "--config", folder.path(of: "config.json"), "--save", two).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: one)) == Data(contentsOf: URL(fileURLWithPath: two)))
        let (before, after) = (try Network<Double>(contentsOf: model), try Network<Double>(contentsOf: one))
        #expect(after.isFrozen(0) == isFrozen)
        #expect((before.layers[0].weights == after.layers[0].weights) == isFrozen)
      }
      let all = folder.path(of: "all.safetensors")
      var network = try Network<Double>(contentsOf: model)
      network.freeze(0..<2)
      try network.save(to: all)
      let nothing = try Tool.run("train", "--initial", all, "--data", data, "--label", "kind")
      #expect(
        nothing.status == 64 && nothing.errorsOfRun.contains("--initial has no layer with parameters that is not"))
      #expect(nothing.errorsOfRun.contains("give --freeze none"))
    }
  }

  @Test("The last layer of a regression ends in numbers of any size")
  func lastLayer() throws {
    func layers(_ arguments: String...) throws -> String {
      let printed = try Tool.run(arguments: ["train", "--print-config"] + arguments).output
      return printed.firstMatch(of: /"layers": "(.*)"/).map { String($0.1) } ?? printed
    }
    let target = ["--data", "a.csv", "--target", "y"]
    #expect(
      try Tool.run(arguments: ["train", "--print-config", "--layers", "2,8,1"] + target).output.contains(
        "\"2,8:sigmoid,1:identity\""))
    #expect(
      try Tool.run(
        arguments: ["train", "--print-config", "--layers", "2,8,1", "--cost", "cross-entropy"] + target
      ).output.contains("\"2,8:sigmoid,1:sigmoid\""))
    #expect(try layers("--layers", "2,8,1", "--cost", "huber") == "2,8:sigmoid,1:identity")
    #expect(try layers("--layers", "2,8,10", "--activation", "tanh") == "2,8:tanh,10:tanh")
    #expect(
      try layers("--layers", "2,8,batch-norm,relu,6,dropout(0.5),3", "--cost", "softmax-cross-entropy")
        == "2,8:identity,batch-norm,relu,6:sigmoid,dropout(0.5),3:identity")
  }

  @Test("A book's file is evaluated, predicts, and is refused before a run whose result it cannot hold")
  func book() throws {
    try withTemporaryDirectory { folder in
      let numbers = Self.flowers().replacing("daisy", with: "0").replacing("lily", with: "1").replacing(
        "rose", with: "2")
      try folder.write(Array(numbers.utf8), to: "numbers.csv")
      try folder.write(Array(Self.flowers().utf8), to: "flowers.csv")
      let (data, book) = (folder.path(of: "numbers.csv"), folder.path(of: "book.json"))
      let train = ["train", "--data", data, "--label", "kind", "--epochs", "1", "--save", book]
      #expect(try Tool.run(arguments: train).status == 0)
      let predicted = try Tool.run("predict", "--model", book, "--data", data, "--label", "kind")
      #expect(predicted.status == 0 && predicted.output.hasPrefix("class,output\n"), "\(predicted.errors)")
      let evaluated = try Tool.run("evaluate", "--model", book, "--data", data, "--label", "kind")
      #expect(evaluated.status == 0 && evaluated.output.contains("\nactual \\ predicted"), "\(evaluated.errors)")
      let named = try Tool.run(
        "train", "--data", folder.path(of: "flowers.csv"), "--label", "kind", "--epochs", "1", "--save", book)
      #expect(named.status == 64)
      #expect(named.errorsOfRun.contains("--save would be in the book's format, but that has no names of classes"))
      // Another cost than the file's is learnt, where the result is no such file.
      let other = [
        "train", "--data", data, "--label", "kind", "--epochs", "1", "--initial", book,
      ]
      #expect(
        try Tool.run(
          arguments: other + ["--cost", "mean-squared-error", "--save", folder.path(of: "other.safetensors")]
        ).status == 0)
      let wrong = try Tool.run(arguments: other + ["--cost", "softmax-cross-entropy"])
      #expect(wrong.status == 64)
      #expect(
        wrong.errorsOfRun.contains(
          "--cost is softmax-cross-entropy, but the network in \(book) ends in sigmoid, expected identity or softmax for that"
        ))
      for (more, problem) in [
        (["--standardize"], "--save and --standardize contradict each other: the book's format has no means"),
        (["--layers", "2,5:relu,3"], "--save would be in the book's format, but a layer's activation is relu"),
        (["--layers", "2,5,dropout(0.5),3"], "--save would be in the book's format, but a layer is Dropout"),
      ] {
        let refused = try Tool.run(arguments: train + more)
        #expect(refused.status == 64 && refused.output == "" && refused.errorsOfRun.contains(problem), "\(refused)")
      }
    }
  }
}
