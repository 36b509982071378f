import Foundation
import TestSupport
import Testing

@Suite("nnbench peak")
struct PeakTests {
  @Test(
    "Ceilings of both scalars and of every working set, and the roofline with every workload",
    .enabled(if: isOptimizedBuild, "takes minutes when not optimized"))
  func document() throws {
    try withTemporaryDirectory { folder in
      let (json, plot) = (folder.path(of: "peak.json"), folder.path(of: "roofline.svg"))
      let result = try Tool.run("peak", "--threads", "2", "--json", json, "--plot", plot)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.isNarrow && result.output.contains("GFLOP/s, 1 thread  GFLOP/s, 2 threads"))
      let data = try Data(contentsOf: URL(fileURLWithPath: json))
      let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let results = try #require(document["results"] as? [[String: Any]])
      let peaks = results.filter { $0["kind"] != nil }
      // Two scalars and 16 working sets, on one thread, which the roofline needs, and on two.
      #expect(peaks.count == 2 * (2 + 16) && results.count > peaks.count)
      for peak in peaks {
        #expect(
          Set(peak.keys) == [
            "name", "kind", "precision", "bytes", "threads", "chains", "unit", "samples", "best", "median", "spread",
          ])
        let isTriad = peak["kind"] as? String == "triad"
        #expect(peak["unit"] as? String == (isTriad ? "GB/s" : "GFLOP/s"))
        #expect((peak["bytes"] is NSNull) != isTriad && (peak["chains"] is NSNull) == isTriad)
        let samples = try #require(peak["samples"] as? [Double])
        #expect(peak["best"] as? Double == samples.max() && (samples.min() ?? 0) > 0)
      }
      let names = peaks.compactMap { $0["name"] as? String }
      #expect(names.contains("multiply-add f64, 1 thread") && names.contains("triad 16 KiB, 2 threads"))
      let drawing = try Drawing(contentsOf: plot)
      for words in ["nielsen-30", "online-30", "mlp-2048-f64", "gradient", "speed, GFLOP/s", "memory, "] {
        #expect(drawing.texts.contains { $0.text.hasPrefix(words) }, "\(words)")
      }
      #expect(drawing.overlaps == [])
      // Forward and gradient of every layer, errors of all but the first; two layers are alike in both large networks.
      #expect(drawing.marks.filter { $0.title != "" }.count == 4 * 5 + 8 + 3 * 8)
    }
  }

  @Test("What is wrong on the command line is named")
  func usage() throws {
    let threads = try Tool.run("peak", "--threads", "0")
    #expect(threads.status == 64 && threads.errors.hasPrefix("nnbench: --threads is '0', expected whole numbers"))
    let plot = try Tool.run("peak", "--plot", "/nowhere/a.svg")
    #expect(
      plot.errors == "nnbench: /nowhere/a.svg: cannot be written: its folder does not exist or is not writable\n")
  }
}
