extension SyntheticDigits {
  /// Writes digits one after another on one canvas, without allocating memory for each.
  struct Writer: ~Copyable {
    private let canvas = Canvas()
    /// Where the hand has put the waypoints of a stroke.
    private var path: [SIMD2<Double>] = []

    /// Writes the digit that a stream of random numbers describes: which, how, and by what hand.
    ///
    /// - Parameters:
    ///   - generator: A generator at the start of the image's own stream.
    ///   - pixels: Where the `Canvas.pixelCount` bytes of the image go.
    /// - Returns: The label.
    mutating func write(_ generator: Philox, into pixels: UnsafeMutablePointer<UInt8>) -> Int {
      var generator = generator
      let label = generator.nextIndex(below: Glyph.all.count)
      let glyphs = Glyph.all[label]
      let glyph = glyphs[generator.nextIndex(below: glyphs.count)]
      let hand = Handwriting(from: &generator)
      canvas.clear()
      for stroke in glyph.strokes {
        path.removeAll(keepingCapacity: true)
        for waypoint in stroke { path.append(hand.place(waypoint.position, tremblingFrom: &generator)) }
        draw(stroke, penRadius: hand.penRadius)
      }
      canvas.develop(into: pixels, brightness: hand.brightness, grain: 0.3, generator: &generator)
      return label
    }

    /// Draws a stroke along the path: through its waypoints on a spline, in straight pieces of a pixel or two.
    ///
    /// Source: Catmull, Rom, "A Class of Local Interpolating Splines", 1974, in its uniform form.
    private func draw(_ stroke: [Waypoint], penRadius: Double) {
      let pieces = 5
      for index in 0..<path.count - 1 {
        let (start, end) = (path[index], path[index + 1])
        // Beyond an end of the stroke, and beyond a corner, the path is taken to go straight on.
        let before = index == 0 || stroke[index].isCorner ? 2 * start - end : path[index - 1]
        let after = index + 2 == path.count || stroke[index + 1].isCorner ? 2 * end - start : path[index + 2]
        let linear = end - before
        let quadratic = 2 * before - 5 * start + 4 * end - after
        let cubic = 3 * start - before - 3 * end + after
        var drawn = start
        for piece in 1...pieces {
          let t = Double(piece) / Double(pieces)
          let next = start + 0.5 * t * (linear + t * (quadratic + t * cubic))
          canvas.drawLine(from: drawn, to: next, penRadius: penRadius)
          drawn = next
        }
      }
    }
  }
}
