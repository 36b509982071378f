import Foundation
import NNBlas
import TestSupport
import Testing

/// What a saved model says of its data is kept to, whoever uses it.
@Suite("Models of nnbench train")
struct ModelToolTests {
  @Test("A model that is learnt further keeps its means, its classes and its columns")
  func further() throws {
    try withFlowerModel { folder, model, _ in
      // Two of the three classes, columns in another order, one more.
      try folder.write(Array(flowerTable(["kind", "note", "b", "a"], kinds: [1, 2]).utf8), to: "more.csv")
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
    try withFlowerModel { folder, model, data in
      try folder.write(Array(flowerTable(["b", "note", "a"]).utf8), to: "new.csv")
      let (one, two) = (
        try Tool.run("predict", "--model", model, "--data", data),
        try Tool.run("predict", "--model", model, "--data", folder.path(of: "new.csv"))
      )
      #expect(one.status == 0 && one.output == two.output && one.output.hasPrefix("class,probability\ndaisy,0.9"))
      try folder.write(Array(flowerTable(["kind", "b", "a"]).utf8), to: "turned.csv")
      let turned = try Tool.run(
        "evaluate", "--model", model, "--data", folder.path(of: "turned.csv"), "--label", "kind")
      #expect(turned.status == 0 && turned.accuracy == 1, "\(turned.errors)")
      try folder.write(Array(flowerTable(["note", "a"]).utf8), to: "less.csv")
      let less = try Tool.run("predict", "--model", model, "--data", folder.path(of: "less.csv"))
      #expect(less.status == 65 && less.errorsOfRun.contains("less.csv: there is no column b"), "\(less.errorsOfRun)")
      // Where there can be no answer there is no header either.
      try NPY.write(Matrix<Double>(rows: 4, columns: 3), to: folder.path(of: "wide.npy"))
      let wide = try Tool.run("predict", "--model", model, "--data", folder.path(of: "wide.npy"))
      #expect(wide.status == 65 && wide.output == "", "\(wide.output)")
      // A test's columns are found by name as well.
      try folder.write(Array(flowerTable(["note", "kind", "b", "a"]).utf8), to: "test.csv")
      let tested = try Tool.run(
        "train", "--data", data, "--label", "kind", "--test", folder.path(of: "test.csv"), "--validation", "0.1",
        "--standardize", "--layers", "2,8:tanh,3", "--cost", "softmax-cross-entropy", "--optimizer", "adam",
        "--learning-rate", "0.05", "--epochs", "30", "--patience", "30")
      #expect((tested.status, tested.errorsOfRun) == (0, ""))
      #expect(tested.output.contains("flowers.csv, 81 training, 9 validation, 90 test\n"))
      #expect(tested.output.contains("\nMetrics of 90 test examples:\n  accuracy 1.0, "))
    }
  }

  @Test("The mean of parameters is what early stopping looks at, keeps and saves")
  func averaging() throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(flowerTable().utf8), to: "flowers.csv")
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

  @Test("What has reached a target is kept, and else it is said which epoch the network is of")
  func whichEpoch() throws {
    try withFlowerModel { folder, model, data in
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

  @Test("A model is measured as what it was trained for")
  func measuredAsTrained() throws {
    try withFlowerModel { folder, model, data in
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
    try withFlowerModel(["--freeze", "1"]) { folder, model, data in
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
      let numbers = flowerTable().replacing("daisy", with: "0").replacing("lily", with: "1").replacing(
        "rose", with: "2")
      try folder.write(Array(numbers.utf8), to: "numbers.csv")
      try folder.write(Array(flowerTable().utf8), to: "flowers.csv")
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
