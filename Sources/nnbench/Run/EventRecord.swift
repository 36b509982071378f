/// A record of an event file, as TensorBoard reads them: an `Event` of TensorFlow's `event.proto` in the framing of TFRecord files.
package struct EventRecord {
  /// A number over the steps of a run.
  package struct Scalar: Equatable, Sendable {
    /// What it is, `evaluation/cost`: TensorBoard groups by what comes before the slash.
    package let tag: String
    /// Stored as a `Float`.
    package let value: Double

    package init(_ tag: String, _ value: Double) { (self.tag, self.value) = (tag, value) }
  }

  package enum Content: Equatable, Sendable {
    /// What every file begins with.
    case version
    /// A run starts, or starts again: whatever came before of this step and of later ones no longer counts.
    case start
    /// What was measured at the step.
    case scalars([Scalar])
  }

  package let content: Content
  package let step: Int
  /// The seconds since 1970.
  package let wallTime: Double

  package init(_ content: Content, step: Int = 0, wallTime: Double) {
    (self.content, self.step, self.wallTime) = (content, step, wallTime)
  }

  /// The message's length and the message, each with its checksum.
  package var bytes: [UInt8] {
    let message = message.bytes
    let length = UInt64(message.count).littleEndianBytes
    return length + Self.checksum(of: length) + message + Self.checksum(of: message)
  }

  /// Masked as TFRecord's is: the checksum of data that have checksums in them says little.
  private static func checksum(of bytes: [UInt8]) -> [UInt8] {
    let crc = CRC32C.checksum(of: bytes)
    return ((crc >> 15 | crc << 17) &+ 0xA282_EAD8).littleEndianBytes
  }

  private var message: ProtobufMessage {
    var event = ProtobufMessage()
    if wallTime != 0 { event.add(1, wallTime) }
    if step != 0 { event.add(2, step) }
    switch content {
    case .version: event.add(3, "brain.Event:2")
    case .scalars(let scalars):
      var summary = ProtobufMessage()
      for scalar in scalars { summary.add(1, Self.message(of: scalar)) }
      event.add(5, summary)
    case .start:
      // SessionLog's status START.
      var session = ProtobufMessage()
      session.add(1, 1)
      event.add(7, session)
    }
    return event
  }

  private static func message(of scalar: Scalar) -> ProtobufMessage {
    var value = ProtobufMessage()
    if !scalar.tag.isEmpty { value.add(1, scalar.tag) }
    // 0 as well: it is one of the kinds that a value can have.
    value.add(2, Float(scalar.value))
    return value
  }
}
