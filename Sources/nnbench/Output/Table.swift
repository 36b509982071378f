import Foundation

/// A table of aligned columns: text to the left, numbers to the right.
struct Table {
  private let headings: [String]
  private var lines: [Line] = []

  private enum Line {
    case row([String])
    case section(String)
  }

  init(_ headings: [String]) {
    self.headings = headings
  }

  mutating func add(_ row: [String]) { lines.append(.row(row)) }

  /// A line that stands above the rows that follow, after an empty one.
  mutating func add(section: String) { lines.append(.section(section)) }

  /// The table's lines, the headings first.
  var text: String {
    let rows = lines.compactMap { if case .row(let cells) = $0 { cells } else { nil } }
    let widths = headings.indices.map { column in ([headings] + rows).map { $0[column].count }.max() ?? 0 }
    let areNumbers = headings.indices.map { column in rows.allSatisfy { $0[column].first?.isNumber ?? true } }
    func text(_ cells: [String]) -> String {
      cells.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return areNumbers[column] ? padding + cell : cell + padding
      }.joined(separator: "  ").trimmingSuffix(" ")
    }
    let body = lines.flatMap { line in
      switch line {
      case .row(let cells): [text(cells)]
      case .section(let name): ["", name]
      }
    }
    return ([text(headings)] + body).joined(separator: "\n")
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return text
  }
}

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String { String(format: "%.\(decimals)f", value) }
