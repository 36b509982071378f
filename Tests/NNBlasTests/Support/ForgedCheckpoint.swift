import Foundation
import TestSupport

/// CRC-32 by its definition, bit after bit: the polynomial 0xEDB88320, from all ones, inverted in the end.
func plainCRC32(_ bytes: some Sequence<UInt8>) -> UInt32 {
  ~bytes.reduce(UInt32.max) { sum, byte in
    (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
  }
}

/// A checkpoint's bytes with something else in its JSON, and a checksum that fits.
///
/// - Returns: The bytes, or nil where the JSON does not have what is to be replaced.
func forged(_ bytes: [UInt8], replacing old: String, by new: String) -> [UInt8]? {
  let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
  let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
  func escaped(_ text: String) -> String { text.replacingOccurrences(of: "\"", with: "\\\"") }
  guard header.contains(escaped(old)) else { return nil }
  var changed = Array(header.replacingOccurrences(of: escaped(old), with: escaped(new)).utf8)
  changed += Array(repeating: UInt8(ascii: " "), count: (8 - changed.count % 8) % 8)
  var result =
    (0..<8).map { UInt8(truncatingIfNeeded: changed.count >> (8 * $0)) } + changed + bytes[(8 + length)...].dropLast(4)
  let sum = plainCRC32(result)
  result += (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
  return result
}
