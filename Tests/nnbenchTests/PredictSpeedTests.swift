import Foundation
import TestSupport
import Testing

@Suite("nnbench predict-speed")
struct PredictSpeedTests {
  @Test("With --json - standard output is one document with every field")
  func document() throws {
    let result = try Tool.run(
      "predict-speed", "--layers", "7,5,3", "--batch", "1,40", "--precision", "f32", "--seconds", "0.05", "--json", "-")
    #expect(result.status == 0)
    #expect(result.errors.contains("µs/call"))
    let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(Set(document.keys) == ["schema", "command", "context", "warnings", "results"])
    let results = try #require(document["results"] as? [[String: Any]])
    #expect(results.map { $0["batch"] as? Int } == [1, 40])
    for entry in results {
      #expect(
        Set(entry.keys) == [
          "name", "layers", "batch", "precision", "threads", "samples", "unit", "microsecondsPerCall",
          "examplesPerSecond",
          "gflops", "peakGFLOPS", "percentOfPeak", "allocationsPerCall", "difference",
        ])
      #expect(entry["layers"] as? [Int] == [7, 5, 3])
      #expect(entry["precision"] as? String == "f32")
      if isSanitized {
        #expect(entry["allocationsPerCall"] is NSNull)
      } else {
        if isOptimizedBuild { #expect(entry["allocationsPerCall"] as? Double == 0) }
      }
      let samples = try #require(entry["samples"] as? [Double])
      let median = try #require((entry["microsecondsPerCall"] as? [String: Double])?["median"])
      #expect(samples.count >= 5 && (samples.min() ?? 0) > 0)
      let batch = Double(entry["batch"] as? Int ?? 0)
      let rate = try #require(entry["gflops"] as? Double)
      // 2·(7·5 + 5·3) operations an example.
      #expect(abs(rate * 1e3 * median / (100 * batch) - 1) < 1e-9)
      let difference = try #require(entry["difference"] as? Double)
      #expect(difference > 0 && difference < 1e-6)
    }
  }

  @Test("A wrong batch names itself")
  func wrongBatch() throws {
    for batch in ["0", "1,,2", "x", "3000000000"] {
      let result = try Tool.run("predict-speed", "--batch", batch)
      #expect(result.status == 64)
      #expect(
        result.errors.hasPrefix(
          "nnbench: --batch is '\(batch)', expected whole numbers from 1 to 2147483647 with commas, as 1,256"))
    }
    // Refused, not asked of the system.
    let result = try Tool.run("predict-speed", "--batch", "2000000000")
    #expect(result.status == 65 && result.errors.contains("GiB"))
  }
}
