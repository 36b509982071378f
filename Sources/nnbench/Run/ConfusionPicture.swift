import Foundation
import NNBlas

/// A confusion matrix as a picture: a row for each true class, a column for each predicted one, darker where more of a class went.
package struct ConfusionPicture {
  /// Above this many classes a pixel is too large for a cell.
  package static let mostClasses = 1000

  private let matrix: ConfusionMatrix
  private let names: [String]
  /// The edge of a cell.
  private let cell: Double
  /// Whether counts stand in the cells.
  private let hasNumbers: Bool
  /// Whether there is a column for examples without an answer.
  private let hasUnanswered: Bool
  /// Whether names of columns stand upright, as they are wider than their columns.
  private let areColumnsTurned: Bool
  /// Where the cells begin.
  private let (left, top): (Double, Double)

  // About as wide as a letter is, generously, and as far apart as lines of text are.
  private static let letter = 7.2
  private static let line = 15.0
  private static let head = 56.0
  private static let longestName = 16
  private static let unanswered = "no answer"

  /// Nil for more than `mostClasses` classes.
  ///
  /// - Parameters:
  ///   - matrix: What was taken for what.
  ///   - names: Of the classes; where there is none, or no list, their numbers.
  package init?(_ matrix: ConfusionMatrix, names: [String]? = nil) {
    guard matrix.classes <= Self.mostClasses else { return nil }
    self.matrix = matrix
    self.names = (0..<matrix.classes).map { index in
      let name = names.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? "\(index)"
      return SVG.shortened(name, to: Self.longestName)
    }
    hasNumbers = matrix.classes <= 30
    hasUnanswered = matrix.unanswered.contains { $0 > 0 }
    if hasNumbers {
      let most = (0..<matrix.classes).map(matrix.support).max() ?? 0
      let room = (400 / Double(max(1, matrix.classes))).rounded(.down)
      cell = max(30, min(64, room), (Self.letter * Double("\(most)".count)).rounded(.up) + 10)
    } else {
      cell = max(1, min(14, (700 / Double(matrix.classes)).rounded(.down)))
    }
    let longest = self.names.map(\.count).max() ?? 0
    let widest = Self.letter * Double(max(longest, hasUnanswered ? Self.unanswered.count : 0))
    left = (40 + Self.letter * Double(longest) + 8).rounded()
    areColumnsTurned = widest > cell - 4
    top = (Self.head + 24 + (areColumnsTurned ? widest : Self.line) + 6).rounded()
  }

  /// The picture as an SVG document that is legible on white and on black.
  ///
  /// - Parameter conditions: What stands above.
  /// - Returns: The document.
  package func svg(conditions: String) -> String {
    let title =
      "\(matrix.correct) of \(counted(matrix.total, "example")) right, \(Self.percent(matrix.correct, matrix.total))"
    let texts = [(conditions, 6.6), (title, 9.5)].map { left + $1 * Double($0.count) }
    let width = max(right + Self.recallWidth + 16, texts[0], texts[1], left + Self.barWidth)
    let parts =
      [SVG.text(conditions, x: left, y: 24, "quiet"), SVG.text(title, x: left, y: 48, "title")]
      + grid + cells + labels + bar(top: bottom + 34)
    return SVG.document(width: width, height: bottom + 74, name: "Confusion matrix: \(title)", parts)
  }

  // MARK: - Places

  private var columns: Int { matrix.classes + (hasUnanswered ? 1 : 0) }
  private var edge: Double { cell * Double(matrix.classes) }
  private var bottom: Double { top + edge }
  private var right: Double { x(columns - 1) + cell }

  /// Where a column begins; examples without an answer stand apart.
  private func x(_ column: Int) -> Double { left + cell * Double(column) + (column == matrix.classes ? 8 : 0) }
  private func y(_ row: Int) -> Double { top + cell * Double(row) }

  // MARK: - Parts

  /// What goes from a class to a column.
  private func count(_ row: Int, _ column: Int) -> Int {
    column < matrix.classes ? matrix[row, column] : matrix.unanswered[row]
  }

  /// How dark a share is: its square root, so that few examples are seen at all.
  private static func shade(_ share: Double) -> Double { share.squareRoot() }

  private var cells: [String] {
    var (shades, numbers): ([String], [String]) = ([], [])
    for row in 0..<matrix.classes {
      for column in 0..<columns {
        let count = count(row, column)
        guard count > 0 else { continue }
        let shade = Self.shade(Double(count) / Double(max(1, matrix.support(row))))
        let taken = column < matrix.classes ? "taken for \(names[column])" : "without an answer"
        // Nobody points at a cell of a few pixels.
        let words =
          cell < 4
          ? ""
          : "\(names[row]) \(taken): \(count) of \(matrix.support(row)), \(Self.percent(count, matrix.support(row)))"
        shades.append(SVG.shade(shade, x: x(column), y: y(row), width: cell, height: cell, title: words))
        guard hasNumbers else { continue }
        numbers.append(
          SVG.text(
            "\(count)", x: x(column) + cell / 2, y: y(row) + cell / 2 + 4, SVG.styleOfText(onShade: shade),
            anchor: "middle"))
      }
    }
    return shades + numbers
  }

  private var grid: [String] {
    func frame(_ start: Double, _ end: Double) -> String {
      SVG.line([(start, top), (end, top), (end, bottom), (start, bottom), (start, top)], "frame")
    }
    let inner = hasNumbers && matrix.classes > 1 ? 1..<matrix.classes : 0..<0
    return inner.flatMap { index in
      [
        SVG.line([(x(index), top), (x(index), bottom)], "grid"),
        SVG.line([(left, y(index)), (left + edge, y(index))], "grid"),
      ]
    } + [frame(left, left + edge)] + (hasUnanswered ? [frame(x(matrix.classes), right)] : [])
  }

  private var labels: [String] {
    // As many names as there is room for.
    let step = [1, 2, 5, 10].first { Double($0) * cell >= Self.line } ?? 20
    let named = Array(stride(from: 0, to: matrix.classes, by: step))
    let rows = named.flatMap { index in
      let middle = y(index) + cell / 2 + 4
      let recall = Self.percent(matrix[index, index], matrix.support(index))
      return [SVG.text(names[index], x: left - 8, y: middle, anchor: "end")]
        + (matrix.support(index) > 0 ? [SVG.text(recall, x: right + 10, y: middle, "quiet")] : [])
    }
    let others = hasUnanswered ? [(matrix.classes, Self.unanswered)] : []
    let heads = (named.map { ($0, names[$0]) } + others).map { column, name in
      let middle = x(column) + cell / 2
      return areColumnsTurned
        ? SVG.text(name, x: middle + 4, y: top - 8, turned: true)
        : SVG.text(name, x: middle, y: top - 8, anchor: "middle")
    }
    return rows + heads + [
      SVG.text("predicted class", x: left, y: Self.head + 18, "quiet"),
      SVG.text("right", x: right + 10, y: top - 8, "quiet"),
      SVG.text("true class", x: 18, y: top + edge / 2, "quiet", anchor: "middle", turned: true),
    ]
  }

  private static let recallWidth = 54.0
  private static let barWidth = 330.0

  /// What shades mean.
  private func bar(top: Double) -> [String] {
    let (start, width) = (left + 110, 200.0)
    let steps = 50
    let shades = (0..<steps).map { step in
      SVG.shade(
        (Double(step) + 0.5) / Double(steps), x: start + width * Double(step) / Double(steps), y: top,
        width: width / Double(steps), height: 12)
    }
    let marks = [(0.01, "1 %"), (0.1, "10 %"), (0.25, "25 %"), (0.5, "50 %"), (1, "100 %")].map { share, text in
      SVG.text(text, x: start + width * Self.shade(share), y: top + 27, "quiet", anchor: "middle")
    }
    return [SVG.text("share of its row", x: left, y: top + 10, "quiet")] + shades + marks
  }

  private static func percent(_ part: Int, _ whole: Int) -> String {
    whole > 0 ? fixed(100 * Double(part) / Double(whole), 1) + " %" : "0 %"
  }
}
