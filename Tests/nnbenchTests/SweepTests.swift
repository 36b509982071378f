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

  @Test("Widths change every hidden layer, from 32 to 4096")
  func widths() throws {
    try withSmallMNIST { folder in
      let (results, table, drawing) = try sweep("widths", folder)
      let widths = [32, 64, 128, 256, 512, 1024, 2048, 4096]
      #expect(results.map { $0["layers"] as? [Int] } == widths.map { [4, $0, 10] })
      #expect(results.map { $0["name"] as? String } == widths.map { "custom, width \($0)" })
      #expect(table.contains("\ncustom (4-3-10, f64, batch 10) by the width of its hidden layers\n"))
      for width in widths {
        #expect(
          table.split(separator: "\n").contains { $0.trimmingCharacters(in: .whitespaces).hasPrefix("\(width)  ") })
      }
      // A step and its products, in two charts.
      #expect(drawing.marks.count == 4 * widths.count && drawing.overlaps == [])
      #expect(drawing.texts.map(\.text).contains("time a step, µs") && drawing.texts.map(\.text).contains("% of peak"))
    }
  }

  @Test("Batches change the examples of a step, from 1 to 1024")
  func batches() throws {
    try withSmallMNIST { folder in
      let (results, _, drawing) = try sweep("batches", folder)
      #expect(results.map { $0["batch"] as? Int } == (0...10).map { 1 << $0 })
      #expect(drawing.texts.map(\.text).contains("examples in a batch") && drawing.overlaps == [])
    }
  }

  @Test("Threads go from one to one for each processor")
  func threads() throws {
    try withSmallMNIST { folder in
      let (results, _, drawing) = try sweep("threads", folder)
      #expect(results.first?["threads"] as? Int == 1 && results.last?["threads"] as? Int == Processors.available)
      #expect(drawing.overlaps == [])
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
