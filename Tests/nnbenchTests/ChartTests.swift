import Testing
import nnbench

@Suite("Charts")
struct ChartTests {
  private func drawing(_ chart: Chart, subtitle: String = "conditions") throws -> Drawing {
    try Drawing(Chart.svg([chart], subtitle: subtitle))
  }

  private func chart(x: Axis.Scale = .powersOfTen, y: Axis.Scale = .powersOfTen, _ points: [(Double, Double)]) -> Chart
  {
    var chart = Chart(title: "Speed", x: Axis("size, bytes", x), y: Axis("rate, GB/s", y))
    chart.addPoints("a", points.map { Chart.Point($0, $1, "\($0)") }, color: 0, .circle)
    return chart
  }

  @Test("On a logarithmic axis equal factors are equal distances, on a linear one equal steps")
  func places() throws {
    let marks = try drawing(chart([(1, 2), (10, 20), (100, 200), (1000, 20)])).marks
    #expect(marks.count == 4)
    let (first, second) = (marks[1].x - marks[0].x, marks[2].x - marks[1].x)
    #expect(first > 100 && abs(first - second) < 0.02 && abs(marks[3].x - marks[2].x - second) < 0.02)
    // Upwards is more.
    #expect(marks[2].y < marks[1].y && abs((marks[1].y - marks[2].y) - (marks[0].y - marks[1].y)) < 0.02)
    #expect(marks[3].y == marks[1].y)
    let linear = try drawing(chart(x: .linear, y: .linear, [(1, 5), (2, 10), (4, 20)])).marks
    #expect(abs(linear[2].x - linear[1].x - 2 * (linear[1].x - linear[0].x)) < 0.03)
    #expect(abs(linear[1].y - linear[2].y - 2 * (linear[0].y - linear[1].y)) < 0.03)
  }

  @Test("Names of limits that are nearly the same stand below one another")
  func namesOfLimits() throws {
    var chart = chart([(1, 1), (1000, 100)])
    for (name, limit) in [("one", 50.0), ("two", 50.5), ("three", 51)] {
      chart.addLimit(name, [Chart.Point(1, limit, ""), Chart.Point(1000, limit, "")], .solid, isNamedInPlace: true)
    }
    let drawing = try drawing(chart)
    let places = ["one", "two", "three"].compactMap { name in drawing.texts.first { $0.text == name }?.y }
    #expect(places.count == 3 && drawing.overlaps.isEmpty, "\(drawing.overlaps)")
  }

  @Test("A mark lies where its text says")
  func axes() throws {
    let drawing = try drawing(chart(x: .powersOfTwo, [(2, 1), (64, 100)]))
    let point = drawing.marks[0]
    let text = try #require(drawing.texts.first { $0.text == "2" && $0.anchor == "middle" })
    #expect(abs(text.x - point.x) < 0.02)
    #expect(drawing.texts.map(\.text).filter { Int($0).map { $0 & ($0 - 1) == 0 } ?? false }.contains("64"))
    let row = try #require(drawing.texts.first { $0.text == "100" && $0.anchor == "end" })
    #expect(abs(row.y - 4 - drawing.marks[1].y) < 0.02)
    for words in ["Speed", "size, bytes", "rate, GB/s", "conditions"] {
      #expect(drawing.texts.contains { $0.text == words }, "\(words)")
    }
    #expect(drawing.texts.first { $0.text == "rate, GB/s" }?.isTurned == true)
  }

  @Test(
    "A logarithmic axis has at least two marks, however little it reaches over",
    arguments: [(1940, 4700), (3, 3), (0.98, 1.02), (1e-9, 1e-9), (1, 1e12), (7e300, 8e300)])
  func marks(low: Double, high: Double) throws {
    let drawing = try drawing(chart(x: .linear, [(1, low), (2, high)]))
    #expect(drawing.texts.filter { $0.anchor == "end" }.count >= 2)
    #expect(drawing.overlaps == [])
  }

  @Test("A logarithmic axis of many decades has lines that can be told apart")
  func decades() throws {
    let drawing = try drawing(chart(x: .linear, [(1, 1e-60), (2, 1e60)]))
    let texts = drawing.texts.filter { $0.anchor == "end" }
    // Five more stand at 0, 0.5 to 2 of the other axis.
    #expect((5...13).contains(texts.count) && drawing.lines.count { $0.style == "grid" } == texts.count + 5)
  }

  @Test("What has no place is left out, and nothing at all is an empty frame")
  func degenerate() throws {
    let hostile: [(Double, Double)] = [
      (0, 1), (-1, 1), (1, 0), (.nan, 1), (1, .infinity), (1, -.infinity), (5, 7),
    ]
    #expect(try drawing(chart(hostile)).marks.count == 1)
    #expect(try drawing(chart([])).marks.isEmpty)
    #expect(try drawing(chart(x: .linear, y: .linear, [])).marks.isEmpty)
    #expect(try drawing(chart(x: .linear, y: .linear, [(0, 0)])).marks.count == 1)
    // Of the least numbers there are no sixths.
    let least = Double.leastNonzeroMagnitude
    #expect(try drawing(chart(x: .linear, y: .linear, [(least, least)])).marks.count == 1)
    for ends in [(least, 1e300), (1e299, 0.5), (.greatestFiniteMagnitude, 1), (.greatestFiniteMagnitude, 1e308)] {
      for scale in [Axis.Scale.powersOfTen, .powersOfTwo] {
        #expect(throws: Never.self) { try drawing(chart(x: .linear, y: scale, [(1, ends.0), (2, ends.1)])) }
      }
    }
    #expect(try drawing(Chart(title: "", x: Axis("", .powersOfTwo), y: Axis("", .linear)), subtitle: "").marks.isEmpty)
  }

  @Test("A line is apart where a point between has no place, and a point by itself is seen")
  func gaps() throws {
    let points: [(Double, Double)] = [
      (1, 1), (2, 2), (3, .nan), (4, 4), (5, .infinity), (6, 6), (7, 0), (8, 8), (9, 9),
    ]
    for hasMarkers in [true, false] {
      var chart = Chart(title: "", x: Axis("", .counts), y: Axis("", .powersOfTen))
      chart.addLine("a", points.map { Chart.Point($0, $1, "\($0)") }, color: 2, hasMarkers: hasMarkers)
      let drawing = try drawing(chart)
      #expect(drawing.lines.filter { $0.style == "line2" }.map(\.points.count) == [2, 1, 1, 2])
      #expect(drawing.marks.map(\.title) == (hasMarkers ? [1, 2, 4, 6, 8, 9] : [4, 6]).map { "\(Double($0))" })
    }
  }

  @Test("An axis of counts has marks at whole numbers alone, the first of them at least at the first value")
  func counts() throws {
    for (most, expected) in [
      (1, ["1"]), (2, ["1", "2"]), (7, (1...7).map(String.init)), (30, (1...6).map { "\(5 * $0)" }),
      (10_000, (1...5).map { "\(2000 * $0)" }),
    ] {
      var chart = Chart(title: "", x: Axis("x", .counts), y: Axis("", .linear))
      chart.addLine("a", (1...most).map { Chart.Point(Double($0), 1, "") }, color: 0)
      let marks = try drawing(chart).texts.filter { $0.anchor == "middle" && Double($0.text) != nil }
      #expect(marks.map(\.text) == expected)
    }
  }

  @Test("A place has a line over the whole height and its name above the frame; what the axis does not reach has none")
  func namedPlaces() throws {
    var chart = chart(x: .counts, y: .linear, (1...9).map { (Double($0), 1) })
    for (name, x) in [("the first of all", 1.0), ("middle", 5), ("the last of all", 9), ("none", 10), ("nan", .nan)] {
      chart.addPlace(name, x: x)
    }
    let drawing = try drawing(chart)
    let frame = try #require(drawing.lines.first { $0.style == "frame" }).points
    let (top, bottom) = (frame.map(\.y).min(), frame.map(\.y).max())
    let lines = drawing.lines.filter { $0.style == "limit" }
    #expect(lines.map { $0.points.map(\.x) } == [1, 5, 9].map { [drawing.marks[$0 - 1].x, drawing.marks[$0 - 1].x] })
    #expect(lines.allSatisfy { $0.points.map(\.y).min() == top && $0.points.map(\.y).max() == bottom })
    let names = drawing.texts.filter { $0.text.contains("all") || $0.text == "middle" }
    #expect(names.count == 3 && names.allSatisfy { $0.y < top ?? 0 && $0.y > (top ?? 0) - 8 })
    #expect(names.allSatisfy { $0.box.x.lowerBound >= frame[0].x - 1 && $0.box.x.upperBound <= frame[1].x + 1 })
    #expect(!drawing.texts.contains { $0.text == "none" || $0.text == "nan" } && drawing.overlaps == [])
  }

  @Test("Of many points a line keeps the first, the last and the extremes of every pixel")
  func thinning() throws {
    var points = (0..<100_000).map { Chart.Point(Double($0), Double($0 % 7), "") }
    points[54_321] = Chart.Point(54_321, 90, "")
    points[54_322] = Chart.Point(54_322, -80, "")
    var chart = Chart(title: "", x: Axis("", .counts), y: Axis("", .linear))
    chart.addLine("a", points, color: 0, hasMarkers: false)
    let drawing = try drawing(chart)
    let line = try #require(drawing.lines.first { $0.style == "line0" }).points
    let frame = try #require(drawing.lines.first { $0.style == "frame" }).points
    // The frame has 860 pixels.
    #expect((3000...4 * 862).contains(line.count) && line.map(\.x) == line.map(\.x).sorted())
    let height = try #require(frame.map(\.y).max()) - (frame.map(\.y).min() ?? 0)
    let reach = try #require(line.map(\.y).max()) - (line.map(\.y).min() ?? 0)
    #expect(reach > 0.9 * height)
  }

  @Test("Zero is zero on an axis that begins below it")
  func zero() throws {
    let texts = try drawing(chart(x: .linear, y: .linear, [(0, -0.1), (1, 3)])).texts.filter { $0.anchor == "end" }
    #expect(texts.map(\.text).prefix(2) == ["0", "1"])
  }

  @Test("Names are text, whatever is in them")
  func hostileNames() throws {
    let name = "</text><script>\"&'\u{0}\u{1B}]]>"
    var chart = Chart(title: name, x: Axis(name, .powersOfTen), y: Axis(name, .powersOfTen))
    chart.addLine(name, [Chart.Point(1, 1, name), Chart.Point(2, 2, name)], color: 99)
    chart.addLimit(name, [Chart.Point(1, 1, name), Chart.Point(2, 1, name)], .dotted, isNamedInPlace: true)
    chart.addKey(name, .diamond)
    let drawing = try drawing(chart, subtitle: name)
    let shown = "</text><script>\"&']]>"
    #expect(drawing.texts.filter { $0.text == shown }.count == 7)
    #expect(drawing.marks.allSatisfy { $0.title == shown })
  }

  @Test("Eight series, six limits and three shapes have a legend in which nothing covers another")
  func legend() throws {
    var chart = Chart(title: "All", x: Axis("x", .powersOfTen), y: Axis("y", .powersOfTen))
    for color in 0..<8 {
      for shape in Chart.Shape.allCases {
        chart.addPoints("mlp-2048-f64 \(color)", [Chart.Point(1, 1, "")], color: color, shape)
      }
    }
    for limit in 0..<6 {
      chart.addLimit("limit \(limit)", [Chart.Point(1, 1, ""), Chart.Point(9, Double(limit + 1), "")], .long)
    }
    for shape in Chart.Shape.allCases { chart.addKey("\(shape)", shape) }
    let drawing = try drawing(chart)
    #expect(drawing.overlaps == [])
    // Once each, in spite of the shapes.
    for words in (0..<8).map({ "mlp-2048-f64 \($0)" }) + (0..<6).map({ "limit \($0)" }) + ["circle", "diamond"] {
      #expect(drawing.texts.filter { $0.text == words }.count == 1, "\(words)")
    }
  }

  @Test("Charts below one another keep apart")
  func stacked() throws {
    let one = chart([(1, 1), (10, 10)])
    let drawing = try Drawing(Chart.svg([one, one, one], subtitle: "conditions"))
    #expect(drawing.overlaps == [] && drawing.marks.count == 6)
    let tops = drawing.texts.filter(\.isTitle).map(\.y)
    #expect(tops.count == 3 && tops == tops.sorted() && Set(tops).count == 3)
  }

  @Test("Charts below one another are as wide as each other, with a legend or without")
  func widths() throws {
    let one = chart([(1, 1), (10, 10)])
    var two = one
    two.addPoints("b", [], color: 1, .circle)
    func widths(_ charts: [Chart]) throws -> [Double] {
      try Drawing(Chart.svg(charts, subtitle: "")).lines.filter { $0.style == "frame" }.map { $0.points[1].x }
    }
    #expect(try widths([one, two]) == widths([two, two]))
    #expect(try widths([one])[0] > widths([two])[0])
  }

  @Test("Colors are for light and for dark backgrounds, each with its own")
  func schemes() throws {
    let parts = try drawing(chart([(1, 1)])).style.split(separator: "@media (prefers-color-scheme:dark)")
    #expect(parts.count == 2)
    for part in parts {
      for name in [".back{", "text{fill", ".grid{", ".limit{"] + (0..<8).map({ ".dot\($0){fill" }) {
        #expect(part.contains(name), "\(name)")
      }
    }
  }
}
