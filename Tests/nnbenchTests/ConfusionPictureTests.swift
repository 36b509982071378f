import Foundation
import NNBlas
import Testing
import nnbench

@Suite("Pictures of confusion matrices")
struct ConfusionPictureTests {
  private func drawing(_ matrix: ConfusionMatrix, names: [String]? = nil) throws -> Drawing {
    try Drawing(#require(ConfusionPicture(matrix, names: names)).svg(conditions: "conditions"))
  }

  /// Of every class `right` examples are right, and one was taken for the next.
  private func matrix(_ classes: Int, right: Int = 9) -> ConfusionMatrix {
    var matrix = ConfusionMatrix(classes: classes)
    for label in 0..<classes {
      for _ in 0..<right { matrix.add(actual: label, predicted: label) }
      matrix.add(actual: label, predicted: (label + 1) % classes)
    }
    return matrix
  }

  /// The cells, without the bar that says what shades mean.
  private func cells(_ drawing: Drawing) -> [Drawing.Shade] { drawing.shades.filter { !$0.title.isEmpty } }

  @Test("have a row for each true class, with counts, and shades by the row's share")
  func cells() throws {
    var matrix = ConfusionMatrix(classes: 3)
    for (actual, predicted, count) in [(0, 0, 3), (0, 2, 1), (1, 1, 7), (2, 0, 16), (2, 2, 9)] {
      for _ in 0..<count { matrix.add(actual: actual, predicted: predicted) }
    }
    let drawing = try drawing(matrix, names: ["a", "b", "c"])
    let cells = cells(drawing)
    #expect(
      cells.map(\.title) == [
        "a taken for a: 3 of 4, 75.0 %", "a taken for c: 1 of 4, 25.0 %", "b taken for b: 7 of 7, 100.0 %",
        "c taken for a: 16 of 25, 64.0 %", "c taken for c: 9 of 25, 36.0 %",
      ])
    // The square roots of the shares.
    #expect(cells.map(\.share) == [0.866, 0.5, 1, 0.8, 0.6])
    let (left, top, size) = (cells[0].x, cells[0].y, cells[0].size.width)
    let places = [(0, 0), (0, 2), (1, 1), (2, 0), (2, 2)]
    for ((row, column), cell) in zip(places, cells) {
      #expect(cell.x == left + size * Double(column) && cell.y == top + size * Double(row))
      #expect(cell.size.width == size && cell.size.height == size)
      let count = "\(matrix[row, column])"
      let text = drawing.texts.first { $0.text == count && abs($0.x - cell.x - size / 2) < 0.02 }
      #expect(text.map { (cell.y..<cell.y + size).contains($0.y - 4) && $0.anchor == "middle" } == true, "\(count)")
    }
    let right = drawing.texts.filter { $0.text.hasSuffix(" %") && $0.x > left + 3 * size && $0.anchor == "start" }
    #expect(right.map(\.text) == ["75.0 %", "100.0 %", "36.0 %"])
    for words in ["conditions", "19 of 36 examples right, 52.8 %", "true class", "predicted class", "share of its row"]
    {
      #expect(drawing.texts.contains { $0.text == words }, "\(words)")
    }
    // Names left of the rows and above the columns.
    let names = drawing.texts.filter { $0.text == "b" }
    #expect(names.count == 2 && names[0].x < left && names[1].y < top)
  }

  @Test(
    "have numbers up to thirty classes, and no text upon another", arguments: [0, 1, 2, 3, 10, 29, 30, 31, 100, 1000])
  func sizes(classes: Int) throws {
    let drawing = try drawing(matrix(classes, right: classes == 30 ? 123_456 : 99))
    #expect(drawing.overlaps == [])
    let cells = drawing.shades.filter { $0.size.height != 12 }
    #expect(cells.count == (classes == 1 ? 1 : 2 * classes))
    let inCells = drawing.texts.filter { $0.text == "1" && $0.anchor == "middle" }
    // One of them is a column's name, where that is not upright.
    #expect(inCells.count == (2...30 ~= classes ? classes + 1 : 0))
    #expect((cells.map { $0.x + $0.size.width }.max() ?? 0) < 1900)
    #expect(drawing.texts.contains { $0.text == "true class" && $0.isTurned })
  }

  @Test("are none beyond a thousand classes")
  func tooMany() {
    #expect(ConfusionPicture(ConfusionMatrix(classes: 1000)) != nil)
    #expect(ConfusionPicture(ConfusionMatrix(classes: 1001)) == nil)
  }

  @Test("shorten names, write them as text, and take numbers where there are none")
  func names() throws {
    let names = ["sixteen letters.", "seventeen letters", "</text><b>&\"'\u{0}"]
    let drawing = try drawing(matrix(4), names: names)
    for name in ["sixteen letters.", "seventeen lette…", "</text><b>&\"'", "3"] {
      let texts = drawing.texts.filter { $0.text == name }
      #expect(texts.count == 2 && texts.contains(where: \.isTurned), "\(name)")
    }
    #expect(cells(drawing).contains { $0.title == "</text><b>&\"' taken for 3: 1 of 10, 10.0 %" })
    #expect(drawing.overlaps == [])
    #expect(try self.drawing(matrix(2), names: ["a", "b", "c"]).texts.filter { $0.text == "c" }.isEmpty)
  }

  @Test("have a column for examples without an answer, where there are any")
  func unanswered() throws {
    var matrix = matrix(3)
    #expect(try !drawing(matrix).texts.contains { $0.text == "no answer" })
    for _ in 0..<5 { matrix.add(actual: 1, predicted: nil) }
    let drawing = try drawing(matrix)
    #expect(drawing.texts.contains { $0.text == "no answer" } && drawing.overlaps == [])
    let cell = try #require(cells(drawing).first { $0.title == "1 without an answer: 5 of 15, 33.3 %" })
    #expect(cell.x > (cells(drawing).filter { $0.title != cell.title }.map(\.x).max() ?? 0) + cell.size.width)
    #expect(drawing.texts.contains { $0.text == "5" && abs($0.x - cell.x - cell.size.width / 2) < 0.02 })
  }

  @Test("without an example are empty")
  func empty() throws {
    let drawing = try drawing(ConfusionMatrix(classes: 3))
    #expect(cells(drawing).isEmpty && drawing.texts.contains { $0.text == "0 of 0 examples right, 0 %" })
  }

  @Test("have numbers that are legible on their shades, on white and on black")
  func contrast() throws {
    let svg = try #require(ConfusionPicture(matrix(2, right: 9))).svg(conditions: "")
    // √0.9 is nearly the whole color, on which the background's is legible; √0.1 is light.
    #expect(svg.contains("class=\"on\">9<") && !svg.contains("class=\"on\">1<"))
    let half = try #require(ConfusionPicture(matrix(2, right: 1))).svg(conditions: "")
    #expect(half.contains("class=\"between\">1<"))
    let style = try Drawing(svg).style.split(separator: "@media (prefers-color-scheme:dark)")
    #expect(style.count == 2 && style[0].contains(".on{fill:#ffffff}") && style[1].contains(".on{fill:#16181d}"))
    #expect(style.allSatisfy { $0.contains(".between{fill:#1a1a1a}") && $0.contains(".shade{fill:#") })
  }
}
