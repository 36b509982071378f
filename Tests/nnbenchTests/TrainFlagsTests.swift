import Foundation
import NNBlas
import TestSupport
import Testing
import nnbench

@Suite("The settings of nnbench train")
struct TrainFlagsTests {
  /// Five epochs on the small MNIST, as the library trains them.
  private func reports(
    _ folder: TemporaryDirectory, activations: [Activation], _ initializer: Initializer, _ cost: Cost,
    _ optimizer: Optimizer
  ) throws -> [TrainingReport] {
    let network = try Network<Float>(
      inputs: 4, layers: zip([6, 5, 10], activations).map { Dense($0, activation: $1) }, initializer: initializer,
      seed: 3)
    let trainer = try Trainer(network, batchSize: 5, cost: cost, optimizer: optimizer, seed: 3)
    let digits = try MNIST(directory: folder.path)
    var reports: [TrainingReport] = []
    try trainer.train(epochs: 5, on: digits.training, evaluating: digits.test) { reports.append($0) }
    return reports
  }

  /// What a report says before its times: how many are correct, and the cost.
  private func result(_ line: some CustomStringConvertible) -> Substring {
    let words = line.description.split(separator: ",", maxSplits: 2)
    return words[0] + "," + words[1]
  }

  @Test(
    "Activation, cost, initializer and optimizer are the library's",
    arguments: [
      (
        "--activation relu --cost softmax-cross-entropy --optimizer adam", [.relu, .relu, .identity], .heNormal,
        .softmaxCrossEntropy, .adam(learningRate: 0.001), "relu relu identity", "adam, learning rate 0.001"
      ),
      (
        "--activation relu --cost cross-entropy --optimizer momentum --initializer scaledNormal",
        [.relu, .relu, .sigmoid],
        .scaledNormal, .crossEntropy, .momentum(learningRate: 0.1), "relu relu sigmoid",
        "momentum 0.9, learning rate 0.1"
      ),
      (
        "--activation relu --learning-rate 0.25", [.relu, .relu, .relu], .heNormal, .quadratic,
        .sgd(learningRate: 0.25),
        "relu", "sgd, learning rate 0.25"
      ),
      (
        "--cost softmax-cross-entropy --optimizer adam --learning-rate 0.01", [.sigmoid, .sigmoid, .identity],
        .standardNormal, .softmaxCrossEntropy, .adam(learningRate: 0.01), "sigmoid sigmoid identity",
        "adam, learning rate 0.01"
      ),
      (
        "", [.sigmoid, .sigmoid, .sigmoid], .standardNormal, .quadratic, .sgd(learningRate: 3), "sigmoid",
        "sgd, learning rate 3.0"
      ),
    ] as [(String, [Activation], Initializer, Cost, Optimizer, String, String)])
  func settings(
    flags: String, activations: [Activation], initializer: Initializer, cost: Cost, optimizer: Optimizer, words: String,
    optimizerWords: String
  ) throws {
    try withSmallMNIST { folder in
      let tool = try Tool.run(
        arguments: [
          "train", "--data", folder.path, "--layers", "4,6,5,10", "--epochs", "5", "--batch", "5", "--seed", "3",
          "--precision", "f32",
        ] + flags.split(separator: " ").map(String.init))
      #expect((tool.status, tool.errorsOfRun) == (0, ""))
      #expect(
        tool.output.contains(
          "\nNetwork: 4-6-5-10, \(words), f32, 125 parameters, \(cost) cost, batch 5, \(optimizerWords)\n"))
      let lines = tool.output.split(separator: "\n").filter { $0.hasPrefix("Epoch ") }
      #expect(
        try lines.map(result)
          == reports(folder, activations: activations, initializer, cost, optimizer).map(result))
    }
  }

  private static let until = ["--layers", "4,8,10", "--learning-rate", "1", "--cost", "cross-entropy", "--batch", "5"]

  @Test("Training ends after the first epoch that reaches an accuracy, and is saved")
  func reached() throws {
    try withSmallMNIST { folder in
      let digits = try MNIST(directory: folder.path)
      let trainer = try Trainer(
        Network<Double>(sizes: [4, 8, 10], seed: 1), batchSize: 5, cost: .crossEntropy,
        optimizer: .sgd(learningRate: 1),
        seed: 1)
      var counts: [Int] = []
      // The first epoch with half of the 20 test images; epochs before and after it have fewer and more.
      try trainer.train(epochs: 100, on: digits.training, evaluating: digits.test) {
        counts.append($0.evaluation?.correct ?? 0)
        if counts[counts.count - 1] >= 10 { trainer.requestStop() }
      }
      try #require(counts.count > 1 && counts.count < 100)
      let file = folder.path(of: "net.json")
      let result = try Tool.run(
        arguments: ["train", "--data", folder.path, "--epochs", "100", "--until-accuracy", "0.5", "--save", file]
          + Self.until)
      #expect((result.status, result.errorsOfRun) == (0, ""))
      let lines = result.output.split(separator: "\n")
      #expect(lines.filter { $0.hasPrefix("Epoch ") }.count == counts.count)
      let text = "Reached 0.5 after \(counts.count) epochs, "
      #expect(
        lines.last?.hasPrefix(text) == true && lines.last?.hasSuffix("\(counts[counts.count - 1])/20 correct") == true)
      #expect(lines.last?.firstMatch(of: /\d+\.\d\d s of training/) != nil)
      #expect(try BookFile<Double>(contentsOf: file).network == trainer.network)
      // With as many epochs as it takes the last one counts too.
      let exact = try Tool.run(
        arguments: ["train", "--data", folder.path, "--epochs", "\(counts.count)", "--until-accuracy", "0.5"]
          + Self.until)
      #expect(exact.status == 0)
      #expect(exact.output.contains("\n\(text)"))
    }
  }

  @Test("An accuracy that is not reached is a failure, which keeps what was learned")
  func missed() throws {
    try withSmallMNIST { folder in
      let file = folder.path(of: "net.json")
      let result = try Tool.run(
        arguments: ["train", "--data", folder.path, "--epochs", "2", "--until-accuracy", "1", "--save", file]
          + Self.until)
      #expect(result.status == 1)
      let counts = result.output.matches(of: /Epoch \d\/2: (\d+)\/20 correct/).compactMap { Int($0.1) }
      try #require(counts.count == 2)
      let epoch = counts[1] > counts[0] ? 2 : 1
      let best = counts[epoch - 1]
      #expect(
        result.errorsOfRun
          == "nnbench: 2 epochs did not reach --until-accuracy 1.0: the best was \(best)/20 correct, \(Double(best) / 20), "
          + "after epoch \(epoch); give more with --epochs, or change --learning-rate, --optimizer or --layers\n")
      #expect(result.output.hasSuffix("\nSaved: \(file)\n"))
      #expect(FileManager.default.fileExists(atPath: file))
    }
  }

  @Test("The best epoch is the first of the most correct, and times add up")
  func goal() throws {
    func report(_ epoch: Int, correct: Int) -> TrainingReport {
      TrainingReport(
        scope: .epoch(epoch, of: 9), steps: 1, examples: 1, cost: 1, seconds: 0.25, operations: 1,
        evaluation: Evaluation(count: 10, correct: correct, cost: 1))
    }
    var goal = AccuracyGoal(accuracy: 0.8)
    #expect(
      [3, 7, 5, 7].enumerated().map { goal.isReached(by: report($0 + 1, correct: $1)) } == [false, false, false, false])
    #expect(
      message { _ = try goal.conclusion() }
        == "4 epochs did not reach --until-accuracy 0.8: the best was 7/10 correct, 0.7, after epoch 2; "
        + "give more with --epochs, or change --learning-rate, --optimizer or --layers")
    let isReached = goal.isReached(by: report(5, correct: 8))
    #expect(isReached)
    #expect(try goal.conclusion() == "Reached 0.8 after 5 epochs, 1.25 s of training: 8/10 correct")
  }
}
