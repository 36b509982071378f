import Foundation
import NNBlas
import TestSupport
import Testing

/// What labels and outputs stand for, in data and in models.
@Suite("Classes of nnbench train, evaluate and predict")
struct ClassToolTests {
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

  @Test("Whether targets were labels decides how answers are told")
  func tasks() throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(flowerTable().utf8), to: "flowers.csv")
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
}
