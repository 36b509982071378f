import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("nnbench train and epoch")
struct TrainAndEpochTests {
  @Test("Training from a file in file order gives the library's network, to the bit")
  func trainInSteps() throws {
    try withSmallMNIST { folder in
      let (before, after) = (folder.path(of: "before.json"), folder.path(of: "after.json"))
      let network = try Network<Double>(sizes: [4, 5, 10], seed: 9)
      try BookFile(network: network, cost: .crossEntropy).write(to: before)
      // 25 training examples in batches of 10 are 3 steps an epoch: 8 steps end in the third.
      let result = try Tool.run(
        "train", "--data", folder.path, "--initial", before, "--order", "sequential", "--steps", "8", "--save", after,
        "--learning-rate=0.5")
      #expect((result.status, result.errorsOfRun) == (0, ""))
      let digits = try MNIST(directory: folder.path)
      let trainer = try Trainer(
        network, batchSize: 10, cost: .crossEntropy, optimizer: .sgd(learningRate: 0.5), seed: 1)
      let report = try trainer.train(steps: 8, on: digits.training, evaluating: digits.test, order: .sequential)
      #expect(try BookFile<Double>(contentsOf: after) == BookFile(network: trainer.network, cost: .crossEntropy))
      let correct = try #require(report.evaluation?.correct)
      #expect(result.output.contains("\n8 steps: \(correct)/20 correct, cost "))
      #expect(result.output.hasPrefix("Data: MNIST files in \(folder.path), 25 training, 20 test\n"))
    }
  }

  @Test("Every epoch has its line, and the same seed the same network", arguments: ["f64", "f32"])
  func trainInEpochs(precision: String) throws {
    try withSmallMNIST { folder in
      var saved: [Data] = []
      for _ in 0..<2 {
        let file = folder.path(of: "net.json")
        let result = try Tool.run(
          "train", "--data", folder.path, "--layers", "4,5,10", "--epochs", "3", "--batch", "5", "--learning-rate", "2",
          "--seed", "4", "--precision", precision, "--save", file)
        #expect((result.status, result.errorsOfRun) == (0, ""))
        let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("Epoch ") }
        #expect(lines.count == 3)
        #expect(lines.last?.firstMatch(of: /^Epoch 3\/3: \d+\/20 correct, cost [\d.e-]+, \d+\.\d+ s/) != nil)
        saved.append(try Data(contentsOf: URL(fileURLWithPath: file)))
      }
      #expect(saved[0] == saved[1])
    }
  }

  @Test("Layers that do not fit the data, or the file, are refused")
  func mismatch() throws {
    try withSmallMNIST { folder in
      let layers = try Tool.run("train", "--data", folder.path, "--layers", "784,10")
      #expect(layers.status == 65)
      #expect(
        layers.errorsOfRun
          == "nnbench: MNIST files in \(folder.path): 4 inputs, expected 784 inputs as the network has\n")
      let outputs = try Tool.run("train", "--data", folder.path, "--layers", "4,12")
      #expect(
        outputs.errorsOfRun
          == "nnbench: MNIST files in \(folder.path): 10 classes, expected 12, one for each output of the network\n")
      let file = folder.path(of: "net.json")
      try BookFile(network: Network<Double>(sizes: [4, 10], seed: 1), cost: .quadratic).write(to: file)
      let initial = try Tool.run("train", "--data", folder.path, "--layers", "4,3,10", "--initial", file)
      #expect(initial.status == 64)
      #expect(
        initial.errors.contains("--layers is '4,3,10', but the network in \(file) is 4,10:sigmoid; leave --layers out"))
    }
  }

  @Test("With --json - standard output is one document with every field")
  func epochAsJSON() throws {
    try withSmallMNIST { folder in
      let result = try Tool.run(
        "epoch", "--layers", "4,3,10", "--batch", "10", "--learning-rate", "1", "--precision", "f32", "--data",
        folder.path, "--epochs", "2", "--threads", "2", "--profile", "--json", "-")
      #expect(result.status == 0)
      #expect(result.errors.contains("µs/step"))
      let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      #expect(Set(document.keys) == ["schema", "command", "context", "warnings", "results"])
      #expect(document["schema"] as? Int == 2)
      let context = try #require(document["context"] as? [String: Any])
      #expect(context.keys.contains("load") && context.keys.contains("machine") && context.keys.contains("versions"))
      #expect((context["data"] as? [String: Any])?["training"] as? Int == 25)
      let results = try #require(document["results"] as? [[String: Any]])
      let entry = try #require(results.first)
      #expect(results.count == 1)
      #expect(
        Set(entry.keys) == [
          "name", "workload", "precision", "layers", "batch", "threads", "aloneShare", "roundTripNanoseconds", "steps",
          "samples", "unit",
          "microsecondsPerStep",
          "secondsPerEpoch", "gflops", "peakGFLOPS", "percentOfPeak", "allocationsPerStep", "productsOnly",
          "peakResidentBytes", "phases", "firstCost", "cost", "correct", "test",
        ])
      #expect(entry["precision"] as? String == "f32")
      #expect(entry["layers"] as? [Int] == [4, 3, 10])
      #expect(entry["unit"] as? String == "us")
      let peak = try #require(entry["peakGFLOPS"] as? Double)
      #expect(peak > 0.1)
      if isSanitized {
        #expect(entry["allocationsPerStep"] is NSNull)
      } else {
        #expect(entry["allocationsPerStep"] as? Double == 0)
      }
      let products = try #require(entry["productsOnly"] as? [String: Double])
      let (engine, whole) = (products["engineMicroseconds"] ?? 0, products["openblasMicroseconds"] ?? 0)
      #expect(engine > 0 && whole > 0 && products["microseconds"] == min(engine, whole))
      #expect((products["gflops"] ?? 0) > 0)
      #expect(entry["threads"] as? Int == 2)
      let phases = try #require(entry["phases"] as? [[String: Double]])
      #expect(phases.count == 2)
      for worker in phases {
        #expect(
          Set(worker.keys) == ["gather", "forward", "activation", "cost", "backward", "update", "wait"])
        #expect(worker.values.allSatisfy { $0 >= 0 } && worker.values.contains { $0 > 0 })
      }
      let samples = try #require(entry["samples"] as? [Double])
      let summary = try #require(entry["microsecondsPerStep"] as? [String: Double])
      let epoch = try #require(entry["secondsPerEpoch"] as? [String: Double])
      #expect(summary["min"] == samples.min())
      // 25 examples in batches of 10 are 3 steps; 6·(4·3 + 3·10) − 2·4·3 operations an example.
      let median = try #require(summary["median"])
      #expect(abs((epoch["median"] ?? 0) / (3e-6 * median) - 1) < 1e-12)
      let gflops = try #require(entry["gflops"] as? Double)
      #expect(abs(gflops * 1e9 * (epoch["median"] ?? 0) / (25 * 228) - 1) < 1e-12)
      let percent = try #require(entry["percentOfPeak"] as? Double)
      #expect(abs(percent - 100 * gflops / peak) < 1e-9)
      #expect((entry["peakResidentBytes"] as? Int ?? 0) > 1 << 20)
      let (first, last) = (try #require(entry["firstCost"] as? Double), try #require(entry["cost"] as? Double))
      #expect(first > 0 && last > 0 && last < first)
      #expect(entry["test"] as? Int == 20)
      #expect((0...20).contains(try #require(entry["correct"] as? Int)))
    }
  }

  /// The products of 2³¹ − 1 examples would need 160 GiB for the outputs alone.
  @Test("A step has no more examples than there are, nor have its products; none follows another in an epoch")
  func wholeData() throws {
    try withSmallMNIST { folder in
      let result = try Tool.run(
        "epoch", "--layers", "4,10", "--batch", "2147483647", "--data", folder.path, "--steps", "1", "--json", "-")
      #expect(result.status == 0, "\(result.errors)")
      let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let entry = try #require((document["results"] as? [[String: Any]])?.first)
      #expect(entry["allocationsPerStep"] is NSNull)
      let products = try #require(entry["productsOnly"] as? [String: Double])
      let (gflops, microseconds) = (products["gflops"] ?? 0, products["microseconds"] ?? 0)
      // 25 examples; 6·4·10 − 2·4·10 operations an example.
      #expect(abs(gflops * microseconds * 1e3 / (25 * 160) - 1) < 1e-12)
    }
  }

  @Test("JSON goes to a file, and the table to standard output")
  func epochToFile() throws {
    try withSmallMNIST { folder in
      let file = folder.path(of: "result.json")
      let result = try Tool.run(
        "epoch", "--layers", "4,10", "--data", folder.path, "--epochs", "1", "--json", file)
      #expect((result.status, result.errorsOfRun) == (0, ""))
      #expect(result.output.contains("µs/step"))
      #expect(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file))) is [String: Any])
    }
  }
}
