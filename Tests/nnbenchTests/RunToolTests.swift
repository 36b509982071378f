import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("nnbench train --run")
struct RunToolTests {
  private static let settings = [
    "train", "--label", "kind", "--layers", "4,500:relu,dropout(0.2),3", "--cost", "softmax-cross-entropy",
    "--optimizer",
    "adam", "--learning-rate", "0.001", "--batch", "50", "--precision", "f32", "--validation", "100", "--patience",
    "1000000",
    "--checkpoint-every", "7", "--log-steps", "5",
  ]

  /// Three classes that overlap: 1000 examples to learn from, and 100 to look at.
  private static let table: String = {
    var random = Philox(seed: 5)
    let lines = (0..<1100).map { index in
      let numbers = (0..<4).map { _ in "\(Double(index % 3) + Double.random(in: -1...1, using: &random))" }
      return numbers.joined(separator: ",") + ",k\(index % 3)"
    }
    return (["a,b,c,d,kind"] + lines).joined(separator: "\n") + "\n"
  }()

  private func withData(_ body: (TemporaryDirectory) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      try folder.write(Array(Self.table.utf8), to: "data.csv")
      try body(folder)
    }
  }

  private func settings(_ folder: TemporaryDirectory) -> [String] {
    Self.settings + ["--data", folder.path(of: "data.csv")]
  }

  /// Twenty steps an epoch.
  private func train(_ folder: TemporaryDirectory, _ run: String, epochs: Int = 4, _ more: String...) throws -> Tool {
    try Tool.run(arguments: settings(folder) + ["--epochs", "\(epochs)", "--run", folder.path(of: run)] + more)
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

  private func lines(_ path: String) throws -> [[String: Any]] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

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
      #expect(
        names.count == 4 && names.first == "best.safetensors" && names.last == "checkpoint-0000000080.safetensors")
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

  @Test("ends when its time is over, and is to go on")
  func time() throws {
    try withData { folder in
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

  @Test("passes over a checkpoint that is damaged, and says so")
  func damaged() throws {
    try withData { folder in
      let (run, whole) = (folder.path(of: "run"), folder.path(of: "whole"))
      #expect(try train(folder, "run", epochs: 2).status == 0)
      #expect(try train(folder, "whole", epochs: 3).status == 0)
      let name = "checkpoints/checkpoint-0000000040.safetensors"
      let bytes = [UInt8](try bytes(run + "/" + name))
      try folder.write(Array(bytes.dropLast(100)), to: "run/" + name)
      // A line that a crash has torn.
      let metrics = try self.bytes(run + "/metrics.jsonl") + Data("{\"epoch\":".utf8)
      try folder.write([UInt8](metrics), to: "run/metrics.jsonl")
      let resumed = try Tool.run("train", "--run", run, "--resume", "--epochs", "3")
      #expect(resumed.status == 0)
      #expect(
        resumed.errors.contains("nnbench: warning: passed over: \(run)/\(name): damaged: its checksum is another one"))
      for name in ["metrics.jsonl", "model.safetensors"] {
        #expect(try self.bytes(run + "/" + name) == self.bytes(whole + "/" + name), "\(name)")
      }
    }
  }

  /// A checkpoint is more than 48 KiB; bash counts a limit in KiB.
  @Test("ends, or goes on, where files are not to be as large as they would be; what was kept before stays good")
  func fileSizeLimit() throws {
    try withData { folder in
      let run = folder.path(of: "run")
      #expect(try train(folder, "run", epochs: 1).status == 0)
      for (policy, status) in [("end", Int32(1)), ("go-on", 0)] {
        let limited = try Tool.run(
          arguments: [
            "-c", "ulimit -f 30; exec \"$0\" \"$@\"", Tool.path(), "train", "--run", run, "--resume", "--epochs", "3",
          ]
            + ["--on-write-failure", policy], executable: "/bin/bash")
        #expect(limited.status == status, "\(policy): \(limited.errors)")
        #expect(limited.errors.contains("cannot be written: File too large"), "\(policy): \(limited.errors)")
        #expect(limited.output.contains("Epoch 3/3") == (policy == "go-on"), "\(policy): \(limited.output)")
      }
      let resumed = try Tool.run("train", "--run", run, "--resume", "--epochs", "3", "--on-write-failure", "end")
      #expect(resumed.status == 0 && resumed.output.contains("\nResumed after 1 epoch, from "), "\(resumed.output)")
      let whole = folder.path(of: "whole")
      #expect(try train(folder, "whole", epochs: 3).status == 0)
      for name in ["metrics.jsonl", "model.safetensors"] {
        #expect(try bytes(run + "/" + name) == bytes(whole + "/" + name), "\(name)")
      }
    }
  }

  /// Whether this process may have file systems of its own.
  private static let mayMount =
    geteuid() == 0
    && (try? Tool.run(
      arguments: ["--mount", "bash", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"], executable: "/usr/bin/unshare"))?
      .status == 0

  @Test(
    "ends where the disk is full, and what was kept before stays good",
    .enabled(if: mayMount, "only the superuser may mount a small file system, and not in every container"))
  func fullDisk() throws {
    try withData { folder in
      let run = folder.path(of: "run")
      try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: false)
      // Room for two checkpoints of 48 KiB and more, and not for what comes beside them. Behind the run it is copied to where the
      // tests can see it.
      let script = """
        mount -t tmpfs -o size=250k tmpfs "$RUN" && cd "$RUN" || exit 99
        "$@" --epochs 4 --run "$RUN/r" --keep-checkpoints 9; status=$?
        cp -r "$RUN/r" "$RUN-copy"; exit $status
        """
      let full = try Tool.run(
        arguments: ["--mount", "bash", "-c", script, "bash", Tool.path()] + settings(folder),
        environment: ["RUN": run], executable: "/usr/bin/unshare")
      #expect(full.status == 1 && full.errors.contains("cannot be written: No space left on device"), "\(full.errors)")
      let resumed = try Tool.run("train", "--run", run + "-copy", "--resume", "--epochs", "4")
      #expect(resumed.status == 0 && !resumed.errors.contains("passed over"), "\(resumed.errors)")
      #expect(resumed.output.contains("\nResumed after "))
      #expect(try train(folder, "whole", epochs: 4).status == 0)
      for name in ["metrics.jsonl", "model.safetensors"] {
        #expect(try bytes(run + "-copy/" + name) == bytes(folder.path(of: "whole") + "/" + name), "\(name)")
      }
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

/// nnbench while it runs.
struct RunningTool {
  let process: Process
  private let output: String
  private let errors: String

  /// Starts it, and waits until a text is printed.
  init(_ arguments: [String], in folder: TemporaryDirectory, until text: String) throws {
    process = Process()
    process.executableURL = URL(fileURLWithPath: try Tool.path())
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    (output, errors) = (try folder.write([], to: "stdout"), try folder.write([], to: "stderr"))
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    while process.isRunning, try !String(contentsOfFile: output, encoding: .utf8).contains(text) {
      usleep(10_000)
    }
  }

  func wait() throws -> Tool {
    process.waitUntilExit()
    return try Tool(
      status: process.terminationStatus, output: String(contentsOfFile: output, encoding: .utf8),
      errors: String(contentsOfFile: errors, encoding: .utf8))
  }
}

extension Process {
  /// Sends a signal.
  fileprivate func interrupt(with signal: Int32) { kill(processIdentifier, signal) }
}
