extension SyntheticDigits {
  /// A sheet of 28×28 pixels on which a round pen draws lines.
  ///
  /// x counts columns from the left and y rows from the top; whole numbers are the centers of pixels.
  struct Canvas: ~Copyable {
    /// The number of pixels on a side.
    static let side = 28
    /// The number of pixels.
    static let pixelCount = side * side
    /// The point at the same distance from all four edges.
    static let middle = SIMD2(repeating: Double(side - 1) / 2)

    /// How much of each pixel is inked, from 0 to 1, row after row.
    private let coverage: UnsafeMutablePointer<Double>

    init() {
      coverage = .allocate(capacity: Self.pixelCount)
      coverage.initialize(repeating: 0, count: Self.pixelCount)
    }

    deinit {
      coverage.deallocate()
    }

    /// Wipes the sheet.
    func clear() {
      coverage.update(repeating: 0, count: Self.pixelCount)
    }

    /// Draws a straight line with round ends; its edge fades over one pixel.
    func drawLine(from start: SIMD2<Double>, to end: SIMD2<Double>, penRadius: Double) {
      let reach = penRadius + 0.5
      // Ink stays inside this box, a few dozen of all the pixels.
      let columns = Self.pixels(from: min(start.x, end.x) - reach, to: max(start.x, end.x) + reach)
      let rows = Self.pixels(from: min(start.y, end.y) - reach, to: max(start.y, end.y) + reach)
      let way = end - start
      let squaredLength = way.x * way.x + way.y * way.y
      let inverseSquaredLength = squaredLength > 0 ? 1 / squaredLength : 0
      for row in rows {
        let line = coverage + row * Self.side
        let y = Double(row) - start.y
        for column in columns {
          let x = Double(column) - start.x
          // The line's point nearest to this pixel, as a fraction of the way from start to end.
          let nearest = max(0, min(1, (x * way.x + y * way.y) * inverseSquaredLength))
          let (offX, offY) = (x - nearest * way.x, y - nearest * way.y)
          let squaredDistance = offX * offX + offY * offY
          if squaredDistance < reach * reach {
            line[column] = max(line[column], min(1, reach - squaredDistance.squareRoot()))
          }
        }
      }
    }

    /// Turns the sheet into bytes, 0 where it is blank.
    ///
    /// - Parameters:
    ///   - pixels: Where the `pixelCount` bytes go.
    ///   - brightness: The byte of a fully inked pixel, at most 255.
    ///   - grain: Which fraction of its brightness chance may take from a pixel, at most 1.
    ///   - generator: Decides the grain.
    func develop(
      into pixels: UnsafeMutablePointer<UInt8>, brightness: Double, grain: Double, generator: inout Philox
    ) {
      for start in stride(from: 0, to: Self.pixelCount, by: 8) {
        // One draw has eight bytes, one for each of eight pixels.
        var chance = generator.next()
        for index in start..<start + 8 {
          let loss = grain * (Double(chance & 0xFF) / 255)
          // Adding a half makes the conversion, which cuts off, round.
          pixels[index] = UInt8(coverage[index] * brightness * (1 - loss) + 0.5)
          chance >>= 8
        }
      }
    }

    /// The pixels of the sheet, along one axis, between two coordinates.
    private static func pixels(from low: Double, to high: Double) -> Range<Int> {
      let first = Int(max(0, min(Double(side), low + 1)))
      let end = Int(max(0, min(Double(side), high + 1)))
      return first..<max(first, end)
    }
  }
}
