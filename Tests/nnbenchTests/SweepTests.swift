import Foundation
import NNBlas
import TestSupport
import Testing
import nnbench

@Suite("nnbench epoch --sweep")
struct SweepTests {
  private func sweep(
    _ what: String, _ folder: TemporaryDirectory, _ flags: String...
  ) throws -> (results: [[String: Any]], table: String, drawing: Drawing) {
    let (json, plot) = (folder.path(of: "sweep.json"), folder.path(of: "sweep.svg"))
    let result = try Tool.run(
      arguments: [
        "epoch", "--layers", "4,3,10", "--data", folder.path, "--sweep", what, "--steps", "1", "--json", json, "--plot",
        plot,
      ] + flags)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.isNarrow)
    let data = try Data(contentsOf: URL(fileURLWithPath: json))
    let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return (
      try #require(document["results"] as? [[String: Any]]), result.output, try Drawing(contentsOf: plot)
    )
  }

  private let base = Workload(name: "a", layers: [4, 3, 5, 10], batch: 7, optimizer: .sgd(learningRate: 1))

  @Test("Widths change every hidden layer, from 32 to 4096")
  func widths() {
    let points = Sweep.widths.points(of: base, EpochSettings(extent: .steps(1)))
    let widths = [32, 64, 128, 256, 512, 1024, 2048, 4096]
    #expect(points.map(\.value) == widths && points.map(\.workload.layers) == widths.map { [4, $0, $0, 10] })
    #expect(points.map(\.workload.name) == widths.map { "a, width \($0)" })
    #expect(points.allSatisfy { $0.workload.batch == 7 && $0.settings.threads == nil })
  }

  @Test("Batches change the examples of a step, from 1 to 1024")
  func batches() {
    let points = Sweep.batches.points(of: base, EpochSettings(threads: 3, extent: .steps(1)))
    #expect(points.map(\.workload.batch) == (0...10).map { 1 << $0 })
    #expect(points.allSatisfy { $0.workload.layers == base.layers && $0.settings.threads == 3 })
  }

  @Test("Threads go from one to one for each processor, twice as many each time where there are many")
  func threads() {
    func threads(_ processors: Int) -> [Int?] {
      Sweep.threads.points(of: base, EpochSettings(extent: .steps(1)), processors: processors).map(\.settings.threads)
    }
    #expect(threads(1) == [1] && threads(2) == [1, 2] && threads(6) == [1, 2, 3, 4, 5, 6])
    #expect(threads(24) == [1, 2, 4, 8, 16, 24] && threads(64) == [1, 2, 4, 8, 16, 32, 64])
  }

  @Test(
    "A sweep has its table, its document and its drawing",
    .enabled(if: isOptimizedBuild, "takes half a minute when not optimized"))
  func run() throws {
    try withSmallMNIST { folder in
      let (results, table, drawing) = try sweep("threads", folder)
      #expect(results.map { $0["name"] as? String } == (1...Processors.available).map { "custom, threads \($0)" })
      #expect(results.first?["threads"] as? Int == 1 && results.last?["threads"] as? Int == Processors.available)
      #expect(table.contains("\ncustom (4-3-10, f64, batch 10) by the number of threads\n"))
      // A step and its products, in two charts.
      #expect(drawing.marks.count == 4 * results.count && drawing.overlaps == [])
      #expect(drawing.texts.map(\.text).contains("time a step, µs") && drawing.texts.map(\.text).contains("% of peak"))
    }
  }

  @Test("What contradicts a sweep is named")
  func usage() throws {
    for (arguments, text) in [
      (["--plot", "a.svg"], "--plot needs --sweep, which it draws"),
      (
        ["--workload", "all", "--sweep", "widths"],
        "--sweep and --workload all contradict each other; name one workload"
      ),
      (
        ["--layers", "784,10", "--sweep", "widths"],
        "--sweep widths needs hidden layers, as 784,30,10 has; --layers has none"
      ),
      (
        ["--layers", "784,10", "--batch", "3", "--sweep", "batches"],
        "--sweep batches and --batch contradict each other; leave one out"
      ),
      (["--threads", "2", "--sweep", "threads"], "--sweep threads and --threads contradict each other; leave one out"),
      (["--sweep", "width"], "--sweep is 'width', expected widths or batches or threads; did you mean widths?"),
    ] {
      let result = try Tool.run(arguments: ["epoch"] + arguments)
      #expect(result.status == 64 && result.errors.hasPrefix("nnbench: \(text)\n"), "\(result.errors)")
    }
  }
}
