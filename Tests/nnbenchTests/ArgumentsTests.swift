import NNBlas
import TestSupport
import Testing
import nnbench

@Suite("The command line")
struct ArgumentsTests {
  private static let syntax = CommandSyntax(
    name: "try", summary: "Tries.", positionals: [.init("sizes", help: "Sizes."), .init("more", help: "More.")],
    options: [
      .init("epochs", "n", help: "Epochs."), .init("precision", "p", help: "Precision."),
      .init("rate", "x", help: "Rate."), .init("seed", "n", help: "Seed."), .init("batch", help: "Batch."),
    ])

  private func parse(_ arguments: String...) throws(UsageError) -> Arguments {
    try Arguments(arguments, syntax: Self.syntax)
  }

  @Test("Flags take their value after a blank or an equals sign")
  func values() throws {
    #expect(try parse("--epochs", "3").integer("epochs", in: 1...9) == 3)
    #expect(try parse("--epochs=3").integer("epochs", in: 1...9) == 3)
    #expect(try parse("--precision=f32").choice("precision", Precision.self) == .f32)
    #expect(try parse("--rate", "0.5").positiveNumber("rate", in: .f64) == 0.5)
    #expect(try parse("--seed", "18446744073709551615").seed("seed", default: 1) == .max)
    #expect(try parse().seed("seed", default: 1) == 1)
    #expect(try parse().integer("epochs", in: 1...9) == nil)
    #expect(try parse("--batch").has("batch"))
    #expect(try parse("2,1,2", "--batch").positionals == ["2,1,2"])
    #expect(try parse("a", "--batch", "b").positionals == ["a", "b"])
    #expect(try parse("--", "--odd").positionals == ["--odd"])
    #expect(try parse("-h").has("help"))
    #expect(try parse("--rate", "-").string("rate") == "-")
  }

  @Test("What is wrong is named, with the nearest that is right")
  func mistakes() {
    #expect(message { _ = try parse("--epohs", "3") } == "unknown flag --epohs; did you mean --epochs?")
    #expect(message { _ = try parse("--zzzzzz") } == "unknown flag --zzzzzz")
    #expect(message { _ = try parse("-x") } == "unknown flag -x; flags start with --")
    #expect(message { _ = try parse("--epochs") } == "--epochs needs a value: --epochs <n>")
    #expect(message { _ = try parse("--epochs=") } == "--epochs needs a value: --epochs <n>")
    #expect(message { _ = try parse("--epochs", "") } == "--epochs needs a value: --epochs <n>")
    #expect(message { _ = try parse("--epochs", "--batch") } == "--epochs needs a value: --epochs <n>")
    #expect(message { _ = try parse("--batch=1") } == "--batch takes no value")
    #expect(message { _ = try parse("--epochs", "1", "--epochs=2") } == "--epochs is given twice")
    #expect(message { _ = try parse("a", "b", "c") } == "unexpected argument 'c'")
    #expect(
      message { _ = try parse("--epochs", "many").integer("epochs", in: 1...9) }
        == "--epochs is 'many', expected a whole number")
    #expect(message { _ = try parse("--epochs=0").integer("epochs", in: 1...9) } == "--epochs is 0, expected 1 to 9")
    #expect(
      message { _ = try parse("--epochs=0").integer("epochs", in: 1...Int.max) } == "--epochs is 0, expected at least 1"
    )
    #expect(
      message { _ = try parse("--precision=f23").choice("precision", Precision.self) }
        == "--precision is 'f23', expected f32 or f64; did you mean f32?")
    for text in ["0", "-1", "nan", "inf", "x"] {
      #expect(
        message { _ = try parse("--rate=\(text)").positiveNumber("rate", in: .f64) }
          == "--rate is '\(text)', expected a number above 0 and finite once rounded to f64")
    }
    for text in ["1e308", "1e-60"] {
      #expect(throws: Never.self) { try parse("--rate=\(text)").positiveNumber("rate", in: .f64) }
      #expect(
        message { _ = try parse("--rate=\(text)").positiveNumber("rate", in: .f32) }
          == "--rate is '\(text)', expected a number above 0 and finite once rounded to f32")
    }
    #expect(message { _ = try parse("--batch-size", "3") } == "unknown flag --batch-size; did you mean --batch?")
    #expect(
      message { _ = try Arguments(["--versoin"], syntax: Self.syntax, alsoNear: ["version"]) }
        == "unknown flag --versoin; did you mean --version?")
    #expect(
      message { _ = try parse("--seed=-1").seed("seed", default: 0) }
        == "--seed is '-1', expected a whole number from 0 to 18446744073709551615")
  }

  @Test("A share is above 0 and at most 1")
  func shares() throws {
    for (text, value) in [("1", 1.0), ("0.97", 0.97), ("1e-9", 1e-9)] {
      #expect(try parse("--rate", text).share("rate") == value)
    }
    #expect(try parse().share("rate") == nil)
    for text in ["0", "-0.1", "1.0001", "97%", "nan"] {
      #expect(
        message { _ = try parse("--rate=\(text)").share("rate") }
          == "--rate is '\(text)', expected a number above 0 and at most 1; 0.97 is 97 %")
    }
  }

  @Test("Of a type's words some can be left out")
  func someChoices() throws {
    let some = [Initializer.scaledNormal, .heNormal]
    #expect(try parse("--rate", "heNormal").choice("rate", among: some) == .heNormal)
    #expect(
      message { _ = try parse("--rate", "standardNormal").choice("rate", among: some) }
        == "--rate is 'standardNormal', expected scaledNormal or heNormal")
  }

  @Test("Some words have a parameter")
  func parameters() throws {
    #expect(try parse("--rate", "huber(0.5)").value("rate", Cost.self) == .huber(threshold: 0.5))
    #expect(
      message { _ = try parse("--rate", "huber(0)").value("rate", Cost.self) }
        == "--rate is 'huber(0)', expected quadratic or cross-entropy or softmax-cross-entropy or mean-squared-error or "
        + "mean-absolute-error or huber(1.0); did you mean huber(1.0)?")
  }

  @Test("Sizes are whole numbers with commas")
  func sizesOfNetworks() throws {
    #expect(try sizes("784,30,10", named: "--layers", precision: .f64) == [784, 30, 10])
    for text in ["784,x", "784,,10", "784,0", "-1,2", "784,2147483648", ""] {
      #expect(
        message { _ = try sizes(text, named: "--layers", precision: .f64) }
          == "--layers is '\(text)', expected whole numbers from 1 to 2147483647 with commas, as 784,30,10")
    }
    #expect(
      message { _ = try sizes("784", named: "--layers", precision: .f64) }
        == "--layers is '784', expected at least two: the inputs, then the neurons of each layer")
    #expect(
      message { _ = try sizes("2147483647,1", named: "--layers", precision: .f32) }
        == "--layers: Network: the buffer of all parameters is a vector of 2147483648, "
        + "expected extents from 0 to 2147483647, the range of BLAS's integers")
  }

  @Test("Operands: commas within a row, semicolons between rows")
  func operands() throws {
    #expect(try OperandText("1,2", flag: "--x") == .vector([1, 2]))
    #expect(try OperandText("1;2", flag: "--x") == .rows([[1], [2]]))
    #expect(try OperandText("1,2;", flag: "--x") == .rows([[1, 2]]))
    #expect(try OperandText("1, -2.5e1; 3,4", flag: "--x") == .rows([[1, -25], [3, 4]]))
    for (text, cell) in [
      ("1,a", "a"), ("", ""), ("1,,2", ""), ("nan", "nan"), ("1;;2", ""), (";", ""), ("1 2,3", "1 2"),
    ] {
      #expect(
        message { _ = try OperandText(text, flag: "--x") }
          == "--x is '\(text)', where '\(cell)' is not a finite number; write 1,2 or '1;2' or '1,2;3,4'")
    }
  }

  @Test("Distances between words are Levenshtein's")
  func distances() {
    // The textbook example, and the ends.
    #expect(editDistance("kitten", "sitting") == 3)
    #expect(editDistance("", "abc") == 3)
    #expect(editDistance("abc", "") == 3)
    #expect(editDistance("Same", "same") == 0)
  }

  @Test("Help lists every flag within 100 columns")
  func help() {
    let help = Self.syntax.help
    for flag in ["--epochs <n>", "--precision <p>", "--batch", "--help", "<sizes>"] { #expect(help.contains(flag)) }
    #expect(help.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test("Workloads are the published ones")
  func workloads() throws {
    let names = [
      "nielsen-30", "nielsen-30-f32", "nielsen-100", "online-30", "mlp-512", "mlp-1024", "mlp-2048", "mlp-2048-f64",
    ]
    #expect(Workload.all.map(\.name) == names)
    #expect(try Workload.named("nielsen-100").cost == .crossEntropy)
    let large = try Workload.named("mlp-1024")
    #expect((large.layers, large.batch, large.precision) == ([784, 1024, 1024, 1024, 10], 256, .f32))
    #expect((large.optimizer, large.cost) == (.adam(learningRate: 1e-3), .softmaxCrossEntropy))
    let network = try large.network(seed: 1, as: Float.self)
    #expect(network.activations == [.relu, .relu, .relu, .identity])
    #expect(network.trainingOperationsPerExample == large.operationsPerExample)
    #expect(
      message { _ = try Workload.named("nielson-30") }
        == "--workload is 'nielson-30', expected one of \(names.joined(separator: ", ")), all; "
        + "did you mean nielsen-30?")
  }

  @Test("Lists have commas between their values, each of which is checked")
  func lists() throws {
    #expect(try parse("--epochs", "1,20,3").integers("epochs", in: 1...20, example: "1,2") == [1, 20, 3])
    #expect(try parse().integers("epochs", in: 1...20, example: "1,2") == nil)
    for text in ["0", "1,,2", "1,21", "x", ","] {
      #expect(
        message { _ = try parse("--epochs", text).integers("epochs", in: 1...20, example: "1,2") }
          == "--epochs is '\(text)', expected whole numbers from 1 to 20 with commas, as 1,2")
    }
    #expect(try parse("--precision", "f64,f32").choices("precision", Precision.self) == [.f64, .f32])
    #expect(
      message { _ = try parse("--precision", "f64,").choices("precision", Precision.self) }
        == "--precision is '', expected f32 or f64")
  }

  @Test("A percentage is written with its sign or as a part of one")
  func percentages() throws {
    #expect(try parse("--rate", "5%").percentage("rate") == 0.05)
    #expect(try parse("--rate", "0.125").percentage("rate") == 0.125)
    #expect(try parse("--rate", "0%").percentage("rate") == 0)
    #expect(try parse().percentage("rate") == nil)
    for text in ["5", "-1%", "101%", "%", "x%", "nan", "5%%"] {
      #expect(
        message { _ = try parse("--rate=\(text)").percentage("rate") }
          == "--rate is '\(text)', expected a percentage from 0% to 100%, such as 5%, or 0.05")
    }
  }
}
