import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What an SVG document shows, as far as tests ask: a reader of XML that stops at whatever is no XML.
final class Drawing: NSObject, XMLParserDelegate {
  struct Text: Equatable {
    var text: String
    let x: Double
    let y: Double
    let anchor: String
    let isTurned: Bool
    let isTitle: Bool

    /// About what it covers: letters are up to six tenths as wide as they are high.
    var box: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
      let height = isTitle ? 15.0 : 12
      let width = 0.6 * height * Double(text.count)
      let start = anchor == "middle" ? width / 2 : anchor == "end" ? width : 0
      if isTurned { return (x - height...x, y - width + start...y + start) }
      return (x - start...x - start + width, y - height...y)
    }
  }

  struct Mark {
    let shape: String
    let x: Double
    let y: Double
    var title = ""
  }

  struct Line {
    let style: String
    let points: [(x: Double, y: Double)]
  }

  struct Shade {
    let x: Double
    let y: Double
    let size: (width: Double, height: Double)
    let share: Double
    var title = ""
  }

  private(set) var texts: [Text] = []
  private(set) var marks: [Mark] = []
  private(set) var lines: [Line] = []
  private(set) var shades: [Shade] = []
  private(set) var style = ""
  private var open: [String] = []

  convenience init(contentsOf file: String) throws {
    try self.init(String(contentsOfFile: file, encoding: .utf8))
  }

  init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    try #require(!svg.contains("nan") && !svg.contains("inf,") && !svg.contains("\"inf"), "a place is no number")
  }

  /// Pairs of texts that cover each other.
  var overlaps: [String] {
    texts.indices.flatMap { first in
      texts.indices.dropFirst(first + 1).filter { second in
        let (a, b) = (texts[first].box, texts[second].box)
        return a.x.overlaps(b.x) && a.y.overlaps(b.y)
      }.map { "\(texts[first].text) | \(texts[$0].text)" }
    }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(name)
    func number(_ key: String) -> Double { attributes[key].flatMap(Double.init) ?? .nan }
    switch name {
    case "text":
      texts.append(
        Text(
          text: "", x: number("x"), y: number("y"), anchor: attributes["text-anchor"] ?? "start",
          isTurned: attributes["transform"] != nil, isTitle: attributes["class"] == "title"))
    case "circle" where attributes["class"] != "key": marks.append(Mark(shape: name, x: number("cx"), y: number("cy")))
    case "polygon" where attributes["class"] != "key": marks.append(Mark(shape: name, x: .nan, y: .nan))
    case "polyline":
      let points = (attributes["points"] ?? "").split(separator: " ").map { pair in
        let numbers = pair.split(separator: ",").compactMap { Double($0) }
        return numbers.count == 2 ? (x: numbers[0], y: numbers[1]) : (x: .nan, y: .nan)
      }
      lines.append(Line(style: attributes["class"] ?? "", points: points))
    case "rect" where attributes["class"] == "shade":
      shades.append(
        Shade(
          x: number("x"), y: number("y"), size: (number("width"), number("height")), share: number("fill-opacity")))
    default: break
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    switch open.last {
    case "text": texts[texts.count - 1].text += string
    case "title" where open.dropLast().last == "rect": shades[shades.count - 1].title += string
    case "title": marks[marks.count - 1].title += string
    case "style": style += string
    default: break
    }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
  }
}
