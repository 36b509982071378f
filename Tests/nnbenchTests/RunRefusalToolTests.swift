import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("nnbench train --run, refused")
final class RunRefusalToolTests: RunToolSuite {
  @Test("is refused where there is a run, none, or one of other settings, and stays as it is")
  func refusals() throws {
    try withData { folder in
      let run = folder.path(of: "run")
      #expect(try train(folder, "run", epochs: 1).status == 0)
      let before = try bytes(run + "/configuration.json")
      let second = try train(folder, "run")
      #expect(second.status == 65)
      #expect(
        second.errorsOfRun
          == "nnbench: --run is \(run), where there is a run already; go on with it by --resume, or give another folder\n"
      )
      // A model is no run, but it is somebody's.
      let model = try folder.write(Array("somebody's".utf8), to: "other-model")
      let other = folder.path(of: "other")
      try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
      try #require(rename(model, other + "/model.safetensors") == 0)
      let over = try train(folder, "other")
      #expect(over.status == 65 && over.errors.contains("where model.safetensors would be written over"))
      #expect(try bytes(other + "/model.safetensors") == Data("somebody's".utf8))
      let none = try Tool.run("train", "--run", folder.path(of: "none"), "--resume")
      #expect(none.status == 65 && none.errors.contains("where there is no run to resume"))
      for (flags, text) in [
        (["--batch", "25"], "--batch is 25, expected 50, as in the run that is resumed"),
        (["--optimizer", "sgd"], "--optimizer is sgd(learningRate: 3.0), expected adam("),
        (["--seed", "2"], "--seed is 2, expected 1"),
        (["--validation", "0.5"], "what is learnt from, by --data and all that changes it, is 550 examples of 4 → 3"),
        (["--order", "sequential"], "--order is sequential, expected shuffled"),
        (["--steps", "100"], "patience and --steps contradict each other"),
        (["--layers", "4,3"], "the number of layers is 1, expected 3"),
        (["--patience", "7"], "--minimum-improvement is after 7 epochs without a better cost, expected after"),
      ] {
        let tool = try Tool.run(arguments: ["train", "--run", run, "--resume"] + flags)
        #expect(tool.status == 65 && tool.errors.contains(text), "\(flags): \(tool.errors)")
      }
      for (flags, text) in [
        (["--resume"], "--resume needs --run"), (["--strict"], "--strict needs --resume"),
        (["--log-steps", "3"], "--log-steps needs --run"),
        (["--run", run, "--resume", "--config", "x"], "--resume and --config contradict each other"),
        (["--run", run, "--checkpoint-every", "0"], "--checkpoint-every is '0', expected a number of steps"),
        (["--run", run, "--checkpoint-every", "3d"], "--checkpoint-every is '3d', expected a number of steps"),
      ] {
        let tool = try Tool.run(arguments: ["train"] + flags)
        #expect(tool.status == 64 && tool.errors.contains(text), "\(flags): \(tool.errors)")
      }
      #expect(try bytes(run + "/configuration.json") == before)
    }
  }

  @Test("is touched by nothing that is refused, and is not over when it goes on")
  func untouched() throws {
    try withData { folder in
      let run = folder.path(of: "run")
      #expect(try train(folder, "run", epochs: 2).status == 0)
      func contents() throws -> [Data] {
        try ["metrics.jsonl", "timings.jsonl", "environment.jsonl", "configuration.json"].map {
          try bytes(run + "/" + $0)
        }
      }
      let before = try contents()
      for (flags, text) in [
        (["--epochs", "1"], "--epochs is 1, but 2 have been completed"),
        (["--monitor-training"], "--monitor-training is true, expected false"),
        (["--order", "sequential"], "--order is sequential, expected shuffled"),
      ] {
        let refused = try Tool.run(arguments: ["train", "--run", run, "--resume"] + flags)
        #expect(refused.status == 65 && refused.errors.contains(text), "\(refused.errors)")
        #expect(try contents() == before, "\(flags)")
      }
      // Its checkpoints make it one, though somebody has removed its configuration.
      let configuration = try bytes(run + "/configuration.json")
      unlink(run + "/configuration.json")
      let second = try train(folder, "run", epochs: 2)
      #expect(second.status == 65 && second.errors.contains("where there is a run already"), "\(second.errors)")
      try folder.write([UInt8](configuration), to: "run/configuration.json")
      #expect(try contents() == before)
      let more = try Tool.run("train", "--run", run, "--resume", "--epochs", "1000000", "--max-time", "0.3s")
      #expect(more.status == 0 && !FileManager.default.fileExists(atPath: run + "/model.safetensors"), "\(more.errors)")
    }
  }
}
