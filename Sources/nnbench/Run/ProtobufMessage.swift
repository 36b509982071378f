/// A message in the wire format of Protocol Buffers, made field by field.
///
/// Version 3 of the language leaves out fields that are 0 or empty, unless they are one of several alternatives: whoever adds fields
/// decides.
package struct ProtobufMessage {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// How a field's value is laid out.
  private enum WireType: UInt64 {
    case varint = 0
    case eightBytes = 1
    case counted = 2
    case fourBytes = 5
  }

  /// An `int64`, or the number of an `enum`.
  package mutating func add(_ field: Int, _ value: Int) {
    addKey(field, .varint)
    addVarint(UInt64(bitPattern: Int64(value)))
  }

  /// A `double`.
  package mutating func add(_ field: Int, _ value: Double) {
    addKey(field, .eightBytes)
    bytes += value.bitPattern.littleEndianBytes
  }

  /// A `float`.
  package mutating func add(_ field: Int, _ value: Float) {
    addKey(field, .fourBytes)
    bytes += value.bitPattern.littleEndianBytes
  }

  /// A `string`.
  package mutating func add(_ field: Int, _ value: String) { add(field, counted: Array(value.utf8)) }

  /// A message within this one.
  package mutating func add(_ field: Int, _ value: ProtobufMessage) { add(field, counted: value.bytes) }

  private mutating func add(_ field: Int, counted value: [UInt8]) {
    addKey(field, .counted)
    addVarint(UInt64(value.count))
    bytes += value
  }

  private mutating func addKey(_ field: Int, _ type: WireType) { addVarint(UInt64(field) << 3 | type.rawValue) }

  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension FixedWidthInteger {
  /// The lowest byte first, on every processor.
  var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
