import NNBlas
import Testing

/// Floats and doubles as either precision.
struct ConversionTests {
  private func converted<S: Scalar>(
    _ count: Int, to type: S.Type = S.self, _ convert: (UnsafeMutablePointer<S>) -> Void
  ) throws -> [S] {
    let sentinel: S = 12345
    var target = [S](repeating: sentinel, count: count + 1)
    target.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { convert(start) } }
    try #require(target.last == sentinel, "written past \(count) elements")
    return target.dropLast()
  }

  @Test(arguments: ElementwiseTests.lengths)
  func floatsAndDoubles(length: Int) throws {
    var random = RandomValues(seed: 32)
    let doubles: [Double] = random.numbers(length, in: -1...1)
    let floats: [Float] = random.numbers(length, in: -1...1)
    #expect(try converted(length) { Float._convert(doubles, into: $0, length) } == doubles.map { Float($0) })
    #expect(try converted(length) { Double._convert(floats, into: $0, length) } == floats.map { Double($0) })
    #expect(try converted(length) { Float._convert(floats, into: $0, length) } == floats)
    #expect(try converted(length) { Double._convert(doubles, into: $0, length) } == doubles)
  }

  @Test func specialValues() throws {
    // The first is a tie between 1 and the next Float, which goes to the even one; the last is below the least Float.
    let doubles = [1 + 0x1p-24, 1 + 0x1.8p-23, 1e300, -.infinity, -0.0, 1e-60]
    let floats: [Float] = try converted(doubles.count) { Float._convert(doubles, into: $0, doubles.count) }
    #expect(floats == [1, 1 + 0x1p-22, .infinity, -.infinity, -0.0, 0])
    #expect(floats[4].sign == .minus)
    let back: [Double] = try converted(2) { Double._convert([Float.nan, .leastNonzeroMagnitude], into: $0, 2) }
    #expect(back[0].isNaN && back[1] == 0x1p-149)
  }
}
