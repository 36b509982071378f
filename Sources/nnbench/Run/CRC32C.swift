/// The checksum of Castagnoli's polynomial, as in iSCSI (RFC 3720, B.4).
package enum CRC32C {
  /// The checksum's change by each value of a byte; 0x82F63B78 is the polynomial, its highest power in the lowest bit.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
  }

  /// The checksum of bytes.
  package static func checksum(of bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { crc, byte in crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
  }
}
