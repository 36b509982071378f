import Foundation
import NNBlas
import TestSupport
import Testing

/// Which columns of tables are read, and as what.
@Suite("Columns of nnbench train, evaluate and predict")
struct ColumnToolTests {
  /// Two classes that `a` tells apart, `b` does not.
  private static func table(_ columns: [String], separator: String = ",") -> String {
    let lines = (0..<40).map { index in
      let values = [
        "a": "\(index % 2 * 4 - 2)", "b": "\(index % 5)", "kind": index % 2 == 0 ? "low" : "high", "": "\(index)",
      ]
      return columns.map { values[$0] ?? "7" }.joined(separator: separator)
    }
    return ([columns.joined(separator: separator)] + lines).joined(separator: "\n") + "\n"
  }

  private static let flags = [
    "--layers", "2,2", "--cost", "softmax-cross-entropy", "--epochs", "30", "--learning-rate", "1",
  ]

  @Test("Columns by number are those of --data, wherever a test has them")
  func numbers() throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.table(["a", "b", "kind"]).utf8), to: "data.csv")
      try folder.write(Array(Self.table(["kind", "more", "b", "a"]).utf8), to: "turned.csv")
      let train = ["train", "--data", folder.path(of: "data.csv"), "--label", "2"] + Self.flags
      let result = try Tool.run(arguments: train + ["--test", folder.path(of: "turned.csv")])
      #expect((result.status, result.errorsOfRun) == (0, ""))
      #expect(result.accuracy == 1, "\(result.output)")
      // Without names there are places only.
      let lines = Self.table(["a", "more", "b", "kind"]).split(separator: "\n").dropFirst()
      try folder.write(Array(lines.joined(separator: "\n").utf8), to: "nameless.csv")
      let wide = try Tool.run(
        arguments: train + ["--test", folder.path(of: "nameless.csv"), "--header", "automatic"])
      #expect(wide.status == 65)
      #expect(wide.errorsOfRun.contains("nameless.csv: 4 columns, expected 3 as in --data"), "\(wide.errorsOfRun)")
      // A single line of them says nothing of itself.
      try folder.write(Array("2,4,high\n".utf8), to: "one.csv")
      let one = try Tool.run(arguments: train + ["--test", folder.path(of: "one.csv")])
      #expect(one.status == 0 && one.output.contains("data.csv, 40 training, 1 test\n"), "\(one)")
    }
  }

  @Test("Columns that are not there are named, and inputs of a model are inputs")
  func model() throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.table(["a", "b", "kind"]).utf8), to: "data.csv")
      let (data, model) = (folder.path(of: "data.csv"), folder.path(of: "model.safetensors"))
      let trained = try Tool.run(arguments: ["train", "--data", data, "--label", "kind", "--save", model] + Self.flags)
      #expect((trained.status, trained.errorsOfRun) == (0, ""))
      for (command, flags, code, problem) in [
        ("predict", ["--ignore", "nope"], 65, "data.csv: there is no column nope"),
        ("predict", ["--label", "kinds"], 65, "data.csv: there is no column kinds; did you mean kind?"),
        ("predict", ["--ignore", "b"], 64, "--ignore has 'b', which is an input of the model; leave it out"),
        ("evaluate", ["--label", "a"], 64, "--label has 'a', which is an input of the model; leave it out"),
      ] {
        let result = try Tool.run(arguments: [command, "--model", model, "--data", data] + flags)
        #expect(Int(result.status) == code && result.errorsOfRun.contains(problem), "\(flags): \(result.errorsOfRun)")
      }
      #expect(try Tool.run("predict", "--model", model, "--data", data, "--label", "kind").status == 0)
    }
  }

  @Test("A number is the name of a column before it is its place, and no column has two uses")
  func numbersAsNames() throws {
    try withTemporaryDirectory { folder in
      // `2` is the first column, `0` the third.
      let text = Self.table(["kind", "b", "a"]).replacing("kind,b,a", with: "2,1,0")
      try folder.write(Array(text.utf8), to: "data.csv")
      let (data, model) = (folder.path(of: "data.csv"), folder.path(of: "model.safetensors"))
      let train = ["train", "--data", data, "--header", "present", "--epochs", "1"]
      let trained = try Tool.run(arguments: train + ["--label", "2", "--save", model])
      #expect(trained.status == 0 && trained.output.contains("\nColumns: 2 inputs (1, 0), label 2\n"), "\(trained)")
      #expect(try Model<Double>(contentsOf: model).inputNames == ["1", "0"])
      let beyond = try Tool.run(arguments: train + ["--label", "3"])
      #expect(beyond.status == 65)
      #expect(
        beyond.errorsOfRun.contains("--label is 3, expected -3 to 2, the columns of data.csv"), "\(beyond.errors)")
      for flags in [["--label", "2", "--ignore", "2"], ["--target", "1", "--ignore", "2", "--sample-weights", "1"]] {
        let twice = try Tool.run(arguments: train + flags)
        #expect(twice.status == 64 && twice.errorsOfRun.contains("has already; leave one out"), "\(twice.errors)")
      }
    }
  }

  @Test("A name with a comma is told in quotes, on the command line and in a configuration")
  func commas() throws {
    try withTemporaryDirectory { folder in
      let text = Self.table(["a", "b", "kind"]).replacing("a,b,kind", with: "\"a, mm\",b,kind")
      try folder.write(Array(text.utf8), to: "data.csv")
      let train = ["train", "--data", folder.path(of: "data.csv"), "--epochs", "1"]
      let flagged = try Tool.run(arguments: train + ["--target", "b,\"a, mm\"", "--ignore", "kind"])
      #expect(flagged.status == 65 && flagged.errorsOfRun.contains("no column"), "\(flagged.errors)")
      let one = try Tool.run(arguments: train + ["--target", "b", "--ignore", "kind,\"a, mm\""])
      #expect(one.status == 65)
      let ignored = try Tool.run(arguments: train + ["--label", "kind", "--ignore", "\"a, mm\"", "--print-config"])
      try folder.write(Array(ignored.output.utf8), to: "config.json")
      let again = try Tool.run("train", "--config", folder.path(of: "config.json"))
      #expect(again.status == 0 && again.output.contains("Columns: 1 input (b), label kind\n"), "\(again)")
      try folder.write(Array(#"{"label": "kind", "ignore": ["a, mm"], "epochs": 1}"#.utf8), to: "list.json")
      let list = try Tool.run("train", "--data", folder.path(of: "data.csv"), "--config", folder.path(of: "list.json"))
      #expect(list.status == 0 && list.output.contains("Columns: 1 input (b), label kind\n"), "\(list)")
      for wrong in ["\"a", "\"a\"b", "a,,b", "a,", "\"\""] {
        let result = try Tool.run(arguments: train + ["--label", "kind", "--ignore", wrong])
        #expect(result.status == 64, "\(result.errors)")
      }
      // Blanks and quotes of a name.
      let odd = Self.table(["a", "b", "kind"]).replacing("a,b,kind", with: "\" a\",\"say \"\"hi\"\"\",kind")
      try folder.write(Array(odd.utf8), to: "data.csv")
      let quoted = try Tool.run(
        arguments: train + [
          "--target", "\"say \"\"hi\"\"\"", "--ignore", "\" a\", kind", "--header", "present", "--print-config",
        ])
      #expect(quoted.status == 65 && quoted.errorsOfRun.contains("no column is left for inputs"), "\(quoted)")
      let first = try Tool.run(arguments: train + ["--label", "kind", "--ignore", "\" a\"", "--print-config"])
      try folder.write(Array(first.output.utf8), to: "config.json")
      let fedBack = try Tool.run("train", "--config", folder.path(of: "config.json"))
      #expect(fedBack.output.contains("Columns: 1 input (say \"hi\"), label kind\n"), "\(fedBack)")
    }
  }

  @Test("An input without a name among others is not guessed")
  func nameless() throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.table(["", "a", "b", "kind"]).utf8), to: "pandas.csv")
      let train = ["train", "--data", folder.path(of: "pandas.csv"), "--label", "kind"]
      let refused = try Tool.run(arguments: train)
      #expect(refused.status == 65)
      #expect(
        refused.errorsOfRun.contains(
          "pandas.csv: column 0 has no name, but others have; give it one, or leave it out with --ignore 0"))
      #expect(try Tool.run(arguments: train + ["--ignore", "0"] + Self.flags).status == 0)
      // The number that is suggested is the name of another column.
      let text = Self.table(["", "a", "b", "kind"]).replacing(",a,b,kind", with: ",0,b,kind")
      try folder.write(Array(text.utf8), to: "pandas.csv")
      let present = train + ["--header", "present"]
      #expect(try Tool.run(arguments: present).errorsOfRun.contains("leave it out with --ignore -4"))
      #expect(try Tool.run(arguments: present + ["--ignore", "-4"] + Self.flags).status == 0)
      // By name there is no column without one.
      try folder.write(Array(Self.table(["a", "b", ""]).utf8), to: "label.csv")
      try folder.write(Array(Self.table(["", "b", "a"]).utf8), to: "test.csv")
      let test = try Tool.run(
        "train", "--data", folder.path(of: "label.csv"), "--target", "2", "--test", folder.path(of: "test.csv"))
      #expect(test.status == 65)
      #expect(test.errorsOfRun.contains("test.csv: column 2 of --data has no name by which to find it here"))
    }
  }

  @Test("A table of another separator is told from one without the column")
  func separator() throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.table(["a", "b", "kind"], separator: ";").utf8), to: "data.csv")
      let result = try Tool.run("train", "--data", folder.path(of: "data.csv"), "--label", "kind")
      #expect(result.status == 65)
      #expect(
        result.errorsOfRun.contains("there is no column kind; expected one of a;b;kind; give --separator ';' if that"),
        "\(result.errorsOfRun)")
      for flags in [["--target", "2"], ["--target", "-1"]] {
        let byNumber = try Tool.run(arguments: ["train", "--data", folder.path(of: "data.csv")] + flags)
        #expect(
          byNumber.status == 65 && byNumber.errorsOfRun.contains("; give --separator ';' if that"), "\(byNumber.errors)"
        )
      }
    }
  }

  @Test("Names that look like something else are fed back as they are")
  func fedBack() throws {
    try withTemporaryDirectory { folder in
      let text = Self.table(["a", "b", "kind"]).replacing("a,b,kind", with: "1e0,$b,$kind")
      try folder.write(Array(text.utf8), to: "data.csv")
      let (one, two) = (folder.path(of: "one.safetensors"), folder.path(of: "two.safetensors"))
      for flags in [
        ["--label", "$kind"], ["--label", "$kind", "--ignore", "1e0", "--layers", "1,2"],
        ["--target", "1e0", "--ignore", "$kind"],
      ] {
        let train =
          [
            "train", "--data", folder.path(of: "data.csv"), "--header", "present", "--epochs", "1", "--learning-rate",
            "0.1",
          ]
          + flags
        let printed = try Tool.run(arguments: train + ["--print-config"])
        #expect(printed.status == 0, "\(printed.errors)")
        try folder.write(Array(printed.output.utf8), to: "config.json")
        #expect(try Tool.run(arguments: train + ["--save", one]).status == 0)
        let again = try Tool.run("train", "--config", folder.path(of: "config.json"), "--save", two)
        #expect((again.status, again.errorsOfRun) == (0, ""))
        #expect(try Data(contentsOf: URL(fileURLWithPath: one)) == Data(contentsOf: URL(fileURLWithPath: two)))
      }
    }
  }
}
