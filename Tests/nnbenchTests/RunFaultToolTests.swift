import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("nnbench train --run, with faults")
final class RunFaultToolTests: RunToolSuite {
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

  private static let limitsFiles: Comment = "the thread sanitizer has a file of its own, which is larger"

  /// A checkpoint is more than 48 KiB; bash counts a limit in KiB.
  @Test(
    "ends, or goes on, where files are not to be as large as they would be; what was kept before stays good",
    .enabled(if: !isThreadSanitized, limitsFiles))
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
        // The other one ends where it learns of it, with the last epoch at the latest.
        if policy == "go-on" { #expect(limited.output.contains("Epoch 3/3"), "\(limited.output)") }
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

  /// Metrics of every step come to 28 KiB, checkpoints of a small network to 8, and lines that wait to twice their length.
  @Test(
    "ends, or goes on, where only its metrics cannot be written; no line of them is lost",
    .enabled(if: !isThreadSanitized, limitsFiles),
    arguments: ["end", "go-on"])
  func metricsLimit(_ policy: String) throws {
    try withData { folder in
      let (run, whole) = (folder.path(of: "run"), folder.path(of: "whole"))
      func settings(_ run: String) -> [String] {
        self.settings(folder, layers: "4,8:relu,3", logSteps: 1) + ["--epochs", "20", "--run", run]
      }
      let limited = try Tool.run(
        arguments: ["-c", "ulimit -f 24; exec \"$0\" \"$@\"", Tool.path()] + settings(run)
          + ["--on-write-failure", policy], executable: "/bin/bash")
      #expect(limited.status == (policy == "end" ? 1 : 0), "\(limited.errors)")
      let text = "\(run)/metrics.jsonl: cannot be written: File too large"
      let line = policy == "end" ? "nnbench: \(text)\n" : "nnbench: warning: \(text); the run goes on\n"
      #expect(limited.errorsOfRun == line)
      #expect(try String(contentsOfFile: run + "/metrics.jsonl", encoding: .utf8).hasSuffix("}\n"))
      let resumed = try Tool.run("train", "--run", run, "--resume")
      #expect(resumed.status == 0 && resumed.errorsOfRun == "", "\(resumed.errors)")
      #expect(try Tool.run(arguments: settings(whole)).status == 0)
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
      // Room for one checkpoint of 48 KiB and more, and all that is beside it, or two; but there are three at least, however slow the
      // disk: the first, that of the best epoch, and the last. Behind the run it is copied to where the tests can see it.
      let script = """
        mount -t tmpfs -o size=150k tmpfs "$RUN" && cd "$RUN" || exit 99
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
}
