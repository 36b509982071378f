import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("nnbench train --run")
final class RunToolTests: RunToolSuite {
  @Test("keeps configuration, environment, metrics, timings, checkpoints, pictures and the model")
  func files() throws {
    try withData { folder in
      let run = folder.path(of: "run")
      let tool = try train(folder, "run")
      #expect(tool.status == 0, "\(tool.errors)")
      #expect(tool.output.contains("\nRun: \(run), a checkpoint every 7 steps\n"))
      #expect(tool.output.contains("\nRun: \(run), model \(run)/model.safetensors\n"))
      let metrics = try lines(run + "/metrics.jsonl")
      #expect(metrics.count == 4 + 16)
      let steps = metrics.compactMap { $0["step"] as? Int }
      #expect(steps == [5, 10, 15, 20, 20, 25, 30, 35, 40, 40, 45, 50, 55, 60, 60, 65, 70, 75, 80, 80])
      let last = try #require(metrics.last)
      let (epoch, examples, count) = (
        last["epoch"] as? Int, last["examples"] as? Int, (last["evaluation"] as? [String: Any])?["count"] as? Int
      )
      #expect([epoch, examples, count] == [4, 1000, 100])
      #expect(try lines(run + "/timings.jsonl").count == 4)
      let environment = try lines(run + "/environment.jsonl")
      #expect(environment.count == 1 && environment[0]["step"] as? Int == 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: run + "/checkpoints").filter {
        !$0.hasPrefix(".")
      }.sorted()
      // Three are kept, if a slow disk lets as many be written.
      #expect(
        (3...4).contains(names.count) && names.first == "best.safetensors"
          && names.last == "checkpoint-0000000080.safetensors", "\(names)")
      // The folder's configuration is the run's.
      let again = try Tool.run(
        "train", "--config", run + "/configuration.json", "--run", folder.path(of: "again"))
      #expect(again.status == 0, "\(again.errors)")
      for name in ["metrics.jsonl", "model.safetensors", "configuration.json"] {
        #expect(try bytes(run + "/" + name) == bytes(folder.path(of: "again") + "/" + name), "\(name)")
      }
      // What is over stays so.
      let over = try Tool.run("train", "--run", run, "--resume")
      #expect(over.status == 0 && over.output.contains("\nResumed after 4 epochs, from "), "\(over.errors)")
      #expect(try bytes(run + "/model.safetensors") == bytes(folder.path(of: "again") + "/model.safetensors"))
      #expect(try lines(run + "/environment.jsonl").last?["step"] as? Int == 80)
    }
  }

  @Test(
    "goes on after a signal, to the same bits",
    arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))] as [(Int32, Int32)])
  func signals(_ signal: Int32, _ status: Int32) throws {
    try withData { folder in
      let run = folder.path(of: "run")
      // So many that it is not over before it is told to end.
      let running = try RunningTool(
        settings(folder) + ["--epochs", "100000", "--run", run], in: folder, until: "Epoch 2/")
      running.process.interrupt(with: signal)
      let ended = try running.wait()
      #expect(ended.status == status, "\(ended.errors)")
      #expect(ended.errorsOfRun.contains("nnbench: ending after this step; another SIGINT ends at once\n"))
      #expect(ended.output.contains("\nThe run is kept in \(run); go on with: nnbench train --run \(run) --resume\n"))
      let steps = try #require(lines(run + "/metrics.jsonl").last?["step"] as? Int)
      // As far as it came, and two epochs more.
      let epochs = steps / 20 + 3
      let resumed = try Tool.run("train", "--run", run, "--resume", "--epochs", "\(epochs)", "--threads", "3")
      #expect(resumed.status == 0 && resumed.output.contains("\nResumed after "), "\(resumed.errors)")
      let whole = folder.path(of: "whole")
      #expect(try train(folder, "whole", epochs: epochs).status == 0)
      for name in ["metrics.jsonl", "model.safetensors"] {
        #expect(try bytes(run + "/" + name) == bytes(whole + "/" + name), "\(name)")
      }
    }
  }

  @Test("of so many steps is kept, and taken further, as one of epochs is")
  func steps() throws {
    try withData { folder in
      let (run, whole) = (folder.path(of: "run"), folder.path(of: "whole"))
      // Patience is of epochs.
      let settings = settings(folder).filter { !["--patience", "1000000"].contains($0) }
      #expect(try Tool.run(arguments: settings + ["--steps", "47", "--run", run]).status == 0)
      let further = try Tool.run("train", "--run", run, "--resume", "--steps", "70")
      #expect(further.status == 0 && further.errorsOfRun == "", "\(further.errors)")
      #expect(further.output.contains("\nResumed after 2 epochs and 7 steps, from "), "\(further.output)")
      for text in ["\n70 steps: ", "\nCheckpoints: "] { #expect(further.output.contains(text), "\(further.output)") }
      #expect(try Tool.run(arguments: settings + ["--steps", "70", "--run", whole]).status == 0)
      for name in ["metrics.jsonl", "model.safetensors"] {
        #expect(try bytes(run + "/" + name) == bytes(whole + "/" + name), "\(name)")
      }
    }
  }

  @Test("ends when its time is over, and is to go on")
  func time() throws {
    try withData { folder in
      let steps = try Tool.run(
        arguments: settings(folder).filter { !["--patience", "1000000"].contains($0) }
          + ["--steps", "20000000", "--max-time", "0.2s", "--run", folder.path(of: "steps")])
      #expect(steps.status == 0 && steps.output.contains(": the time is over\n"), "\(steps.output)\(steps.errors)")
      #expect(!steps.output.contains(" steps: cost") && steps.output.contains(" --resume\n"), "\(steps.output)")
      let run = folder.path(of: "run")
      let tool = try train(folder, "run", epochs: 1_000_000, "--max-time", "0.5s")
      #expect(tool.status == 0, "\(tool.errors)")
      #expect(tool.output.contains(": the time is over"))
      #expect(tool.output.contains("go on with: nnbench train --run \(run) --resume\n"))
      #expect(!FileManager.default.fileExists(atPath: run + "/model.safetensors"))
      let more = try Tool.run("train", "--run", run, "--resume", "--max-time", "0.5s")
      #expect(more.status == 0 && more.output.contains("\nResumed after "), "\(more.errors)")
    }
  }

  @Test("keeps another process out while it lives")
  func lock() throws {
    try withData { folder in
      let run = folder.path(of: "run")
      let running = try RunningTool(
        settings(folder) + ["--epochs", "100000", "--run", run], in: folder, until: "Epoch 1/")
      for more in [[], ["--resume"]] {
        let second = try Tool.run(arguments: ["train", "--run", run] + more)
        #expect(second.status == 1)
        #expect(
          second.errorsOfRun
            == "nnbench: \(run): another run is under way there; wait for its end, or give another folder with --run\n")
      }
      kill(running.process.processIdentifier, SIGKILL)
      _ = try running.wait()
      let resumed = try Tool.run("train", "--run", run, "--resume", "--max-time", "0.1s")
      #expect(resumed.status == 0, "\(resumed.errors)")
    }
  }

  @Test(
    "comes to the bits of an uninterrupted one after it was killed three times",
    .enabled(if: isOptimizedBuild, "eight seconds of work in release are minutes in debug"))
  func killed() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let tool = try Tool.run(
      arguments: [root.appendingPathComponent("Scripts/kill-test").path, "3", Tool.path()], executable: "/bin/bash")
    #expect(tool.status == 0 && tool.errors.contains("3 kills in "), "\(tool.errors)")
  }
}
