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
        turned.errorsOfRun.contains("--target is large,odd, but the model's outputs are odd,large, in that order"))
      let objects = try Tool.run("predict", "--model", model, "--data", both, "--output", "jsonl")
      #expect(objects.output.hasPrefix(#"{"outputs":[0."#))
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
      try folder.write(Array(Self.flowers().utf8), to: "flowers.csv")
      let (data, book) = (folder.path(of: "flowers.csv"), folder.path(of: "book.json"))
      let train = ["train", "--data", data, "--label", "kind", "--epochs", "1", "--save", book]
      #expect(try Tool.run(arguments: train).status == 0)
      let predicted = try Tool.run("predict", "--model", book, "--data", data, "--label", "kind")
      #expect(predicted.status == 0 && predicted.output.hasPrefix("class,output\n"), "\(predicted.errors)")
      try folder.write(
        Array(
          Self.flowers().replacing("daisy", with: "0").replacing("lily", with: "1").replacing("rose", with: "2").utf8),
        to: "numbers.csv")
      let evaluated = try Tool.run(
        "evaluate", "--model", book, "--data", folder.path(of: "numbers.csv"), "--label", "kind")
      #expect(evaluated.status == 0 && evaluated.output.contains("\nactual \\ predicted"), "\(evaluated.errors)")
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
