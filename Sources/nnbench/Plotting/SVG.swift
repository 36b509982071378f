import Foundation

/// The parts of an SVG document, as text.
enum SVG {
  /// A number with at most two decimals, whatever the language of the system.
  static func number(_ value: Double) -> String {
    let text = String(format: "%.2f", value)
    return text.hasSuffix(".00") ? String(text.dropLast(3)) : text
  }

  /// Text of at most so many characters.
  static func shortened(_ text: String, to count: Int) -> String {
    text.count > count ? text.prefix(count - 1) + "…" : text
  }

  /// Text that is no markup.
  static func escaped(_ text: String) -> String {
    let entities: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&apos;"]
    // What XML has no way to write is left out.
    return text.filter { $0.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value & 0xFFFE != 0xFFFE } }.map {
      entities[$0] ?? String($0)
    }.joined()
  }

  static func text(
    _ text: String, x: Double, y: Double, _ style: String = "", anchor: String = "start", turned: Bool = false
  ) -> String {
    let turn = turned ? " transform=\"rotate(-90 \(number(x)) \(number(y)))\"" : ""
    let name = style.isEmpty ? "" : " class=\"\(style)\""
    return "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\"\(name)\(turn)>\(escaped(text))</text>"
  }

  /// A whole document on its background, which is the reader's: white or black.
  static func document(width: Double, height: Double, name: String, _ parts: [String]) -> String {
    let (width, height) = (number(width), number(height))
    let head = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"\(escaped(name))\" "
        + "width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\">",
      style, "<rect class=\"back\" width=\"100%\" height=\"100%\"/>",
    ]
    return (head + parts + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  static func line(_ points: [(x: Double, y: Double)], _ style: String, dash: Chart.Dash = .solid) -> String {
    let path = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    let dashes = dash == .solid ? "" : " stroke-dasharray=\"\(dash.rawValue)\""
    return "<polyline class=\"\(style)\" fill=\"none\"\(dashes) points=\"\(path)\"/>"
  }

  /// A rectangle in the color of shades, from none of it to all for a share from 0 to 1, with words for who points at it.
  static func shade(
    _ share: Double, x: Double, y: Double, width: Double, height: Double, title: String = ""
  ) -> String {
    let place = "x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" height=\"\(number(height))\""
    let words = title.isEmpty ? "" : "<title>\(escaped(title))</title>"
    return "<rect class=\"shade\" fill-opacity=\"\(String(format: "%.3f", share))\" \(place)>\(words)</rect>"
  }

  /// The style of text on a shade: that of other text, or the background's color where that is easier to read.
  static func styleOfText(onShade share: Double) -> String {
    // Where the contrasts, by WCAG's formula, are the same: 4.2 on white, 3.8 on black, where a shade is the lighter.
    share > 0.87 ? "on" : share > 0.62 ? "between" : ""
  }

  /// A mark around a place, with words for who points at it.
  static func marker(_ shape: Chart.Shape, x: Double, y: Double, _ style: String, title: String = "") -> String {
    let (size, words) = (4.5, title.isEmpty ? "" : "<title>\(escaped(title))</title>")
    func polygon(_ corners: [(Double, Double)]) -> String {
      let path = corners.map { "\(number(x + $0.0 * size)),\(number(y + $0.1 * size))" }.joined(separator: " ")
      return "<polygon class=\"\(style)\" points=\"\(path)\">\(words)</polygon>"
    }
    return switch shape {
    case .circle:
      "<circle class=\"\(style)\" cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(size))\">\(words)</circle>"
    case .square: polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case .triangle: polygon([(0, -1.2), (1.15, 0.9), (-1.15, 0.9)])
    case .diamond: polygon([(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)])
    }
  }

  /// Colors that readers of every kind of sight tell apart (after Okabe and Ito, "Color Universal Design", 2008), darker on white and
  /// lighter on black.
  static let colors: [(light: String, dark: String)] = [
    ("#0072b2", "#5ab4f0"), ("#c44e00", "#ff9248"), ("#008a62", "#2fd1a2"), ("#b3578c", "#f2a3d0"),
    ("#8a6d00", "#ecc94b"), ("#1fa3d6", "#a5dcff"), ("#6a4fb5", "#b9a2f5"), ("#5a5a5a", "#c4c4c4"),
  ]

  /// As many points as a line needs that looks the same: of those on the width of a pixel the first, the last, and the highest and
  /// the lowest between them.
  static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    var (kept, first) = ([(x: Double, y: Double)](), 0)
    while first < points.count {
      var end = first + 1
      while end < points.count, floor(points[end].x) == floor(points[first].x) { end += 1 }
      let column = first..<end
      let ends = [first, end - 1]
      let extremes = [
        column.min { points[$0].y < points[$1].y }, column.max { points[$0].y < points[$1].y },
      ].compactMap { $0 }
      kept += Set(ends + extremes).sorted().map { points[$0] }
      first = end
    }
    return kept
  }

  /// The rules for both backgrounds.
  private static var style: String {
    func rules(_ background: String, _ ink: String, _ faint: String, _ middle: String, _ color: (Int) -> String)
      -> String
    {
      ".back{fill:\(background)}text{fill:\(ink)}.quiet{fill:\(middle)}.grid{stroke:\(faint)}.frame,.limit{stroke:\(middle)}"
        + ".key{fill:\(middle)}.shade{fill:\(color(0))}.on{fill:\(background)}.between{fill:#1a1a1a}"
        + colors.indices.map { ".line\($0){stroke:\(color($0))}.dot\($0){fill:\(color($0))}" }.joined()
        + ".dot0,.dot1,.dot2,.dot3,.dot4,.dot5,.dot6,.dot7{stroke:\(background)}"
    }
    let shared =
      "text{font:12px system-ui,\"Segoe UI\",\"DejaVu Sans\",Helvetica,Arial,sans-serif}.title{font-size:15px;font-weight:600}"
      + ".grid{stroke-width:1}.frame{stroke-width:1}.limit{stroke-width:1.5}"
      + colors.indices.map { ".line\($0)" }.joined(separator: ",") + "{stroke-width:2}"
    return "<style>\(shared)"
      + rules("#ffffff", "#1a1a1a", "#e6e6e6", "#6e6e6e") { colors[$0].light }
      + "@media (prefers-color-scheme:dark){"
      + rules("#16181d", "#ececec", "#30343c", "#9a9fa8") { colors[$0].dark } + "}</style>"
  }
}
