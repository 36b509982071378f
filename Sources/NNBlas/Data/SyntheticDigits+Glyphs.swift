extension SyntheticDigits {
  /// How people write the ten digits: several ways each, as strokes of a pen before any hand has distorted them.
  ///
  /// A glyph's middle is (0, 0), x grows to the right and y downwards; heights span about −1 to 1, widths −0.6 to 0.6.
  struct Glyph: Sendable {
    /// Each stroke is one movement of the pen through its waypoints, at least two.
    let strokes: [[Waypoint]]

    init(_ strokes: [Waypoint]...) {
      self.strokes = strokes
    }

    /// The ways to write each digit, by label; those of one digit are equally likely.
    static let all: [[Glyph]] = [
      zero, one, two, three, four, five, six, seven, eight, nine,
    ]
  }

  /// A point that a stroke passes through: smoothly, or turning sharply.
  struct Waypoint: Sendable {
    let position: SIMD2<Double>
    let isCorner: Bool
  }
}

private typealias Glyph = SyntheticDigits.Glyph
private typealias Waypoint = SyntheticDigits.Waypoint

private func curve(_ x: Double, _ y: Double) -> Waypoint { Waypoint(position: SIMD2(x, y), isCorner: false) }

private func corner(_ x: Double, _ y: Double) -> Waypoint { Waypoint(position: SIMD2(x, y), isCorner: true) }

// MARK: - 0 to 4

/// A closed oval; one whose end passes its beginning; one that comes to a point on top; one with a slash.
private let zero = [
  Glyph([
    curve(0.15, -0.97), curve(-0.4, -0.72), curve(-0.6, 0), curve(-0.42, 0.72), curve(0, 0.98), curve(0.42, 0.72),
    curve(0.6, 0), curve(0.42, -0.72), curve(-0.05, -1),
  ]),
  Glyph([
    curve(0.38, -0.95), curve(-0.2, -0.85), curve(-0.6, -0.1), curve(-0.42, 0.75), curve(0.05, 0.97), curve(0.5, 0.6),
    curve(0.6, -0.15), curve(0.3, -0.8), curve(-0.15, -0.72),
  ]),
  Glyph([
    corner(0.1, -1), curve(-0.4, -0.4), curve(-0.5, 0.4), curve(-0.05, 0.98), curve(0.45, 0.5), curve(0.5, -0.3),
    corner(0.05, -0.98),
  ]),
  Glyph(
    [
      curve(0.15, -0.97), curve(-0.4, -0.72), curve(-0.6, 0), curve(-0.42, 0.72), curve(0, 0.98), curve(0.42, 0.72),
      curve(0.6, 0), curve(0.42, -0.72), curve(-0.05, -1),
    ], [corner(0.5, -0.85), corner(-0.5, 0.85)]),
]

/// A bare stem; with a flag; with a flag and a base.
private let one = [
  Glyph([corner(0.05, -1), curve(0, 0), corner(-0.02, 1)]),
  Glyph([corner(-0.42, -0.5), corner(0.08, -1), corner(0.05, 1)]),
  Glyph([corner(-0.38, -0.6), corner(0.05, -1), corner(0.03, 0.95)], [corner(-0.45, 0.95), corner(0.5, 0.93)]),
]

/// A neck that turns sharply into the base; a loop between them; a narrow neck; straight like a Z.
private let two = [
  Glyph([
    curve(-0.55, -0.55), curve(-0.3, -0.92), curve(0.15, -0.98), curve(0.5, -0.62), curve(0.35, -0.1),
    curve(-0.1, 0.45), corner(-0.6, 0.95), corner(0.6, 0.93),
  ]),
  Glyph([
    curve(-0.5, -0.62), curve(-0.08, -0.98), curve(0.42, -0.68), curve(0.3, -0.1), curve(-0.15, 0.55),
    curve(-0.48, 0.9), curve(-0.62, 0.65), curve(-0.3, 0.55), curve(0.12, 0.85), curve(0.65, 0.85),
  ]),
  Glyph([
    curve(-0.5, -0.8), curve(0.05, -0.98), curve(0.48, -0.78), curve(0.12, -0.08), corner(-0.55, 0.92),
    corner(0.55, 0.95),
  ]),
  Glyph([corner(-0.52, -0.88), corner(0.5, -0.92), corner(-0.55, 0.92), corner(0.6, 0.9)]),
]

/// Two bows; a flat top; a small loop between the bows.
private let three = [
  Glyph([
    curve(-0.5, -0.72), curve(-0.08, -0.98), curve(0.4, -0.7), curve(0.28, -0.2), corner(-0.12, -0.05),
    curve(0.4, 0.13), curve(0.55, 0.55), curve(0.2, 0.95), curve(-0.3, 0.95), curve(-0.6, 0.65),
  ]),
  Glyph([
    corner(-0.5, -0.93), corner(0.45, -0.95), corner(-0.05, -0.2), curve(0.4, 0), curve(0.55, 0.45), curve(0.25, 0.92),
    curve(-0.25, 0.98), curve(-0.6, 0.7),
  ]),
  Glyph([
    curve(-0.48, -0.78), curve(0, -1), curve(0.4, -0.65), curve(0.12, -0.12), curve(-0.18, -0.02), curve(-0.12, -0.22),
    curve(0.3, -0.02), curve(0.52, 0.45), curve(0.2, 0.95), curve(-0.55, 0.78),
  ]),
]

/// Open with straight strokes; closed in one stroke; open with a round bowl.
private let four = [
  Glyph([corner(-0.35, -0.95), corner(-0.55, 0.15), corner(0.62, 0.1)], [corner(0.28, -0.6), corner(0.2, 1)]),
  Glyph([corner(0.22, 1), corner(0.25, -1), corner(-0.6, 0.32), corner(0.62, 0.3)]),
  Glyph(
    [curve(-0.45, -0.95), curve(-0.5, -0.3), curve(-0.2, 0.02), curve(0.42, -0.08)],
    [corner(0.45, -0.95), corner(0.35, 1)]),
]

// MARK: - 5 to 9

/// A separate bar on top; one stroke with corners; round like an S.
private let five = [
  Glyph(
    [
      corner(-0.35, -0.85), corner(-0.45, -0.1), curve(0.1, -0.27), curve(0.5, 0.2), curve(0.3, 0.8),
      curve(-0.15, 0.97), curve(-0.55, 0.75),
    ], [corner(-0.3, -0.92), corner(0.52, -0.97)]),
  Glyph([
    corner(0.5, -0.93), corner(-0.3, -0.9), corner(-0.38, -0.05), curve(0.2, -0.1), curve(0.48, 0.4), curve(0.1, 0.92),
    corner(-0.5, 0.92),
  ]),
  Glyph([
    curve(0.5, -0.85), curve(0, -0.98), curve(-0.45, -0.6), curve(-0.2, -0.2), curve(0.3, 0.1), curve(0.45, 0.55),
    curve(0.05, 0.95), curve(-0.5, 0.8),
  ]),
]

/// A curved stem; a straight one; a stem that hooks over a wide bowl.
private let six = [
  Glyph([
    curve(0.4, -0.95), curve(-0.2, -0.55), curve(-0.55, 0.1), curve(-0.45, 0.75), curve(0, 0.98), curve(0.5, 0.65),
    curve(0.4, 0.15), curve(-0.05, 0.05), curve(-0.45, 0.4),
  ]),
  Glyph([
    corner(0.12, -1), curve(-0.3, -0.2), curve(-0.5, 0.5), curve(-0.1, 0.96), curve(0.4, 0.7), curve(0.3, 0.22),
    curve(-0.1, 0.17), curve(-0.45, 0.52),
  ]),
  Glyph([
    curve(0.5, -0.75), curve(0.1, -0.98), curve(-0.4, -0.6), curve(-0.6, 0.1), curve(-0.35, 0.85), curve(0.15, 0.95),
    curve(0.5, 0.55), curve(0.25, 0.05), curve(-0.25, 0.1), curve(-0.55, 0.45),
  ]),
]

/// Two strokes in one; with a bar through the stem; with a serif and a curved stem.
private let seven = [
  Glyph([corner(-0.55, -0.9), corner(0.55, -0.95), corner(-0.12, 1)]),
  Glyph([corner(-0.55, -0.9), corner(0.55, -0.93), corner(-0.15, 1)], [corner(-0.32, 0.06), corner(0.48, 0.02)]),
  Glyph([corner(-0.57, -0.52), corner(-0.5, -0.92), corner(0.52, -0.9), curve(0.12, -0.1), corner(-0.05, 1)]),
]

/// One stroke that crosses itself; two rings; one stroke that ends open.
private let eight = [
  Glyph([
    curve(0.4, -0.75), curve(0, -1), curve(-0.4, -0.7), curve(-0.2, -0.25), curve(0.3, 0.15), curve(0.5, 0.6),
    curve(0.05, 0.98), curve(-0.5, 0.6), curve(-0.25, 0.1), curve(0.25, -0.3), curve(0.4, -0.78),
  ]),
  Glyph(
    [
      curve(0.1, -0.1), curve(-0.35, -0.3), curve(-0.35, -0.75), curve(0, -1), curve(0.38, -0.75), curve(0.35, -0.3),
      curve(-0.05, -0.08),
    ],
    [
      curve(0.1, -0.08), curve(-0.4, 0.12), curve(-0.48, 0.65), curve(0, 0.98), curve(0.5, 0.65), curve(0.42, 0.12),
      curve(-0.05, -0.06),
    ]),
  Glyph([
    curve(0.52, -0.85), curve(0, -0.96), curve(-0.4, -0.62), curve(0, -0.08), curve(0.45, 0.5), curve(0.05, 0.97),
    curve(-0.45, 0.6), curve(-0.05, 0.02), curve(0.5, -0.65),
  ]),
]

/// A ring beside a straight stem; one stroke that ends in a hook; one stroke with a leaning stem.
private let nine = [
  Glyph(
    [
      curve(0.42, -0.6), curve(0.05, -0.97), curve(-0.45, -0.65), curve(-0.4, -0.15), curve(0, 0.02),
      curve(0.42, -0.42),
    ], [corner(0.45, -0.88), corner(0.36, 1)]),
  Glyph([
    curve(0.4, -0.5), curve(0.1, -0.95), curve(-0.4, -0.7), curve(-0.35, -0.2), curve(0.1, -0.08), curve(0.42, -0.55),
    curve(0.45, 0.2), curve(0.15, 0.9), curve(-0.42, 0.85),
  ]),
  Glyph([
    curve(0.45, -0.85), curve(-0.1, -0.95), curve(-0.5, -0.5), curve(-0.15, -0.1), curve(0.3, -0.4),
    corner(0.5, -0.88), curve(0.38, 0), corner(0.08, 1),
  ]),
]
