import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("Checkpoints that are not as they were written")
final class DamagedCheckpointTests: CheckpointSuite {
  @Test("cut short anywhere are passed over, and the older one is used")
  func truncation() throws {
    try withRun { folder in
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path(of: names[1]))))
      for count in bytes.indices {
        try folder.write(Array(bytes.prefix(count)), to: names[1])
        let resumption = try trainer().resume(from: folder.path)
        #expect(resumption.steps == 6 && resumption.damaged.count == 1, "\(count) bytes")
      }
      try folder.write(bytes, to: names[1])
      #expect(try trainer().resume(from: folder.path).steps == 10)
    }
  }

  @Test("with a wrong bit anywhere are passed over, and the older one is used")
  func bitFlips() throws {
    try withRun { folder in
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path(of: names[1]))))
      var random = RandomValues(seed: 2)
      for _ in 0..<2000 {
        let places: [Double] = random.numbers(1, in: 0...Double(8 * bytes.count - 1))
        let place = Int(places[0])
        var changed = bytes
        changed[place / 8] ^= 1 << UInt8(place % 8)
        try folder.write(changed, to: names[1])
        let resumption = try trainer().resume(from: folder.path)
        #expect(resumption.steps == 6 && resumption.damaged.count == 1, "bit \(place)")
      }
    }
  }

  @Test("that say what cannot be, under a checksum that fits, are an error, and end nothing else")
  func forgedNumbers() throws {
    try withRun { folder in
      let path = folder.path(of: names[1])
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      for (old, new) in [
        ("\"steps\":4,", "\"steps\":-4,"), ("\"steps\":4,", "\"steps\":6,"), ("\"steps\":4,", "\"steps\":1e300,"),
        ("\"steps\":4,", "\"steps\":0.5,"), ("\"epochs\":1,", "\"epochs\":-1,"), ("\"updates\":10", "\"updates\":-1"),
        ("\"batches\":10,", "\"batches\":\"x\","), ("\"batchesOfUpdate\":0", "\"batchesOfUpdate\":1"),
        ("\"learningRateFactor\":1", "\"learningRateFactor\":-1"),
        ("\"learningRateFactor\":1", "\"learningRateFactor\":\"inf\""),
        ("\"firstEpoch\":1", "\"firstEpoch\":-9223372036854775808"), ("\"firstEpoch\":1", "\"firstEpoch\":2"),
        ("\"examples\":24", "\"examples\":0"), ("\"batches\":10,", "\"batches\":9223372036854774784,"),
        ("\"updates\":10", "\"updates\":11"), ("\"batches\":10,", "\"batches\":3,"),
        ("\"examples\":16,", "\"examples\":-16,"),
        ("\"epochsSinceBest\":0", "\"epochsSinceBest\":-1"), ("\"hasBest\":false", "\"hasBest\":true"),
        ("\"factor\":1,", "\"factor\":0,"), ("\"scalars\":{", "\"scalars\":{\"x\":1e999,"),
        ("\"ending\":\"fused\"", "\"ending\":\"other\""), ("\"version\":1", "\"version\":2"),
      ] {
        try folder.write(#require(forged(bytes, replacing: old, by: new), "\(old)"), to: names[1])
        let trainer = try trainer()
        let text = message {
          try trainer.resume(from: path)
          try trainer.train(steps: 20, on: dataset)
        }
        #expect(text.hasPrefix("\(path): "), "\(new): \(text)")
        #expect(try trainer.trainingState == self.trainer().trainingState, "\(new)")
      }
    }
    // In the middle of a block of steps that look ahead.
    let digits = try SyntheticDigits(seed: 1, trainingCount: 200, validationCount: 0, testCount: 1).training
    try withTemporaryDirectory { folder in
      func trainer() throws -> Trainer<Float> {
        try Trainer(Network(sizes: [784, 30, 10], seed: 1), batchSize: 1, optimizer: .sgd(learningRate: 1), seed: 1)
      }
      let whole = try trainer()
      whole.checkpoints = CheckpointRule(folder: folder.path, everySeconds: nil)
      try whole.train(steps: 3, on: digits)
      let path = folder.path(of: "checkpoint-0000000003.safetensors")
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      for (old, new) in [
        ("\"row\":3", "\"row\":4"), ("\"row\":3", "\"row\":-3"), ("\"steps\":[0,", "\"steps\":[9,"),
        ("\"steps\":[0,", "\"steps\":[1,"), ("\"steps\":[0,", "\"steps\":[-9223372036854775808,"),
      ] {
        try folder.write(#require(forged(bytes, replacing: old, by: new), "\(old)"), to: "forged")
        let text = message {
          let trainer = try trainer()
          try trainer.resume(from: folder.path(of: "forged"))
          try trainer.train(steps: 9, on: digits)
        }
        #expect(text.hasPrefix("\(folder.path(of: "forged")): "), "\(new): \(text)")
      }
    }
  }

  @Test("that are all damaged, or absent, are an error that names them")
  func none() throws {
    try withRun { folder in
      for name in names { try folder.write(Array("short".utf8), to: name) }
      let trainer = try trainer()
      let text = message { try trainer.resume(from: folder.path) }
      #expect(text.contains("no checkpoint to resume from is whole"))
      #expect(names.allSatisfy { text.contains("\($0): damaged: its checksum is another one") })
      // Nothing of it has changed.
      #expect(try trainer.trainingState == self.trainer().trainingState)
      #expect(
        message { try trainer.resume(from: folder.path(of: "x")) }
          == "\(folder.path(of: "x")): there is no checkpoint to resume from; start the run without resuming")
    }
    try withTemporaryDirectory { folder in
      #expect(
        message { try trainer().resume(from: folder.path) }
          == "\(folder.path): there is no checkpoint to resume from; start the run without resuming")
      try network.save(to: folder.path(of: names[0]))
      #expect(message { try trainer().resume(from: folder.path) }.contains("damaged"))
    }
  }
}
