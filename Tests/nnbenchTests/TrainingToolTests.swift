import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("nnbench train, evaluate and predict")
struct TrainingToolTests {
  /// Three classes around three points, with a name each.
  private static let flowers: String = {
    var random = Philox(seed: 3)
    let names = ["daisy", "lily, white", "rose"]
    let lines = (0..<90).map { index in
      let numbers = (0..<3).map { _ in "\(Double(index % 3) + Double.random(in: -0.4...0.4, using: &random))" }
      return numbers.joined(separator: ",") + ",\"\(names[index % 3])\""
    }
    return (["a,b,c,kind"] + lines).joined(separator: "\n") + "\n"
  }()

  private static let houses: String = {
    var random = Philox(seed: 4)
    let lines = (0..<80).map { _ in
      let area = Double.random(in: 20...200, using: &random)
      return "\(area),\(Int.random(in: 1...5, using: &random)),\(1000 * area + 500)"
    }
    return (["area,rooms,price"] + lines).joined(separator: "\n")
  }()

  private func withFiles(_ body: (TemporaryDirectory) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.flowers.utf8), to: "flowers.csv")
      try folder.write(Array(Self.houses.utf8), to: "houses.csv")
      try body(folder)
    }
  }

  private func classifier(_ folder: TemporaryDirectory) -> [String] {
    [
      "train", "--data", folder.path(of: "flowers.csv"), "--label", "kind", "--validation", "0.2", "--standardize",
      "--layers", "3,12:gelu,dropout(0.1),batch-norm,3", "--cost", "softmax-cross-entropy(0.05)", "--optimizer",
      "adamw",
      "--learning-rate", "0.02", "--epochs", "12", "--schedule", "cosine", "--warm-up", "1", "--clip-norm", "1",
      "--top-k",
      "2",
    ]
  }

  @Test("A table is learnt, measured and predicted by name, by a model that says how")
  func classification() throws {
    try withFiles { folder in
      let model = folder.path(of: "model.safetensors")
      let trained = try Tool.run(arguments: classifier(folder) + ["--save", model])
      #expect((trained.status, trained.errorsOfRun) == (0, ""))
      #expect(trained.output.contains("flowers.csv, 72 training, 18 validation\n"))
      #expect(trained.output.contains("\nEpoch 12/12: 18/18 correct, cost "))
      #expect(trained.output.contains("accuracy 1.0, top-2 accuracy 1.0, macro precision 1.0"))
      #expect(trained.output.contains("\nlily, white             0            6     0\n"))
      #expect(trained.output.split(separator: "\n").contains { $0.contains("BatchNorm") && $0.hasPrefix("3  ") })

      let evaluated = try Tool.run(
        "evaluate", "--model", model, "--data", folder.path(of: "flowers.csv"), "--label", "kind")
      #expect(evaluated.status == 0 && evaluated.output.contains("\n  accuracy 1.0, "), "\(evaluated.errors)")
      let predicted = try Tool.run(
        "predict", "--model", model, "--data", folder.path(of: "flowers.csv"), "--label", "kind")
      let lines = predicted.output.split(separator: "\n")
      #expect(predicted.status == 0 && lines.count == 91 && lines[0] == "class,probability")
      #expect(lines[1].hasPrefix("daisy,0.9") && lines[2].hasPrefix("\"lily, white\",0."))
      let objects = try Tool.run(
        "predict", "--model", model, "--data", folder.path(of: "flowers.csv"), "--label", "kind", "--output", "jsonl")
      let first = try #require(objects.output.split(separator: "\n").dropFirst().first)
      let object = try #require(try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any])
      #expect(object["class"] as? String == "lily, white" && (object["probability"] as? Double ?? 0) > 0.5)
    }
  }

  @Test("A resolved configuration fed back gives the same bits, and flags override it")
  func configuration() throws {
    try withFiles { folder in
      let (one, two) = (folder.path(of: "one.safetensors"), folder.path(of: "two.safetensors"))
      let printed = try Tool.run(arguments: classifier(folder) + ["--print-config"])
      #expect(printed.status == 0)
      try folder.write(Array(printed.output.utf8), to: "config.json")
      let config = folder.path(of: "config.json")
      #expect(try Tool.run(arguments: classifier(folder) + ["--save", one]).status == 0)
      #expect(try Tool.run("train", "--config", config, "--save", two).status == 0)
      #expect(try Data(contentsOf: URL(fileURLWithPath: one)) == Data(contentsOf: URL(fileURLWithPath: two)))
      #expect(try Tool.run("train", "--config", config, "--print-config").output == printed.output)
      let other = try Tool.run("train", "--config", config, "--epochs", "2")
      #expect(other.output.contains("\nEpoch 2/2: "))
    }
  }

  @Test("A regression is told in the units of its table")
  func regression() throws {
    try withFiles { folder in
      let model = folder.path(of: "model.safetensors")
      let trained = try Tool.run(
        "train", "--data", folder.path(of: "houses.csv"), "--target", "price", "--validation", "20", "--standardize",
        "--layers", "2,8:tanh,1:identity", "--cost", "mean-squared-error", "--optimizer", "adam", "--learning-rate",
        "0.02",
        "--epochs", "200", "--patience", "30", "--precision", "f32", "--save", model)
      #expect((trained.status, trained.errorsOfRun) == (0, ""))
      let rmse = trained.output.firstMatch(of: /Metrics: RMSE ([\d.e+]+),/).flatMap { Double($0.1) }
      #expect((100...20_000).contains(rmse ?? 0), "\(trained.output)")
      let predicted = try Tool.run(
        "predict", "--model", model, "--data", folder.path(of: "houses.csv"), "--target", "price")
      let prices = predicted.output.split(separator: "\n").dropFirst().compactMap { Double($0) }
      #expect(prices.count == 80 && prices.allSatisfy { (10_000...220_000).contains($0) })
    }
  }

  @Test("Arrays of NumPy are learnt as well")
  func arrays() throws {
    try withTemporaryDirectory { folder in
      let x = try Matrix<Double>(rows: 40, columns: 2, elements: (0..<80).map { Double($0 * 7 % 11) / 11 })
      let (inputs, labels) = (folder.path(of: "x.npy"), folder.path(of: "y.npy"))
      try NPY.write(x, to: inputs)
      try NPY.write((0..<40).map { x[$0, 0] > 0.5 ? 1 : 0 }, to: labels)
      let result = try Tool.run(
        "train", "--data", inputs, "--label", labels, "--validation", "8", "--layers", "2,6:tanh,2", "--cost",
        "softmax-cross-entropy", "--optimizer", "adam", "--learning-rate", "0.05", "--epochs", "40", "--class-weights",
        "balanced", "--monitor-training")
      #expect((result.status, result.errorsOfRun) == (0, ""))
      #expect(result.output.contains("x.npy, 32 training, 8 validation\n"))
      #expect(result.output.contains(", training data "))
    }
  }

  @Test("The book's halving ends a run, and layers can be frozen in a saved one")
  func more() throws {
    try withFiles { folder in
      let model = folder.path(of: "model.safetensors")
      let base = ["train", "--data", folder.path(of: "flowers.csv"), "--label", "kind", "--validation", "0.2"]
      let halved = try Tool.run(
        arguments: base + [
          "--layers", "3,5,3", "--cost", "cross-entropy", "--learning-rate", "1", "--epochs", "500", "--halve", "1",
          "--save",
          model,
        ])
      #expect(
        halved.status == 0 && halved.output.contains(": the learning rate is at its minimum\n"), "\(halved.output)")
      let again = try Tool.run(
        arguments: base + [
          "--initial", model, "--freeze", "1", "--epochs", "1", "--learning-rate", "0.1", "--save",
          model + ".2.safetensors",
        ])
      #expect((again.status, again.errorsOfRun) == (0, ""))
      let (before, after) = (
        try Network<Double>(contentsOf: model), try Network<Double>(contentsOf: model + ".2.safetensors")
      )
      #expect(before.layers[0].weights == after.layers[0].weights && before.layers[1] != after.layers[1])
    }
  }

  @Test(
    "What is wrong in a configuration is 65, with its key",
    arguments: [
      (#"{"epohs": 3}"#, #"config.json: unknown key "epohs"; did you mean epochs?"#),
      (#"{"epochs": "x"}"#, "config.json: epochs is 'x', expected a whole number"),
      (#"{"epochs": 0}"#, "config.json: epochs is 0, expected 1 to 1000000000"),
      (#"{"epochs": true}"#, "config.json: epochs is true, expected a value: n"),
      (#"{"standardize": 3}"#, "config.json: standardize is 3, expected true or false"),
      (
        #"{"epochs": null}"#,
        "config.json: epochs is null, expected a number, a text, true, or a list of numbers and texts"
      ),
      (
        #"{"epochs": {}}"#,
        "config.json: epochs is an object, expected a number, a text, true, or a list of numbers and texts"
      ),
      ("[]", #"config.json: expected a JSON object such as {"epochs": 10}"#),
      ("{", "config.json: "),
      (#"{"config": "a"}"#, #"config.json: unknown key "config""#),
      (#"{"cost": "huber(-1)"}"#, "config.json: cost is 'huber(-1)', expected quadratic or "),
      (
        #"{"layers": [784, "dropot(0.2)", 10]}"#, "config.json: layers has 'dropot(0.2)', expected the number of inputs"
      ),
      (#"{"layers": [784]}"#, "config.json: layers is '784', expected at least two"),
      (#"{"schedule": "cosin"}"#, "config.json: schedule is 'cosin', expected constant, step(n,f) as step(10,0.5)"),
      (#"{"learning-rate": -1}"#, "config.json: learning-rate is '-1', expected a number above 0"),
      (#"{"beta1": 0.5}"#, "config.json: beta1 is not for sgd, expected one of [\"adam\", \"adamw\"]"),
      (
        #"{"clip-norm": 1, "clip-value": 1}"#,
        "config.json: clip-value and config.json: clip-norm contradict each other; give one"
      ),
      (#"{"optimizer": "adam", "beta1": 1}"#, "config.json: beta1 is 1.0, expected a number from 0 to below 1"),
      (#"{"l2": -1}"#, "config.json: l2 is -1.0, expected a number from 0 on"),
      (#"{"averaging": 2}"#, "config.json: averaging is 2.0, expected a number from 0 to below 1"),
      (#"{"epochs": "3"}"#, #"config.json: epochs is "3", expected a number without quotes"#),
      (#"{"learning-rate": "0.5"}"#, #"config.json: learning-rate is "0.5", expected a number without quotes"#),
      (#"{"epochs": [1]}"#, "config.json: epochs is a list, expected one value: n"),
      (#"{"epochs": 1, "seed": 2, "epochs": 3}"#, "config.json: epochs is there twice, expected every key once"),
      (
        #"{"label": "$NNBLAS_NO_SUCH"}"#,
        "config.json: label is '$NNBLAS_NO_SUCH', but the environment has no NNBLAS_NO_SUCH; set it, or give --label"
      ),
      (#"{"freeze": [7]}"#, "config.json: freeze has 7, expected numbers of the 2 layers, from 1"),
      (
        #"{"save": "a.json", "activation": "relu"}"#,
        "config.json: save and config.json: activation relu contradict each other: the book's format has sigmoid layers only"
      ),
      (
        #"{"class-weights": [0, 0]}"#,
        "config.json: class-weights is '0,0', expected numbers from 0 on, finite in f32, one of them above 0"
      ),
      (#"{"max-time": "55"}"#, "config.json: max-time is '55', expected a time above 0, such as 90s, 55m or 2h"),
      (#"{"monitor": "cost"}"#, "config.json: monitor needs --patience or --plateau-patience"),
      (#"{"validation": 1.5}"#, "config.json: validation is 1.5, expected a part below 1, as 0.2, or a whole number"),
      (#"{"label": "x"}"#, "config.json: label is for tables and arrays, and these data have labels; leave it out"),
      (
        #"{"class-weights": [1, 2]}"#, "config.json: class-weights has 2 weights, expected 10, one for each class"
      ),
    ])
  func wrongConfiguration(text: String, problem: String) throws {
    try withSmallMNIST { folder in
      try folder.write(Array(text.utf8), to: "config.json")
      let result = try Tool.run("train", "--config", folder.path(of: "config.json"), "--data", folder.path)
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.errorsOfRun.contains("nnbench: " + problem), "\(result.errorsOfRun)")
    }
  }

  @Test(
    "What is wrong in a table is 65, with its place",
    arguments: [
      ("a,b,kind\n1,2,x\n3,x\n", "table.csv:3: 2 fields, expected 3 fields as in line 1"),
      ("a,b,kind\n1,two,x\n3,4,y\n", "table.csv:2:3: column \"b\" is \"two\", expected a number"),
      ("a,b,kind\n1,,x\n3,4,y\n", "table.csv:2:3: column \"b\" is"),
      ("a,b,kind\n1,nan,x\n3,4,y\n", "table.csv:2:3: column \"b\" is"),
      ("a,b,kinds\n1,2,x\n3,4,y\n", "table.csv: there is no column kind; "),
      ("", "table.csv"),
    ])
  func wrongTable(text: String, problem: String) throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(text.utf8), to: "table.csv")
      let result = try Tool.run(
        "train", "--data", folder.path(of: "table.csv"), "--label", "kind", "--header", "present", "--layers", "2,2")
      #expect(result.status == 65, "\(result.errors)")
      #expect(result.errorsOfRun.contains(problem), "\(result.errorsOfRun)")
    }
  }

  @Test("Models and data that do not fit are 65, and what is missing 64")
  func mismatch() throws {
    try withFiles { folder in
      let model = folder.path(of: "model.safetensors")
      try Network<Float>(sizes: [5, 3], seed: 1).save(to: model)
      let flowers = folder.path(of: "flowers.csv")
      let narrow = try Tool.run("predict", "--model", model, "--data", flowers, "--label", "kind")
      #expect(narrow.status == 65)
      #expect(narrow.errorsOfRun.contains("expected 5 inputs"), "\(narrow.errorsOfRun)")
      #expect(try Tool.run("predict", "--data", flowers).status == 64)
      #expect(try Tool.run("predict", "--model", model).status == 64)
      #expect(try Tool.run("evaluate").status == 64)
      try folder.write(Array("no model".utf8), to: "model.safetensors")
      let broken = try Tool.run("evaluate", "--model", model, "--data", flowers, "--label", "kind")
      #expect(broken.status == 65 && broken.errorsOfRun.contains("is it a safetensors file?"), "\(broken.errorsOfRun)")
    }
  }
}

extension TrainingToolTests {
  /// Values that no flag of the kind takes, or files that are not there.
  @Test("Every key of a configuration is held to what it takes, and named")
  func everyKey() throws {
    try withSmallMNIST { folder in
      let help = try Tool.run("train", "--help").output
      let keys = help.matches(of: /\n  --([a-z0-9-]+)/).map { String($0.1) }
        .filter { !["config", "print-config", "help", "run", "resume", "strict"].contains($0) }
      #expect(keys.count > 45)
      for key in keys {
        try folder.write(Array(#"{"\#(key)": "?!"}"#.utf8), to: "config.json")
        let arguments =
          ["train", "--config", folder.path(of: "config.json")] + (key == "data" ? [] : ["--data", folder.path])
        let result = try Tool.run(arguments: arguments + (key == "save" ? ["--save", "/nowhere/?!.json"] : []))
        #expect(result.status == (key == "save" ? 1 : 65), "\(key): \(result.status), \(result.errorsOfRun)")
        let message = result.errorsOfRun
        #expect(message.contains("config.json: \(key) ") || message.contains("?!"), "\(key): \(message)")
      }
    }
  }
}
