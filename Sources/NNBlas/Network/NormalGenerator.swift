import Foundation

/// Numbers from N(0, 1) by the transform of Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
struct NormalGenerator {
  private var source: Philox
  private var spare: Double?

  init(_ source: Philox) {
    self.source = source
  }

  mutating func next() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    // 1 − u lies in (0, 1], where the logarithm is finite.
    let radius = (-2 * log(1 - source.nextUnit())).squareRoot()
    let angle = 2 * Double.pi * source.nextUnit()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}
