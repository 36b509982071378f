import Foundation
import NNBlas
import TestSupport
import Testing
import nnbench

/// Whether these are the errors of a run that was asked for the level avx9: what was asked, which levels there are, and the
/// last of them in use.
func isSIMDWarning(_ errors: String) -> Bool {
  let line =
    /nnbench: warning: NNBLAS_SIMD is 'avx9', expected (?:\w+ or )*(\w+), the levels of this processor; (\w+) is used\n/
  guard let match = errors.wholeMatch(of: line) else { return false }
  return match.1 == match.2 && errors.contains("expected portable")
}

@Suite("What nnbench says of its own choices")
struct NotesTests {
  @Test("A level of SIMD that the processor has not is warned of, once", arguments: ["train", "epoch"])
  func unknownLevel(command: String) throws {
    try withSmallMNIST { folder in
      let arguments = [command, "--layers", "4,10", "--data", folder.path, "--epochs", "2"]
      let result = try Tool.run(arguments: arguments, environment: ["NNBLAS_SIMD": "avx9"])
      #expect(result.status == 0)
      #expect(isSIMDWarning(result.errorsOfRun), "\(result.errors)")
      for level in ["portable", ""] {
        #expect(try Tool.run(arguments: arguments, environment: ["NNBLAS_SIMD": level]).errorsOfRun == "")
      }
    }
  }

  @Test("A warning leaves the JSON as it is")
  func warningBesideJSON() throws {
    try withSmallMNIST { folder in
      func context(_ level: String) throws -> [String: Any] {
        let result = try Tool.run(
          arguments: ["epoch", "--layers", "4,10", "--data", folder.path, "--steps", "1", "--json", "-"],
          environment: ["NNBLAS_SIMD": level])
        #expect(result.errorsOfRun.hasPrefix("nnbench: warning: ") == (level == "avx9"))
        let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        return try #require(document["context"] as? [String: Any])
      }
      let (ignored, unset) = (try context("avx9"), try context(""))
      #expect(Set(ignored.keys) == Set(unset.keys))
      #expect(ignored["simd"] as? String == unset["simd"] as? String)
    }
  }

  @Test("A single worker is explained where the engine chose it among several")
  func singleWorker() {
    let words = "one worker, too little work in a step for two"
    #expect(workersNote(1, threads: nil, processors: 2) == words)
    #expect(workersNote(1, threads: 1, processors: 2) == nil)
    #expect(workersNote(1, threads: nil, processors: 1) == nil)
    #expect(workersNote(2, threads: nil, processors: 2) == nil)
    #expect(workersNote(2, aloneShare: 0.004, threads: nil, processors: 2) == nil)
    let some = "one worker took 38 % of the steps, where that was faster"
    #expect(workersNote(2, aloneShare: 0.375, threads: nil, processors: 2) == some)
  }

  @Test(
    "Training and timing say so",
    arguments: [
      (["train", "--epochs", "2"], "\nThreads: "), (["train", "--steps", "4"], "\nThreads: "),
      (["epoch", "--steps", "4"], " in all; "),
    ])
  func singleWorkerInWords(arguments: [String], before: String) throws {
    try withSmallMNIST { folder in
      let arguments = arguments + ["--layers", "4,10", "--data", folder.path]
      let chosen = try Tool.run(arguments: arguments).output
      // Where there is one processor, there is nothing to explain.
      let note = before + "one worker, too little work in a step for two\n"
      #expect(chosen.ranges(of: note).count == (Processors.available > 1 ? 1 : 0), "\(chosen)")
      let asked = try Tool.run(arguments: arguments + ["--threads", "1"]).output
      #expect(!asked.contains("one worker"))
    }
  }

  @Test("As many steps are timed as were asked for", arguments: [1, 7])
  func steps(count: Int) throws {
    try withSmallMNIST { folder in
      let result = try Tool.run(
        "epoch", "--layers", "4,10", "--data", folder.path, "--steps", "\(count)", "--json", "-")
      #expect(result.status == 0)
      #expect(result.errors.contains("custom: ") && result.errors.contains("; 1 sample of \(count) step"))
      let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      let entry = try #require((document["results"] as? [[String: Any]])?.first)
      #expect(entry["steps"] as? Int == count)
      #expect((entry["samples"] as? [Double])?.count == 1)
      if !isSanitized { #expect(entry["allocationsPerStep"] as? Double == 0) }
    }
  }
}
