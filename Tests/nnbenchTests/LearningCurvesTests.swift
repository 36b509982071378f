import Foundation
import Testing
import nnbench

@Suite("Pictures of learning curves")
struct LearningCurvesTests {
  private typealias Epoch = LearningCurves.Epoch

  private func drawing(_ epochs: [Epoch], best: Int? = nil, conditions: String = "conditions") throws -> Drawing {
    try Drawing(LearningCurves(epochs, best: best).svg(conditions: conditions))
  }

  /// Costs alone.
  private func epochs(_ costs: [Double]) -> [Epoch] { costs.enumerated().map { Epoch($0 + 1, cost: $1) } }

  /// Every number that there can be, in curves that fall and rise.
  private func epochs(_ count: Int, hasLabels: Bool = true) -> [Epoch] {
    (1...count).map { number in
      let part = Double(number) / Double(count)
      func figures(_ cost: Double) -> LearningCurves.Figures {
        LearningCurves.Figures(cost: cost, accuracy: hasLabels ? 1 - cost / 2 : nil)
      }
      return Epoch(
        number, cost: 0.01 + exp(-8 * part), evaluation: figures(0.1 + exp(-8 * part)),
        training: figures(0.02 + exp(-8 * part)))
    }
  }

  private func titles(_ drawing: Drawing) -> [String] { drawing.texts.filter(\.isTitle).map(\.text) }

  @Test("have cost and accuracy, with a legend each and the best epoch marked", arguments: [1, 2, 30, 60, 61, 10_000])
  func panels(count: Int) throws {
    let best = (2 * count + 2) / 3
    let drawing = try drawing(epochs(count), best: best)
    #expect(titles(drawing) == ["Cost", "Accuracy"] && drawing.overlaps == [])
    for (name, times) in [
      ("conditions", 1), ("cost", 1), ("right answers, %", 1), ("epoch", 2), ("training batches", 1),
      ("training data", 2), ("evaluation data", 2), ("best: epoch \(best)", 2),
    ] {
      #expect(drawing.texts.count { $0.text == name } == times, "\(name)")
    }
    // A marker for each number, or of many epochs for the best one's.
    #expect(drawing.marks.count == 5 * (count <= 60 ? count : 1))
    #expect(count <= 60 || drawing.marks.allSatisfy { $0.title.hasPrefix("epoch \(best), ") })
    let places = drawing.lines.filter { $0.style == "limit" }
    #expect(places.count == 2 && Set(places.flatMap { $0.points.map(\.x) }).count == 1)
    for mark in drawing.marks where mark.title.hasPrefix("epoch \(best),") { #expect(mark.x == places[0].points[0].x) }
    // exp(−16/3) + 0.02, of which half is wrong.
    if count == 30 { #expect(drawing.marks.contains { $0.title == "epoch 20, training data: 98.76 %" }) }
  }

  @Test("stay small with any number of epochs")
  func size() {
    let text = LearningCurves(epochs(100_000), best: 5).svg(conditions: "")
    #expect(text.utf8.count < 300_000)
  }

  @Test("leave out accuracy where there are no labels, and say in the title what a single line is")
  func alone() throws {
    #expect(try titles(drawing(epochs(5, hasLabels: false))) == ["Cost"])
    #expect(try titles(drawing(epochs([3, 2, 1]))) == ["Cost of the training batches"])
    let evaluated = [1.0, 2].map {
      Epoch(Int($0), cost: $0, evaluation: LearningCurves.Figures(cost: $0, accuracy: 1 / $0))
    }
    let drawing = try drawing(evaluated)
    #expect(titles(drawing) == ["Cost", "Accuracy on the evaluation data"])
    #expect(
      drawing.marks.map(\.title).suffix(2) == [
        "epoch 1, evaluation data: 100.00 %", "epoch 2, evaluation data: 50.00 %",
      ])
    // The same epoch lies at the same place in both panels.
    #expect(drawing.marks[0].x == drawing.marks[4].x && drawing.marks[1].x == drawing.marks[5].x)
  }

  @Test("have a logarithmic axis where cost falls far, else a linear one over what there is")
  func axes() throws {
    let far = try drawing(epochs([1, 0.1, 0.01])).marks.map(\.y)
    #expect(abs((far[1] - far[0]) - (far[2] - far[1])) < 0.02 && far[1] - far[0] > 50)
    let near = try drawing(epochs([0.69, 0.68, 0.66])).marks.map(\.y)
    #expect(abs(2 * (near[1] - near[0]) - (near[2] - near[1])) < 0.03 && near[2] - near[0] > 200)
    // Where there is a zero, or a negative cost, there is no logarithm.
    for last in [0, -1.0] {
      let steps = try drawing(epochs([10, 5, last])).marks.map(\.y)
      #expect(abs((steps[2] - steps[1]) * 5 - (steps[1] - steps[0]) * (5 - last)) < 0.2, "\(last)")
    }
  }

  @Test("have gaps where a cost is infinite or none, and join what was not measured")
  func gaps() throws {
    let none = [3: Double.nan, 6: .infinity, 8: -.infinity]
    let curves = (1...9).map { number in
      let cost = none[number] ?? 1 / Double(number)
      let isMeasured = number % 2 == 1
      return Epoch(number, cost: cost, evaluation: isMeasured ? LearningCurves.Figures(cost: 1, accuracy: 0.5) : nil)
    }
    let drawing = try drawing(curves)
    // With the legend's, of two points.
    #expect(drawing.lines.filter { $0.style == "line0" }.map(\.points.count) == [2, 2, 1, 1, 2])
    #expect(drawing.lines.filter { $0.style == "line1" }.map(\.points.count) == [5, 2, 5])
    #expect(drawing.overlaps == [])
  }

  @Test(
    "are a picture of anything",
    arguments: [
      [], [.nan], [.infinity, .nan], [0], [0, 0], [.leastNonzeroMagnitude, .leastNonzeroMagnitude],
      [.leastNonzeroMagnitude], [1e308, -1e308], [1e-308, 1e290],
      [1e299, -1e299], [1, .nan], [-1], [1e15, 1e15 + 1],
    ] as [[Double]])
  func anything(costs: [Double]) throws {
    let drawing = try drawing(epochs(costs), best: 1)
    #expect(titles(drawing).count == 1 && drawing.overlaps == [])
    let frame = try #require(drawing.lines.first { $0.style == "frame" }).points
    for mark in drawing.marks {
      #expect((frame[0].x...frame[1].x).contains(mark.x) && (frame[0].y...frame[2].y).contains(mark.y))
    }
    #expect(drawing.lines.count < 60)
  }

  @Test("mark no epoch that there was not")
  func noBest() throws {
    for best in [nil, 0, -5, 11, Int.max] {
      let drawing = try drawing(epochs(10), best: best)
      #expect(!drawing.lines.contains { $0.style == "limit" }, "\(String(describing: best))")
    }
  }

  @Test("hold conditions as text")
  func conditions() throws {
    let drawing = try drawing(epochs(2), conditions: "</text>&\"<a>\u{0}")
    #expect(drawing.texts.contains { $0.text == "</text>&\"<a>" })
  }
}
