import Foundation
import NNBlas
import TestSupport
import Testing

/// What is made of the numbers of tables and arrays.
@Suite("Data of nnbench train")
struct DataToolTests {
  /// Of 0 to 255, and a classifier that tells dark from bright: it would be wrong on bytes that are not divided.
  @Test("Bytes are pixels for whoever reads them")
  func bytes() throws {
    try withTemporaryDirectory { folder in
      let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (40, 4), }"
      let padded = header + String(repeating: " ", count: 117 - header.count) + "\n"
      let pixels: [UInt8] = (0..<160).map { UInt8(($0 / 4) * 6 + $0 % 4) }
      var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8)
      bytes += [1, 0, 118, 0]
      bytes += Array(padded.utf8)
      bytes += pixels
      try folder.write(bytes, to: "x.npy")
      let (inputs, labels, model) = (
        folder.path(of: "x.npy"), folder.path(of: "y.npy"), folder.path(of: "model.safetensors")
      )
      try NPY.write((0..<40).map { $0 < 20 ? 0 : 1 }, to: labels)
      for precision in ["f32", "f64"] {
        let result = try Tool.run(
          "train", "--data", inputs, "--label", labels, "--layers", "4,2", "--cost", "softmax-cross-entropy",
          "--epochs", "200", "--learning-rate", "1", "--precision", precision, "--save", model)
        #expect((result.status, result.errorsOfRun) == (0, ""))
        let predicted = try Tool.run("predict", "--model", model, "--data", inputs)
        let classes = predicted.output.split(separator: "\n").dropFirst().map { $0.prefix(1) }
        let right = zip(classes, (0..<40).map { $0 < 20 ? "0" : "1" }).filter { $0 == $1 }.count
        let evaluated = try Tool.run("evaluate", "--model", model, "--data", inputs, "--label", labels)
        #expect(right >= 38 && evaluated.accuracy == Double(right) / 40, "\(evaluated.output)")
      }
    }
  }

  @Test("What is small beside its mean is standardized before it is rounded")
  func largeMeans() throws {
    try withTemporaryDirectory { folder in
      let lines = (0..<60).map { "\(1_000_000_000 + $0),\($0 < 30 ? "low" : "high")" }
      try folder.write(Array((["t,kind"] + lines).joined(separator: "\n").utf8), to: "times.csv")
      let (data, model) = (folder.path(of: "times.csv"), folder.path(of: "model.safetensors"))
      let result = try Tool.run(
        "train", "--data", data, "--label", "kind", "--standardize", "--layers", "1,2", "--cost",
        "softmax-cross-entropy", "--epochs", "300", "--learning-rate", "1", "--precision", "f32", "--save", model)
      #expect((result.status, result.errorsOfRun) == (0, ""))
      let predicted = try Tool.run("predict", "--model", model, "--data", data)
      let right = zip(predicted.output.split(separator: "\n").dropFirst(), 0...).filter {
        $0.hasPrefix($1 < 30 ? "low" : "high")
      }
      #expect(right.count >= 58, "\(right.count)")
    }
  }

  @Test("Targets that are probabilities are learnt as they are")
  func probabilities() throws {
    try withTemporaryDirectory { folder in
      let lines = (0..<80).map { "\(100 + $0),\($0 < 40 ? 0 : 1)" }
      try folder.write(Array((["x,y"] + lines).joined(separator: "\n").utf8), to: "binary.csv")
      let (data, model) = (folder.path(of: "binary.csv"), folder.path(of: "model.safetensors"))
      let result = try Tool.run(
        "train", "--data", data, "--target", "y", "--standardize", "--cost", "cross-entropy", "--layers", "1,1",
        "--validation", "0.2", "--learning-rate", "1", "--save", model)
      #expect((result.status, result.errorsOfRun) == (0, ""))
      #expect(result.accuracy.map { $0 > 0.85 } == true, "\(result.output)")
      #expect(try Model<Double>(contentsOf: model).targetStandardizer == nil)
    }
  }

  @Test(
    "Targets that are no probabilities are refused before a run that would learn them as such",
    arguments: [
      (
        "cross-entropy", "0.5,1", "0.5,3",
        "the target in row 1 has 3.0, expected numbers from 0 to 1 for the cost cross-entropy"
      ),
      (
        "softmax-cross-entropy", "0.25,0.75", "1,1",
        "the target in row 1 has numbers whose sum is 2.0, expected a distribution"
      ),
      ("softmax-cross-entropy(0.1)", "-1,2", "0,1", "the target in row 0 has -1.0, expected numbers from 0 to 1"),
    ])
  func noProbabilities(cost: String, first: String, second: String, problem: String) throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array("x,y,z\n1,\(first)\n2,\(second)\n".utf8), to: "wrong.csv")
      try folder.write(Array("x,y,z\n1,0,1\n2,1,0\n".utf8), to: "right.csv")
      let (wrong, right, model) = (
        folder.path(of: "wrong.csv"), folder.path(of: "right.csv"), folder.path(of: "model.safetensors")
      )
      func expectRefused(_ arguments: String...) throws {
        let result = try Tool.run(arguments: arguments + ["--target", "y,z"])
        #expect(result.status == 65 && !result.output.contains("Epoch"), "\(result.errors)")
        #expect(result.errorsOfRun.contains("wrong.csv: \(problem)"), "\(result.errorsOfRun)")
      }
      try expectRefused("train", "--data", wrong, "--cost", cost)
      try expectRefused("train", "--data", right, "--test", wrong, "--cost", cost)
      let train = ["train", "--data", right, "--target", "y,z", "--cost", cost, "--epochs", "1", "--save", model]
      #expect(try Tool.run(arguments: train).status == 0)
      try expectRefused("evaluate", "--data", wrong, "--model", model)
    }
  }

  @Test("Examples count as their weights say, and a test may be of arrays")
  func weights() throws {
    try withTemporaryDirectory { folder in
      // Half of the labels are wrong, and count nothing.
      let lines = (0..<80).map { index in
        let isWrong = index % 2 == 0
        return "\(Double(index) / 80),\((index < 40) != isWrong ? "low" : "high"),\(isWrong ? 0 : 2)"
      }
      try folder.write(Array((["x,kind,w"] + lines).joined(separator: "\n").utf8), to: "weighted.csv")
      let (data, model) = (folder.path(of: "weighted.csv"), folder.path(of: "model.safetensors"))
      let result = try Tool.run(
        "train", "--data", data, "--label", "kind", "--sample-weights", "w", "--standardize", "--layers", "1,2",
        "--cost", "softmax-cross-entropy", "--epochs", "200", "--learning-rate", "1", "--save", model)
      #expect((result.status, result.errorsOfRun) == (0, ""))
      let predicted = try Tool.run("predict", "--model", model, "--data", data).output.split(separator: "\n")
      #expect(predicted.count == 81 && predicted[1].hasPrefix("low") && predicted[80].hasPrefix("high"))

      let (x, y, w) = (folder.path(of: "x.npy"), folder.path(of: "y.npy"), folder.path(of: "w.npy"))
      try NPY.write(Matrix<Double>(rows: 80, columns: 1, elements: (0..<80).map { Double($0) / 80 }), to: x)
      try NPY.write((0..<80).map { ($0 < 40) != ($0 % 2 == 0) ? 0 : 1 }, to: y)
      try NPY.write(Matrix<Double>(rows: 80, columns: 1, elements: (0..<80).map { $0 % 2 == 0 ? 0 : 2 }), to: w)
      let arrays = try Tool.run(
        "train", "--data", x, "--label", y, "--sample-weights", w, "--test", x, "--test-target", y, "--standardize",
        "--layers", "1,2", "--cost", "softmax-cross-entropy", "--epochs", "200", "--learning-rate", "1")
      #expect((arrays.status, arrays.errorsOfRun) == (0, ""))
      // Right where they count: half of all.
      #expect(arrays.output.contains("x.npy, 80 training, 80 test\n"))
      #expect(arrays.accuracy.map { (0.45...0.55).contains($0) } == true, "\(arrays.output)")
    }
  }

  @Test("What a run ends in is looked at before it begins")
  func early() throws {
    try withTemporaryDirectory { folder in
      let rows = (0..<40).map { "\($0),\($0 % 2 == 0 ? "low" : "high")" }
      try folder.write(Array((["x,kind"] + rows).joined(separator: "\n").utf8), to: "data.csv")
      try folder.write(Array("x,kind\n1,low\n1e300,high\n".utf8), to: "huge.csv")
      let data = folder.path(of: "data.csv")
      let (x, y, none) = (folder.path(of: "x.npy"), folder.path(of: "y.npy"), folder.path(of: "none.npy"))
      try NPY.write(Matrix<Double>(rows: 4, columns: 2), to: x)
      try NPY.write([0, 1, 0, 1], to: y)
      try NPY.write(Matrix<Double>(rows: 0, columns: 2), to: none)
      try NPY.write(Matrix<Double>(rows: 4, columns: 0), to: folder.path(of: "narrow.npy"))
      try NPY.write([], to: folder.path(of: "noy.npy"))
      for (arguments, problem) in [
        (
          ["--data", data, "--label", "kind", "--precision", "f32", "--test", folder.path(of: "huge.csv")],
          "inputs of huge.csv: 1e+300, infinite in f32, in row 1, column 0"
        ),
        (
          [
            "--data", data, "--label", "kind", "--precision", "f32", "--standardize", "--test",
            folder.path(of: "huge.csv"),
          ],
          "huge.csv: inf, as the network would see it in f32, in row 1, column 0, expected a finite number"
        ),
        (
          ["--data", x, "--label", y, "--test", none, "--test-target", folder.path(of: "noy.npy")],
          "none.npy: 0 examples, expected at least 1"
        ),
        (
          ["--data", folder.path(of: "narrow.npy"), "--label", y],
          "narrow.npy: 0 numbers for an example, expected at least 1"
        ),
        (
          ["--data", data, "--label", "kind", "--layers", "1,2", "--class-weights", "1"], "--class-weights has 1 weight"
        ),
      ] {
        let result = try Tool.run(arguments: ["train", "--validation", "1", "--epochs", "1"] + arguments)
        #expect(
          result.status == (problem.hasPrefix("--") ? 64 : 65) && !result.output.contains("Epoch"), "\(result.status)")
        #expect(result.errorsOfRun.contains(problem), "\(result.errorsOfRun)")
      }
      // No example of a class that the network has an output for.
      try folder.write(
        Array((["x,kind"] + (0..<9).map { "\($0),\($0 % 2)" }).joined(separator: "\n").utf8), to: "two.csv")
      let balanced = try Tool.run(
        "train", "--data", folder.path(of: "two.csv"), "--label", "kind", "--layers", "1,3", "--class-weights",
        "balanced")
      #expect(balanced.status == 64)
      #expect(
        balanced.errorsOfRun.contains(
          "--class-weights is balanced, but there is no example of class 2 to learn from; give 3 numbers"))
    }
  }

  /// Or rules would look at another cost with `--validation` than with `--test`.
  @Test("What is split off counts as it is, whatever the weights")
  func weightsOfValidation() throws {
    try withTemporaryDirectory { folder in
      let costs = try [1, 3].map { weight in
        let lines = (0..<40).map { "\($0),\($0 * 3 % 7),\(weight)" }
        try folder.write(Array((["x,y,w"] + lines).joined(separator: "\n").utf8), to: "numbers.csv")
        let result = try Tool.run(
          "train", "--data", folder.path(of: "numbers.csv"), "--target", "y", "--sample-weights", "w", "--validation",
          "0.5", "--layers", "1,1", "--epochs", "1", "--learning-rate", "1e-12")
        #expect((result.status, result.errorsOfRun) == (0, ""))
        return try #require(result.output.firstMatch(of: /evaluation cost ([\d.]+), cost ([\d.e+]+)/))
      }.map { (Double($0.1) ?? 0, Double($0.2) ?? 0) }
      #expect(costs[0].0 == costs[1].0 && abs(costs[1].1 / costs[0].1 - 3) < 0.02, "\(costs)")
    }
  }

  @Test("Weights that cannot be are 65, with their flag")
  func wrongWeights() throws {
    try withTemporaryDirectory { folder in
      for (weights, problem) in [
        ("1,-2", "--sample-weights w has -2.0 for example 1, expected a number from 0 on, finite in f32"),
        ("0,0", "--sample-weights leaves every example of the training data a weight of 0"),
        ("1,x", "column \"w\" is \"x\", expected a number; it is the column of --sample-weights"),
      ] {
        let column = weights.split(separator: ",")
        try folder.write(Array("x,y,w\n1,2,\(column[0])\n3,4,\(column[1])\n".utf8), to: "numbers.csv")
        let result = try Tool.run(
          "train", "--data", folder.path(of: "numbers.csv"), "--target", "y", "--sample-weights", "w")
        #expect(result.status == 65 && result.errorsOfRun.contains(problem), "\(result.errorsOfRun)")
      }
      let (x, w) = (folder.path(of: "x.npy"), folder.path(of: "w.npy"))
      try NPY.write(Matrix<Double>(rows: 3, columns: 1), to: x)
      try NPY.write(Matrix<Double>(rows: 2, columns: 1, elements: [1, 1]), to: w)
      let result = try Tool.run("train", "--data", x, "--target", x, "--sample-weights", w)
      #expect(
        result.status == 65
          && result.errorsOfRun.contains("--sample-weights \(w) has 2 numbers, expected one for each of 3 examples"))
    }
  }
}
