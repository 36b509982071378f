import Foundation
import NNBlas
import TestSupport
import Testing

/// What is wrong is told before a run, in the words of the command line.
@Suite("Wrong settings of nnbench train")
struct WrongSettingsTests {
  @Test(
    "Flags out of their ranges are 64, as print-config has it too",
    arguments: [
      (["--averaging", "2"], "--averaging is 2.0, expected a number from 0 to below 1"),
      (["--l2", "-1"], "--l2 is -1.0, expected a number from 0 on"),
      (["--optimizer", "momentum", "--momentum", "2"], "--momentum is 2.0, expected a number from 0 to below 1"),
      (["--optimizer", "rmsprop", "--beta2", "1"], "--beta2 is 1.0, expected a number from 0 to below 1"),
      (
        ["--optimizer", "adamw", "--weight-decay", "-1"], "--weight-decay is -1.0, expected a number from 0 to below 1"
      ),
      (["--plateau-patience", "2", "--plateau-factor", "3"], "--plateau-factor is 3.0, expected a number above 0 and"),
      (
        ["--patience", "2", "--minimum-improvement", "-1"],
        "--minimum-improvement is -1.0, expected a number from 0 to below 1"
      ),
      (["--plateau-patience", "2", "--minimum-improvement", "2"], "--minimum-improvement is 2.0, expected"),
      (["--until-cost", "-1"], "--until-cost is -1.0, expected a number from 0 on, as costs are"),
      (["--target", ","], "--target is ',', expected names with commas between them"),
      (
        ["--class-weights", "1,-2"],
        "--class-weights is '1,-2', expected numbers from 0 on, finite in f32, one of them above 0"
      ),
      (["--warm-up", "30"], "--warm-up is 30.0, expected less than the 30 epochs of the run"),
      (["--max-time", "900000000h"], "--max-time is"),
    ])
  func ranges(arguments: [String], problem: String) throws {
    for more in [[], ["--print-config", "--layers", "784,10"]] {
      let result = try Tool.run(arguments: ["train"] + arguments + more)
      #expect(result.status == 64 && result.output == "", "\(result.status)")
      #expect(result.errors.hasPrefix("nnbench: \(problem)"), "\(result.errors)")
    }
  }

  private static let table = "a,b,kind,price\n1,2,x,3\n2,1,y,5\n3,5,x,2\n4,4,y,1\n"

  @Test(
    "What does not suit the data is 64, with the flag and what would",
    arguments: [
      (
        ["--label", "kind", "--ignore", "price", "--class-weights", "1e39,1"],
        "--class-weights is '1e39,1', expected numbers from 0 on, finite in f32, one of them above 0"
      ),
      (
        ["--label", "kind", "--sample-weights", "price", "--class-weights", "3e38,1"],
        "--class-weights leaves an example a weight of 9.000000000000001e+38, expected numbers that stay finite in f32"
      ),
      (
        ["--label", "kind", "--ignore", "price", "--top-k", "2"],
        "--top-k needs data to look at; give --validation"
      ),
      (
        ["--label", "kind", "--ignore", "price", "--layers", "2,1"],
        "--label is for classes, an output each, but the network has one output; give it more, or learn numbers"
      ),
      (
        ["--label", "kind", "--ignore", "price", "--batch", "2", "--steps", "4", "--warm-up", "2"],
        "--warm-up is 2.0, of 2 steps an epoch, expected less than the 4 steps of the run"
      ),
      (
        ["--label", "kind", "--ignore", "price", "--patience", "2"],
        "--patience needs data to look at; give --validation"
      ),
      (["--label", "kind", "--ignore", "price", "--halve", "2"], "--halve needs data to look at; give --validation"),
      (
        ["--target", "price", "--ignore", "kind", "--halve", "2", "--validation", "1"],
        "--halve needs an accuracy, but the targets are numbers"
      ),
      (
        ["--target", "price", "--ignore", "kind", "--top-k", "2"],
        "--top-k is for labels, but the targets are numbers; leave it out"
      ),
      (
        ["--label", "kind", "--ignore", "price", "--validation", "1", "--top-k", "3"],
        "--top-k has 3, expected at most 2, the number of classes"
      ),
      (["--label", "kind", "--shifts"], "--shifts is for images, expected digits or an .npy of them with --data"),
      (
        ["--label", "kind", "--ignore", "price", "--validation", "4"],
        "--validation is 4, but there are 4 examples to split"
      ),
      (
        ["--target", "price", "--ignore", "kind", "--class-weights", "balanced"],
        "--class-weights needs labels, but the targets are numbers; leave it out"
      ),
      (
        ["--label", "kind", "--header", "absent"],
        "--label is 'kind', but the table's columns have no names; give a number"
      ),
      (
        ["--label", "kind", "--separator", "7"],
        "--separator is '7', expected comma, semicolon, tab or one ASCII character"
      ),
      (["--label", "kind", "--test", "x.npy"], "--test is 'x.npy', expected a table or .npy as with --data"),
      (["--label", "kind", "--test-target", "x.npy"], "--test-target needs both --test and --test-target"),
    ])
  func data(arguments: [String], problem: String) throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.table.utf8), to: "table.csv")
      let result = try Tool.run(arguments: ["train", "--data", folder.path(of: "table.csv")] + arguments)
      #expect(result.status == 64, "\(result.status)")
      #expect(result.errorsOfRun.hasPrefix("nnbench: \(problem)"), "\(result.errorsOfRun)")
    }
  }

  @Test(
    "Remedies for a table are flags",
    arguments: [
      ("a;kind\n1;2\n", ["--header", "present"], "give --separator ';' if that separates fields"),
      ("a\tkind\n1\t2\n", ["--header", "present"], "give --separator tab if that separates fields"),
      (
        "x,kind\n1,2\n", ["--target", "1", "--header", "absent"],
        "give --header present if the first line has the names"
      ),
      (
        "a,b\n1,q\n2,r\n", ["--target", "a", "--header", "present"],
        "leave the column out with --ignore, or encode it as numbers"
      ),
      ("a,b\n1,q\n2,r\n", ["--target", "b", "--header", "present"], "give the column to --label to learn classes"),
      ("a;b\n1,5;2,5\n", ["--header", "present"], "give --separator ';' if that separates fields"),
      (
        "id,1.5\nx,2\ny,3\n", ["--label", "0"],
        "table.csv: --header is automatic, but the first line may have names or be an example"
      ),
      ("a,b\n1,0.5\n2,2\n", ["--label", "b", "--header", "present"], "give the column to --target to learn numbers"),
    ])
  func remedies(text: String, arguments: [String], remedy: String) throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(text.utf8), to: "table.csv")
      let model = folder.path(of: "model.safetensors")
      try Network<Double>(sizes: [1, 1], seed: 1).save(to: model)
      // Of a table with one column there is nothing to learn.
      let isAlone = arguments == ["--header", "present"]
      let result = try Tool.run(
        arguments: (isAlone ? ["predict", "--model", model] : ["train"]) + ["--data", folder.path(of: "table.csv")]
          + arguments)
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.errorsOfRun.contains(remedy), "\(result.errorsOfRun)")
    }
  }

  @Test("What is no table, array or folder is told so before its flags are")
  func otherFiles() throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.table.utf8), to: "table.txt")
      for (name, problem) in [
        ("table.txt", ", a file, expected a table that ends in .csv or .tsv"),
        ("none.txt", ", which is not there, expected a"),
      ] {
        let path = folder.path(of: name)
        let result = try Tool.run("train", "--data", path, "--label", "kind")
        #expect(result.status == 65 && result.errorsOfRun.contains("--data is \(path)\(problem)"), "\(result.errors)")
      }
    }
  }

  @Test("Arrays that cannot be used are 65, two files of targets 64")
  func arrays() throws {
    try withTemporaryDirectory { folder in
      let (x, y, model) = (folder.path(of: "x.npy"), folder.path(of: "y.npy"), folder.path(of: "model.safetensors"))
      try NPY.write(Matrix<Double>([[1, 2], [.nan, 3]]), to: x)
      try Network<Double>(sizes: [2, 2], seed: 1).save(to: model)
      let predicted = try Tool.run("predict", "--model", model, "--data", x, "--output", "jsonl")
      #expect(predicted.status == 65 && predicted.output == "")
      #expect(predicted.errorsOfRun.contains("x.npy: nan in row 1, column 0, expected a finite number"))
      try NPY.write(Matrix<Double>([[1, 2], [0, 3]]), to: x)
      try NPY.write([0, Int.max], to: y)
      let huge = try Tool.run("train", "--data", x, "--label", y)
      #expect(huge.status == 65)
      #expect(huge.errorsOfRun.contains("y.npy: label 9223372036854775807 in row 1 is outside 0..<2147483647"))
      let two = try Tool.run("train", "--data", x, "--target", "\(y),\(y)")
      #expect(two.status == 64 && two.errorsOfRun.contains("--target is 2 files, expected one .npy"))
    }
  }

  @Test(
    "What does not go together is 64 before data are read, as print-config has it too",
    arguments: [
      (
        ["--layers", "4,softmax,8,3"], "--layers: Network: layer 1, softmax 4 → 4: softmax is for the last layer alone"
      ),
      (
        ["--layers", "4,relu,3:relu", "--cost", "cross-entropy"],
        "--layers ends in relu, expected sigmoid or identity for the cost cross-entropy"
      ),
      (["--layers", "4,8,dropout(0.5),3", "--freeze", "1,3"], "--freeze has every layer that has parameters"),
      (["--layers", "4,dropout(0.5)"], "--layers has no layer with parameters that is not frozen"),
      (
        ["--layers", "4,3:relu", "--activation", "tanh"],
        "--activation is for layers of neurons without one, and --layers says that of each; leave it out"
      ),
      (
        ["--target", "a", "--save", "a.json"],
        "--save and --target contradict each other: networks in the book's format name classes; save a .safetensors"
      ),
      (
        ["--target", "a", "--halve", "2", "--validation", "2"],
        "--halve needs an accuracy, but the targets are numbers; give --plateau-patience"
      ),
      (["--layers", "4,3", "--patience", "2"], "--patience needs data to look at; give --validation"),
      (
        ["--layers", "4,3", "--target", "a", "--monitor", "accuracy", "--patience", "1", "--validation", "2"],
        "--monitor needs an accuracy, but the targets are numbers"
      ),
    ])
  func together(arguments: [String], problem: String) throws {
    for more in [[], ["--print-config"]] {
      let label = arguments.contains("--target") ? [] : ["--label", "kind"]
      let result = try Tool.run(arguments: ["train", "--data", "/nowhere/table.csv"] + label + arguments + more)
      #expect(result.status == 64 && result.output == "", "\(result.status)")
      #expect(result.errorsOfRun.hasPrefix("nnbench: \(problem)"), "\(result.errorsOfRun)")
    }
  }

  @Test("A configuration takes variables of the environment, unless a flag overrides it")
  func variables() throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.table.utf8), to: "table.csv")
      try folder.write(
        Array(#"{"data": "$NNBLAS_TABLES/table.csv", "label": "kind", "ignore": ["price"], "epochs": 1}"#.utf8),
        to: "config.json")
      let config = ["train", "--config", folder.path(of: "config.json")]
      let found = try Tool.run(arguments: config, environment: ["NNBLAS_TABLES": folder.path])
      #expect(found.status == 0 && found.output.contains("table.csv, 4 training"), "\(found.errors)")
      let missing = try Tool.run(arguments: config)
      #expect(missing.status == 65)
      #expect(missing.errorsOfRun.contains("but the environment has no NNBLAS_TABLES; set it, or give --data"))
      let flagged = try Tool.run(arguments: config + ["--data", folder.path(of: "table.csv")])
      #expect(flagged.status == 0, "\(flagged.errors)")
    }
  }
}
