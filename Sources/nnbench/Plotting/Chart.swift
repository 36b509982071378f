/// A chart of lines and points over two axes.
package struct Chart {
  package let title: String
  package let x: Axis
  package let y: Axis
  private(set) var series: [Series] = []
  /// What shapes mean, beside what colors do.
  private(set) var keys: [(name: String, shape: Shape)] = []
  /// Places along x that are marked over the whole height.
  private(set) var places: [(name: String, x: Double)] = []

  package init(title: String, x: Axis, y: Axis) {
    (self.title, self.x, self.y) = (title, x, y)
  }

  package enum Shape: CaseIterable, Sendable { case circle, square, triangle, diamond }

  /// How a line is drawn.
  package enum Dash: String, Sendable {
    case solid = ""
    case long = "10 4"
    case short = "5 4"
    case dotted = "1.5 4"
  }

  package struct Point {
    let x: Double
    let y: Double
    /// What a reader sees who points at it.
    let title: String

    package init(_ x: Double, _ y: Double, _ title: String) { (self.x, self.y, self.title) = (x, y, title) }
  }

  struct Series {
    enum Look {
      case line(Dash, hasMarkers: Bool)
      case points(Shape)
      /// A line behind all others, without a color of its own.
      case limit(Dash)
    }

    let name: String
    let points: [Point]
    let color: Int
    let look: Look
    /// Whether it has a line in the legend.
    let isInLegend: Bool
    /// Whether its name stands at its end.
    let isNamedInPlace: Bool
  }

  /// Points joined in order, apart where one between them has no place.
  package mutating func addLine(_ name: String, _ points: [Point], color: Int, hasMarkers: Bool = true) {
    series.append(
      Series(
        name: name, points: points, color: color, look: .line(.solid, hasMarkers: hasMarkers), isInLegend: true,
        isNamedInPlace: false))
  }

  /// Points by themselves; of several series with one name the first is in the legend.
  package mutating func addPoints(_ name: String, _ points: [Point], color: Int, _ shape: Shape) {
    let isInLegend = !series.contains { $0.name == name }
    series.append(
      Series(
        name: name, points: points, color: color, look: .points(shape), isInLegend: isInLegend, isNamedInPlace: false))
  }

  /// What nothing can be beyond: a line behind the others, named in the legend, or at its right end.
  package mutating func addLimit(_ name: String, _ points: [Point], _ dash: Dash, isNamedInPlace: Bool = false) {
    series.append(
      Series(
        name: name, points: points, color: 0, look: .limit(dash), isInLegend: !isNamedInPlace,
        isNamedInPlace: isNamedInPlace))
  }

  /// Marks a place along x, with its name above.
  package mutating func addPlace(_ name: String, x: Double) { places.append((name, x)) }

  /// Says what a shape means.
  package mutating func addKey(_ name: String, _ shape: Shape) { keys.append((name, shape)) }
}
