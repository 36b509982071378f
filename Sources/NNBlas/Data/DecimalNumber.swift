/// Numbers in decimal notation, `-12.5e-3`, rounded correctly (to nearest, ties to even) whatever the locale.
package enum DecimalNumber {
  /// Reads the number that starts at an address, and moves the address behind it.
  ///
  /// Some byte that belongs to no number has to follow, so that no end is asked for at every byte. What is beyond the range
  /// of `Double` becomes an infinity.
  ///
  /// - Returns: nil, and the address stays, where no number starts.
  @inline(__always)
  package static func parse(_ address: inout UnsafePointer<UInt8>) -> Double? {
    var p = address
    let isNegative = p[0] == UInt8(ascii: "-")
    if isNegative || p[0] == UInt8(ascii: "+") { p += 1 }
    let start = p
    // Of up to 19 digits, below 10¹⁹ < 2⁶⁴; of more, the number is made from its text.
    var digits: UInt64 = 0
    while let digit = digit(p[0]) {
      digits = digits &* 10 &+ digit
      p += 1
    }
    var digitCount = p - start
    var exponent = 0
    if p[0] == UInt8(ascii: ".") {
      p += 1
      let fraction = p
      while let digit = digit(p[0]) {
        digits = digits &* 10 &+ digit
        p += 1
      }
      exponent = fraction - p
      digitCount -= exponent
    }
    guard digitCount > 0 else { return nil }
    if p[0] | 0x20 == UInt8(ascii: "e") {
      guard let written = parseExponent(&p) else { return nil }
      exponent += written
    }
    var value: Double?
    if digitCount <= 19 { value = scaled(digits, exponent) }
    // Leading zeros are left to the text as well: they seldom come with so many digits.
    if value == nil { value = fromText(start, p) }
    guard let magnitude = value else { return nil }
    address = p
    return isNegative ? -magnitude : magnitude
  }

  /// The whole text as a number, or nil where it is something else.
  package static func parse(_ text: String) -> Double? {
    let bytes = Array(text.utf8) + [0]
    return bytes.withUnsafeBufferPointer { buffer in
      guard var address = buffer.baseAddress else { return nil }
      let end = address + bytes.count - 1
      guard let value = parse(&address), address == end else { return nil }
      return value
    }
  }

  @inline(__always)
  private static func digit(_ byte: UInt8) -> UInt64? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? UInt64(digit) : nil
  }

  /// Reads `e-3`; nil where the digits are missing.
  private static func parseExponent(_ p: inout UnsafePointer<UInt8>) -> Int? {
    p += 1
    let isNegative = p[0] == UInt8(ascii: "-")
    if isNegative || p[0] == UInt8(ascii: "+") { p += 1 }
    guard digit(p[0]) != nil else { return nil }
    var exponent = 0
    while let digit = digit(p[0]) {
      // Beyond this every number is 0 or infinite, which its text decides.
      if exponent < 1_000_000 { exponent = 10 * exponent + Int(digit) }
      p += 1
    }
    return isNegative ? -exponent : exponent
  }

  /// digits · 10^exponent, or nil where that needs more than 128 bits.
  ///
  /// Source of the first way: Clinger, "How to Read Floating Point Numbers Accurately", 1990: both operands are exact, and
  /// their product or quotient is rounded once.
  @inline(__always)
  private static func scaled(_ digits: UInt64, _ exponent: Int) -> Double? {
    if exponent == 0 || digits == 0 { return Double(digits) }
    if digits < 1 << 53, -22 <= exponent, exponent <= 22 {
      return exponent < 0 ? Double(digits) / power(-exponent) : Double(digits) * power(exponent)
    }
    return wide(digits, exponent)
  }

  /// The same by an exact product or quotient of 128 bits: 10^n = 5^n · 2^n, and 5²⁷ < 2⁶⁴.
  @inline(never)
  private static func wide(_ digits: UInt64, _ exponent: Int) -> Double? {
    guard -27 <= exponent, exponent <= 27 else { return nil }
    var five: UInt64 = 1
    for _ in 0..<abs(exponent) { five *= 5 }
    let leading = digits.leadingZeroBitCount
    if exponent > 0 {
      // The product's upper 64 bits; the bits that are left out only matter to rounding, as whether there are any.
      let (high, low) = (digits << UInt64(leading)).multipliedFullWidth(by: five)
      let shift = UInt64(high.leadingZeroBitCount)
      let upper = high << shift | low >> (64 - shift)
      return Double(upper | (low << shift == 0 ? 0 : 1)) * powerOfTwo(64 - Int(shift) - leading + exponent)
    }
    // Both operands begin with a bit 1, so that the quotient q of digits · 2⁶³ has 63 or 64 bits, ten more than are kept.
    let shift = five.leadingZeroBitCount
    let dividend = digits << UInt64(leading)
    let (quotient, remainder) = (five << UInt64(shift)).dividingFullWidth((dividend >> 1, dividend << 63))
    return Double(quotient | (remainder == 0 ? 0 : 1)) * powerOfTwo(shift - leading - 63 + exponent)
  }

  /// 2^n for exponents of normal numbers.
  private static func powerOfTwo(_ n: Int) -> Double { Double(bitPattern: UInt64(1023 + n) << 52) }

  /// 10^n for n in 0...22, which are exact.
  @inline(__always)
  private static func power(_ n: Int) -> Double { powers.withUnsafeBufferPointer { $0[n] } }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// The way for any number of digits and any exponent: the standard library's.
  @inline(never)
  private static func fromText(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Double? {
    Double(String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self))
  }
}
