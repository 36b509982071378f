import Foundation
import NNBlas
import TestSupport
import Testing
import nnbench

@Suite("nnbench epoch --workload all")
struct AllWorkloadsTests {
  @Test(
    "With --json - standard output is one document that has the workloads in order, each with every field",
    .enabled(if: isOptimizedBuild, "takes minutes when not optimized"))
  func document() throws {
    let result = try Tool.run(
      "epoch", "--workload", "all", "--steps", "1", "--threads", "auto", "--profile", "--json", "-")
    #expect(result.status == 0)
    let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(Set(document.keys) == ["schema", "command", "context", "warnings", "results"])
    let results = try #require(document["results"] as? [[String: Any]])
    #expect(
      results.map { $0["workload"] as? String } == [
        "nielsen-30", "nielsen-30-f32", "nielsen-100", "online-30", "mlp-512", "mlp-1024", "mlp-2048", "mlp-2048-f64",
      ])
    for (entry, workload) in zip(results, Workload.all) { try check(entry, workload) }
  }

  private func check(_ entry: [String: Any], _ workload: Workload) throws {
    #expect(
      Set(entry.keys) == [
        "name", "workload", "precision", "layers", "batch", "threads", "aloneShare", "roundTripNanoseconds", "steps",
        "samples", "unit",
        "microsecondsPerStep",
        "secondsPerEpoch", "gflops", "peakGFLOPS", "percentOfPeak", "allocationsPerStep", "productsOnly",
        "peakResidentBytes", "phases", "firstCost", "cost", "correct", "test",
      ])
    #expect(entry["precision"] as? String == workload.precision.rawValue)
    #expect(entry["layers"] as? [Int] == workload.layers && entry["batch"] as? Int == workload.batch)
    #expect(entry["steps"] as? Int == 1 && entry["unit"] as? String == "us")
    let samples = try #require(entry["samples"] as? [Double])
    #expect(samples.count == 1 && samples.allSatisfy { $0 > 0 })
    for summary in ["microsecondsPerStep", "secondsPerEpoch"] {
      let values = try #require(entry[summary] as? [String: Double], "\(workload.name)")
      #expect((values["min"] ?? 0) > 0 && (values["median"] ?? 0) > 0, "\(workload.name), \(summary)")
    }
    let (rate, peak) = (try #require(entry["gflops"] as? Double), try #require(entry["peakGFLOPS"] as? Double))
    let percent = try #require(entry["percentOfPeak"] as? Double)
    #expect(rate > 0 && peak > 0 && abs(percent - 100 * rate / peak) < 1e-9 * percent)
    if isSanitized {
      #expect(entry["allocationsPerStep"] is NSNull)
    } else {
      #expect(entry["allocationsPerStep"] as? Double == 0, "\(workload.name)")
    }
    let products = try #require(entry["productsOnly"] as? [String: Double])
    #expect(Set(products.keys) == ["microseconds", "gflops", "engineMicroseconds", "openblasMicroseconds"])
    #expect(products.values.allSatisfy { $0 > 0 }, "\(workload.name): \(products)")
    #expect((entry["peakResidentBytes"] as? Int ?? 0) > 1 << 20)
    let threads = try #require(entry["threads"] as? Int)
    let share = try #require(entry["aloneShare"] as? Double)
    #expect((0...1).contains(share) && (threads > 1 || share == 0), "\(workload.name): \(share)")
    let phases = try #require(entry["phases"] as? [[String: Double]])
    #expect(threads >= 1 && phases.count == threads)
    for worker in phases {
      #expect(Set(worker.keys) == ["gather", "forward", "activation", "cost", "backward", "update", "wait"])
      #expect(worker.values.allSatisfy { $0 >= 0 } && worker.values.contains { $0 > 0 })
      // Whoever has no part in some steps waits meanwhile.
      let (sum, whole) = (worker.values.reduce(0, +), phases[0].values.reduce(0, +))
      #expect(abs(sum - whole) < 1e-6 * whole, "\(workload.name): \(sum) of \(whole) µs")
    }
    // Whatever is divided how, somebody does it.
    for phase in ["gather", "forward", "activation", "cost", "backward", "update"] {
      #expect(phases.contains { ($0[phase] ?? 0) > 0 }, "\(workload.name): no time in \(phase)")
    }
    // Each of the few steps profiled fetches a batch, and no core writes 512 bytes a nanosecond, however fast.
    let bytes = workload.batch * workload.layers[0] * (workload.precision == .f64 ? 8 : 4)
    let gather = phases.reduce(0) { $0 + ($1["gather"] ?? 0) }
    #expect(gather * 512_000 > Double(bytes), "\(workload.name): \(bytes) bytes gathered in \(gather) µs")
  }
}
