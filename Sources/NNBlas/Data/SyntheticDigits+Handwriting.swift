extension SyntheticDigits {
  /// What sets one written digit apart from its glyph: size, slant, place, bends, tremor and the pen.
  ///
  /// Only + − × ÷ √ are used, which IEEE 754 rounds alike on every machine: rotations come from the rational points of
  /// the circle, bends are polynomials.
  struct Handwriting {
    /// Half the width of a line, in pixels.
    let penRadius: Double
    /// The byte of a fully inked pixel.
    let brightness: Double
    /// Where the glyph's middle lies, in pixels.
    private let middle: SIMD2<Double>
    /// The step on the canvas, in pixels, that is one unit of the glyph's x.
    private let xAxis: SIMD2<Double>
    /// The step on the canvas, in pixels, that is one unit of the glyph's y.
    private let yAxis: SIMD2<Double>
    /// How far x², y² and x·y move a point of the glyph.
    private let bends: (xx: SIMD2<Double>, yy: SIMD2<Double>, xy: SIMD2<Double>)

    /// Draws a hand by lot.
    init(from generator: inout Philox) {
      // The tangent of half the angle gives a point of the circle without trigonometry; for such angles, half the angle.
      let t = Deviation.rotation / 2 * generator.nextBell()
      let (cosine, sine) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
      let height = Mean.halfHeight * (1 + Deviation.size * generator.nextBell())
      let width = height * (1 + Deviation.aspect * generator.nextBell())
      let slant = Mean.slant + Deviation.slant * generator.nextBell()
      // The columns of rotation · slant · scaling; y points downwards, so a negative slant leans to the right.
      xAxis = width * SIMD2(cosine, sine)
      yAxis = height * SIMD2(cosine * slant - sine, sine * slant + cosine)
      middle = Canvas.middle + Deviation.shift * generator.nextBells()
      bends = (
        xx: Deviation.bend * generator.nextBells(), yy: Deviation.bend * generator.nextBells(),
        xy: Deviation.bend * generator.nextBells()
      )
      penRadius = 0.7 + generator.nextUnit()
      brightness = 255 - 60 * generator.nextUnit()
    }

    /// Where this hand puts a point of a glyph, in pixels; it trembles, so every call differs.
    func place(_ point: SIMD2<Double>, tremblingFrom generator: inout Philox) -> SIMD2<Double> {
      let aimed = point + Deviation.tremor * generator.nextBells()
      let (x, y) = (aimed.x, aimed.y)
      let bent = aimed + x * x * bends.xx + y * y * bends.yy + x * y * bends.xy
      return middle + bent.x * xAxis + bent.y * yAxis
    }
  }
}

/// What hands have in common.
private enum Mean {
  /// Half the height of a digit, in pixels; with a pen's width, digits are about 19 pixels high, like MNIST's.
  static let halfHeight = 8.3
  /// Most people's writing leans to the right: x moves by this for every unit of y.
  static let slant = -0.15
}

/// How much hands differ: standard deviations.
///
/// They decide how hard the digits are. Shifts above all blur the mean image of a digit, which is most of what a network
/// without a hidden layer can go by. `Benchmarks/accuracy` shows where these values put the two networks of the book.
private enum Deviation {
  /// Radians.
  static let rotation = 0.12
  /// A fraction of the height.
  static let size = 0.08
  /// A fraction of the width.
  static let aspect = 0.12
  /// Units of x for one unit of y.
  static let slant = 0.2
  /// Pixels.
  static let shift = 1.05
  /// Units of the glyph at one unit from its middle.
  static let bend = 0.1
  /// Units of the glyph.
  static let tremor = 0.06
}

extension Philox {
  /// A number between −3 and 3 of mean 0 and deviation 1, nearly normal: the sum of three uniform ones, centered.
  fileprivate mutating func nextBell() -> Double {
    2 * (nextUnit() + nextUnit() + nextUnit() - 1.5)
  }

  /// Two of them.
  fileprivate mutating func nextBells() -> SIMD2<Double> {
    let x = nextBell()
    return SIMD2(x, nextBell())
  }
}
