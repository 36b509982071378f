import Foundation
import Testing
import nnbench

@Suite("Records of event files")
struct EventRecordTests {
  /// What `Fixtures/generate_events.py` had TensorBoard's own writer make.
  struct Golden: Decodable {
    struct Record: Decodable {
      struct Scalar: Decodable {
        let tag: String
        let value: String
      }

      let name: String
      let kind: String
      let wallTime: Double
      let step: Int
      let scalars: [Scalar]
      let bytes: String

      func record() throws -> EventRecord {
        let scalars = try scalars.map { EventRecord.Scalar($0.tag, try #require(Double($0.value), "\($0.value)")) }
        let content: EventRecord.Content =
          switch kind {
          case "version": .version
          case "start": .start
          default: .scalars(scalars)
          }
        return EventRecord(content, step: step, wallTime: wallTime)
      }
    }

    let records: [Record]

    static func load() throws -> Golden {
      let url = try #require(Bundle.module.url(forResource: "events", withExtension: "json", subdirectory: "Fixtures"))
      return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    }
  }

  @Test("are TensorBoard's own to the last byte")
  func golden() throws {
    let records = try Golden.load().records
    #expect(records.count == 17 && Set(records.map(\.kind)) == ["version", "scalars", "start"])
    for record in records {
      let bytes = try record.record().bytes
      #expect(bytes.map { String(format: "%02x", $0) }.joined() == record.bytes, "\(record.name)")
    }
  }

  /// RFC 3720, B.4, and the usual check value.
  @Test("have the checksum of iSCSI")
  func checksums() {
    #expect(CRC32C.checksum(of: []) == 0)
    #expect(CRC32C.checksum(of: Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum(of: Array(repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum(of: Array(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(of: Array(0..<32)) == 0x46DD_794E)
    #expect(CRC32C.checksum(of: Array((0..<32).reversed())) == 0x113F_DB5C)
  }

  /// Ten bytes of seven bits for 64 bits with a sign: a key of field 1, nine bytes with more to follow, and 1.
  @Test("have negative numbers in ten bytes")
  func negativeNumbers() {
    var message = ProtobufMessage()
    message.add(1, -1)
    #expect(message.bytes == [8] + Array(repeating: 0xFF, count: 9) + [1])
  }
}
