extension Chart {
  /// Charts below one another, with the conditions above them all, as an SVG document that is legible on white and on black.
  package static func svg(_ charts: [Chart], subtitle: String) -> String {
    // Below one another they are as wide as each other.
    let hasLegend = charts.contains { Layout.legendLines(of: $0) > 1 }
    let layouts = charts.map { Layout($0, hasLegend: hasLegend) }
    let heights = layouts.map(\.height)
    let (width, height) = (Layout.width, heights.reduce(0, +) + Layout.head)
    var parts = [SVG.text(subtitle, x: Layout.left, y: 24, "quiet")]
    var top = Layout.head
    for (layout, height) in zip(layouts, heights) {
      parts += layout.drawing(top: top)
      top += height
    }
    return SVG.document(
      width: width, height: height, name: charts.map(\.title).joined(separator: "; "), parts)
  }
}

/// Where the parts of one chart lie.
private struct Layout {
  static let width = 960.0
  static let head = 32.0
  static let left = 76.0
  private static let legendWidth = 250.0
  private static let line = 20.0
  private static let textHeight = 12.0
  /// About as wide as a letter is, generously.
  private static let letter = 7.2

  private let chart: Chart
  private let xReach: ClosedRange<Double>
  private let yReach: ClosedRange<Double>
  private let plotTop: Double
  private let plotWidth: Double
  private let plotHeight: Double

  init(_ chart: Chart, hasLegend: Bool) {
    self.chart = chart
    let points = chart.series.flatMap(\.points)
    xReach = chart.x.reach(points.map(\.x))
    yReach = chart.y.reach(points.map(\.y))
    // Names of places stand between the title and the frame.
    plotTop = chart.places.isEmpty ? 36 : 50
    plotWidth = Self.width - Self.left - (hasLegend ? Self.legendWidth : 24)
    plotHeight = max(260, Double(Self.legendLines(of: chart)) * Self.line * 1.2)
  }

  /// A single line says nothing that the title does not.
  static func legendLines(of chart: Chart) -> Int { chart.series.count(where: \.isInLegend) + chart.keys.count }

  var height: Double { plotTop + plotHeight + 60 }

  private func x(_ value: Double) -> Double { Self.left + plotWidth * chart.x.position(of: value, in: xReach) }
  private func y(_ value: Double, _ top: Double) -> Double {
    top + plotTop + plotHeight * (1 - chart.y.position(of: value, in: yReach))
  }

  func drawing(top: Double) -> [String] {
    let (low, high) = (top + plotTop + plotHeight, top + plotTop)
    let frame = [
      (x: Self.left, y: high), (Self.left + plotWidth, high), (Self.left + plotWidth, low), (Self.left, low),
      (Self.left, high),
    ]
    return [SVG.text(chart.title, x: Self.left, y: top + 20, "title")] + grid(top, low: low, high: high)
      + [SVG.line(frame, "frame")] + namedPlaces(low: low, high: high) + curves(top) + legend(top)
      + [
        SVG.text(chart.x.label, x: Self.left + plotWidth / 2, y: low + 42, anchor: "middle"),
        SVG.text(chart.y.label, x: 18, y: (low + high) / 2, anchor: "middle", turned: true),
      ]
  }

  private func grid(_ top: Double, low: Double, high: Double) -> [String] {
    var parts: [String] = []
    // Where texts would touch, every second one stands.
    var end = -Double.infinity
    for mark in chart.x.marks(in: xReach) {
      let (place, text) = (x(mark), Axis.text(mark))
      parts.append(SVG.line([(place, low), (place, high)], "grid"))
      let half = Self.letter * Double(text.count) / 2
      guard place - half > end + 4 else { continue }
      parts.append(SVG.text(text, x: place, y: low + 18, anchor: "middle"))
      end = place + half
    }
    var last = Double.infinity
    for mark in chart.y.marks(in: yReach) {
      let place = y(mark, top)
      parts.append(SVG.line([(Self.left, place), (Self.left + plotWidth, place)], "grid"))
      guard place < last - Self.textHeight - 4 else { continue }
      parts.append(SVG.text(Axis.text(mark), x: Self.left - 8, y: place + 4, anchor: "end"))
      last = place
    }
    return parts
  }

  private func namedPlaces(low: Double, high: Double) -> [String] {
    chart.places.filter { xReach.contains($0.x) }.flatMap { name, value in
      let (place, half) = (x(value), Self.letter * Double(name.count) / 2)
      let middle = min(max(place, Self.left + half), Self.left + max(plotWidth - half, half))
      return [
        SVG.line([(place, low), (place, high)], "limit", dash: .short),
        SVG.text(name, x: middle, y: high - 4, "quiet", anchor: "middle"),
      ]
    }
  }

  private func curves(_ top: Double) -> [String] {
    // Limits lie behind lines, lines behind points.
    var (limits, lines, marks): ([String], [String], [String]) = ([], [], [])
    var named: [(x: Double, y: Double)] = []
    for series in chart.series {
      let points = series.points.filter { chart.x.holds($0.x) && chart.y.holds($0.y) }
      let places = points.map { (x: x($0.x), y: y($0.y, top)) }
      func addMarks(_ shape: Chart.Shape, of points: some Sequence<Chart.Point>) {
        for point in points {
          marks.append(
            SVG.marker(shape, x: x(point.x), y: y(point.y, top), "dot\(series.colorIndex)", title: point.title))
        }
      }
      switch series.look {
      case .limit(let dash):
        limits.append(SVG.line(places, "limit", dash: dash))
        if series.isNamedInPlace, let end = places.last {
          // Below the name that is there, where two limits are nearly the same.
          var y = end.y - 6
          while named.contains(where: { abs($0.x - end.x) < 300 && abs($0.y - y) < 15 }) { y += 16 }
          named.append((end.x, y))
          limits.append(SVG.text(series.name, x: end.x - 6, y: y, "quiet", anchor: "end"))
        }
      case .line(let dash, let hasMarkers):
        for part in parts(of: series) {
          let places = part.map { (x: x($0.x), y: y($0.y, top)) }
          lines.append(SVG.line(SVG.thinned(places), "line\(series.colorIndex)", dash: dash))
          // A line of one point is none.
          if !hasMarkers && places.count == 1 { addMarks(.circle, of: part) }
        }
        if hasMarkers { addMarks(.circle, of: points) }
      case .points(let shape): addMarks(shape, of: points)
      }
    }
    return limits + lines + marks
  }

  /// The points of a line, apart where one between them has no place.
  private func parts(of series: Chart.Series) -> [ArraySlice<Chart.Point>] {
    series.points.split { !chart.x.holds($0.x) || !chart.y.holds($0.y) }
  }

  private func legend(_ top: Double) -> [String] {
    guard Self.legendLines(of: chart) > 1 else { return [] }
    let left = Self.left + plotWidth + 20
    var (parts, place): ([String], Double) = ([], top + plotTop + 12)
    func add(_ name: String, _ sample: (Double) -> String) {
      parts += [sample(place - 4), SVG.text(name, x: left + 34, y: place)]
      place += Self.line
    }
    for series in chart.series where series.isInLegend {
      add(series.name) { y in
        let ends = [(x: left, y: y), (x: left + 26, y: y)]
        return switch series.look {
        case .limit(let dash): SVG.line(ends, "limit", dash: dash)
        case .line(let dash, _): SVG.line(ends, "line\(series.colorIndex)", dash: dash)
        case .points: SVG.marker(.circle, x: left + 13, y: y, "dot\(series.colorIndex)")
        }
      }
    }
    for (name, shape) in chart.keys { add(name) { SVG.marker(shape, x: left + 13, y: $0, "key") } }
    return parts
  }
}

extension Chart.Series {
  fileprivate var colorIndex: Int { color % SVG.colors.count }
}
