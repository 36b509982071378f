import Foundation
import Testing

import NNBlas

/// Numbers in decimal notation, held against the C library's `strtod`, which rounds correctly too.
@Suite struct DecimalNumberTests {
  private func expectNumber(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let expected = strtod(text, nil)
    let found = DecimalNumber.parse(text)
    // Bits, so that 0 and -0 differ.
    #expect(found?.bitPattern == expected.bitPattern, "\(text)", sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    "0", "-0", "+1", "1.", ".5", "-.5e1", "00012.500", "1e5", "1E+5", "1e-5", "123456789012345678", "0.1", "0.3",
    // The ends of the ways: 2⁵³ and its neighbors, 10²² and 10²³, 10²⁷ and 10²⁸, 19 and 20 digits.
    "9007199254740991", "9007199254740992", "9007199254740993", "9007199254740993e-5", "1e22", "1e23", "1e27", "1e28",
    "9007199254740993e27", "9007199254740993e-27", "9007199254740993e28", "9007199254740993e-28",
    "9999999999999999999", "18446744073709551615", "18446744073709551616", "99999999999999999999",
    "0.0000000000000000000000001", "1.234567890123456789012345678901234567890", "12345678901234567890123456789.",
    ".12345678901234567890123456789",
    // Halfway between two doubles, and next to it: https://www.exploringbinary.com, "Incorrectly Rounded Conversions".
    "0.500000000000000166533453693773481063544750213623046875", "9214843084008499", "30078505129381147446200",
    "1.00000000000000011102230246251565404236316680908203125",
    "1.00000000000000011102230246251565404236316680908203124",
    "1.00000000000000011102230246251565404236316680908203126",
    // The ends of the range.
    "1.7976931348623157e308", "1.7976931348623159e308", "2.2250738585072011e-308", "5e-324", "2e-324", "1e999",
    "-1e999",
    "1e-999", "0e999999999999999999999", "1e999999999999999999999", "1e-999999999999999999999",
  ])
  func agreesWithStrtod(text: String) { expectNumber(text) }

  @Test(arguments: [
    "", " ", "+", "-", ".", "e5", "1e", "1e+", "--1", "+-1", "1.2.3", "1 2", "0x10", "inf", "nan", "1,5", "1_000", "١",
    "1\u{0}", " 1", "1 ", "1e5.5", ".e1",
  ])
  func whatIsNoNumber(text: String) { #expect(DecimalNumber.parse(text) == nil) }

  /// Of every number of digits that files have, with a point anywhere, and exponents around where the ways meet.
  @Test func randomNumbers() {
    var generator = Philox(seed: 1)
    for _ in 0..<200_000 {
      let count = 1 + generator.nextIndex(below: 21)
      var text = String((0..<count).map { _ in Character(String(generator.nextIndex(below: 10))) })
      let point = generator.nextIndex(below: count + 1)
      text.insert(".", at: text.index(text.startIndex, offsetBy: point))
      if generator.nextIndex(below: 2) == 0 { text += "e\(generator.nextIndex(below: 81) - 40)" }
      if DecimalNumber.parse(text)?.bitPattern != strtod(text, nil).bitPattern { expectNumber(text) }
    }
  }

  /// What is written with 17 digits is read as it was, whatever its bits.
  @Test func everyDoubleComesBack() {
    var generator = Philox(seed: 2)
    for _ in 0..<100_000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      if DecimalNumber.parse("\(value)")?.bitPattern != value.bitPattern { expectNumber("\(value)") }
    }
  }

  /// Whole numbers of 54 bits that end with a 1, halfway between two doubles: the even one, unless a digit far behind says otherwise.
  @Test func halves() {
    var generator = Philox(seed: 3)
    for _ in 0..<20_000 {
      let half = (1 << 52 | generator.next() >> 12) << 1 | 1
      expectNumber("\(half)")
      expectNumber("\(half).0000000000")
      expectNumber("\(half)0e-1")
      expectNumber("\(half).00000000000000000001")
    }
  }
}
