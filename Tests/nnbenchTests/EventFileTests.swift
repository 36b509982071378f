import Foundation
import TestSupport
import Testing
import nnbench

@Suite("Event files")
struct EventFileTests {
  private let date = Date(timeIntervalSince1970: 1_764_253_810.5)

  private func name(of file: EventFile) -> [Substring] {
    (file.path.split(separator: "/").last ?? "").split(separator: ".", omittingEmptySubsequences: false)
  }

  @Test("hold the version, the start, and each record as soon as it is added")
  func records() throws {
    try withTemporaryDirectory { folder in
      let file = try EventFile(in: folder.path, date: date)
      func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path))) }
      var expected = EventRecord(.version, wallTime: 1_764_253_810.5).bytes
      expected += EventRecord(.start, wallTime: 1_764_253_810.5).bytes
      #expect(try bytes() == expected)
      let scalars = [EventRecord.Scalar("train/cost", 0.5), EventRecord.Scalar("train/learning_rate", 0.1)]
      try file.append(scalars, step: 100, date: date + 1)
      expected += EventRecord(.scalars(scalars), step: 100, wallTime: 1_764_253_811.5).bytes
      #expect(try bytes() == expected)
      try file.close()
      #expect(message { try file.append(scalars, step: 200) } == "\(file.path): cannot be written: Bad file descriptor")
      #expect(try bytes() == expected)
    }
  }

  @Test("of a run that continues start after the step that counts")
  func resumption() throws {
    try withTemporaryDirectory { folder in
      let file = try EventFile(in: folder.path, resumedAfter: 300, date: date)
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
      let records = [EventRecord.Content.version, .start].map {
        EventRecord($0, step: $0 == .start ? 301 : 0, wallTime: 1_764_253_810.5).bytes
      }
      #expect(bytes == records[0] + records[1])
    }
  }

  @Test("are called by second, machine and process")
  func names() throws {
    try withTemporaryDirectory { folder in
      let name = name(of: try EventFile(in: folder.path, date: date))
      #expect(name.prefix(4) == ["events", "out", "tfevents", "1764253810"])
      #expect(name.last == "\(ProcessInfo.processInfo.processIdentifier)" && name.count >= 6)
      let early = try EventFile(in: folder.path + "/.", date: Date(timeIntervalSince1970: -5))
      #expect(self.name(of: early)[3] == "1764253811")
    }
  }

  @Test("come after those that are there, whatever the clock says")
  func order() throws {
    try withTemporaryDirectory { folder in
      for other in ["1764253820.zzz.1", "9999999999.host.1", "17642538300.host.1", "x.host.1", "", "176425383"] {
        try folder.write([], to: "events.out.tfevents.\(other)")
      }
      try folder.write([], to: "events.out.1764253900.host.1")
      let seconds = try (0..<3).map { _ in name(of: try EventFile(in: folder.path, date: date))[3] }
      #expect(seconds == ["1764253821", "1764253822", "1764253823"])
      let later = try EventFile(in: folder.path, date: date + 100)
      #expect(name(of: later)[3] == "1764253910")
    }
  }

  @Test("of one second have ten digits")
  func digits() throws {
    try withTemporaryDirectory { folder in
      let file = try EventFile(in: folder.path, date: Date(timeIntervalSince1970: 7.9))
      #expect(name(of: file)[3] == "0000000007")
    }
  }

  @Test("fail with the path and the system's reason")
  func failures() throws {
    try withTemporaryDirectory { folder in
      let text = message { try EventFile(in: folder.path(of: "none"), date: date) }
      #expect(text.hasPrefix("\(folder.path)/none/events.out.tfevents.1764253810."), "\(text)")
      #expect(text.hasSuffix(": cannot be written: No such file or directory"), "\(text)")
    }
  }

  /// The version alone has 40 bytes.
  @Test("leave nothing where they cannot begin", .enabled(if: !isSanitized, "a sanitizer writes files of its own"))
  func beginnings() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryDirectory { folder in
        try limitFiles(toBytes: 50)
        let text = message { try EventFile(in: folder.path) }
        try #require(text.hasSuffix(": cannot be written: File too large"))
        try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      }
    }
  }
}
