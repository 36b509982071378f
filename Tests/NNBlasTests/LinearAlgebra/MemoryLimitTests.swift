import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("The memory that a process can have")
struct MemoryLimitTests {
  /// A folder of control groups.
  private struct Groups {
    let directory: TemporaryDirectory

    func write(_ text: String, to file: String) throws {
      let folder = directory.path(of: (file as NSString).deletingLastPathComponent)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try directory.write(Array(text.utf8), to: file)
    }

    func bytes(_ lines: String) -> Double? { ControlGroups(lines, below: directory.path).memoryBytes }
  }

  private func withGroups(_ body: (Groups) throws -> Void) throws {
    try withTemporaryDirectory { try body(Groups(directory: $0)) }
  }

  @Test("is limited by the least of its control group and of those it lies in, in version 2")
  func versionTwo() throws {
    try withGroups { groups in
      #expect(groups.bytes("0::/a/b\n") == nil)
      try groups.write("max\n", to: "a/b/memory.max")
      #expect(groups.bytes("0::/a/b\n") == nil)
      try groups.write("3000\n", to: "a/memory.max")
      #expect(groups.bytes("0::/a/b\n") == 3000)
      try groups.write("2000\n", to: "a/b/memory.max")
      #expect(groups.bytes("0::/a/b\n") == 2000)
      #expect(groups.bytes("0::/a\n") == 3000)
      #expect(groups.bytes("0::/other\n") == nil && groups.bytes("") == nil)
      // A group outside of what is shown is not that of its name inside.
      #expect(groups.bytes("0::/../a\n") == nil)
      // A container's own group, as it sees it, whatever its name outside.
      try groups.write("1000\n", to: "memory.max")
      for lines in ["0::/a/b\n", "0::/\n", "0::/../../a\n", ""] { #expect(groups.bytes(lines) == 1000, "\(lines)") }
    }
  }

  @Test("is limited by them in version 1, and where both are there")
  func versionOne() throws {
    try withGroups { groups in
      let lines = "9:name=systemd:/x\n4:memory:/a:1/b\n1:cpu:/c\n0::/d\n"
      try groups.write("9223372036854771712\n", to: "memory/memory.limit_in_bytes")
      // Near 2⁶³, which stands for none.
      #expect(groups.bytes(lines) == 9_223_372_036_854_771_712)
      try groups.write("500\n", to: "memory/c/memory.limit_in_bytes")
      try groups.write("5000\n", to: "memory/a:1/memory.limit_in_bytes")
      try groups.write("6000\n", to: "memory/a:1/b/memory.limit_in_bytes")
      #expect(groups.bytes(lines) == 5000)
      try groups.write("4000\n", to: "unified/d/memory.max")
      #expect(groups.bytes(lines) == 4000)
      #expect(groups.bytes("0::/e\n4:memory:/a:1/b\n") == 5000)
      try groups.write("3000\n", to: "cpu,memory/f/memory.limit_in_bytes")
      #expect(groups.bytes("4:cpu,memory:/f\n") == 3000)
    }
  }

  @Test(
    "is not limited by what says nothing",
    arguments: ["", "\n", "max", "-1", "0", "1e3", "nan", "inf", "18446744073709551616", "12 13", "0x10", "a\u{0}b"])
  func damage(text: String) throws {
    try withGroups { groups in
      try groups.write(text, to: "a/memory.max")
      try groups.write(text, to: "memory/a/memory.limit_in_bytes")
      #expect(groups.bytes("0::/a\n4:memory:/a\n") == nil)
    }
  }

  @Test("is not limited by files that cannot be read, nor by lines that are none")
  func unreadable() throws {
    try withGroups { groups in
      try groups.write("", to: "a/memory.max/inside")
      try groups.directory.write([0xFF, 0xFE, 0x31], to: "memory.max")
      for lines in ["0::/a", "0::", "0:", ":", "::", "a\n\n:::::\n", "0::a//b/", "memory", "1:memory:", "\u{0}"] {
        #expect(groups.bytes(lines) == nil, "\(lines)")
      }
      #expect(ControlGroups("0::/a", below: "/none").memoryBytes == nil)
    }
  }

  @Test("is the machine's where that is less")
  func machine() {
    #expect(MemoryLimit.least(machine: 100, controlGroup: nil) == .machine(bytes: 100))
    #expect(MemoryLimit.least(machine: 100, controlGroup: 0x1p63) == .machine(bytes: 100))
    #expect(MemoryLimit.least(machine: 100, controlGroup: 100) == .machine(bytes: 100))
    #expect(MemoryLimit.least(machine: 100, controlGroup: 99) == .controlGroup(bytes: 99))
    #expect(MemoryLimit.leastBytes <= Double(ProcessInfo.processInfo.physicalMemory) && MemoryLimit.leastBytes > 0)
  }

  @Test("is told with its reason, by the errors of shapes and of data alike")
  func messages() {
    let limits: [(MemoryLimit, String)] = [
      (.machine(bytes: 16 * 0x1p30), "the 16.0 GiB of this machine's memory"),
      (.controlGroup(bytes: 1.5 * 0x1p30), "the 1.5 GiB of this process's control group"),
      (.process, "what the system gives this process"),
    ]
    for (limit, words) in limits {
      let shape = ShapeError.memory(
        operation: "f", name: "x", found: .vector(3), neededBytes: 32 * 0x1p30, limit: limit)
      #expect("\(shape)" == "f: x is a vector of 3 and needs 32.0 GiB, expected at most \(words)")
      let data = DataError.memory(operation: "f", neededBytes: 32 * 0x1p30, limit: limit)
      #expect("\(data)" == "f: the result needs 32.0 GiB, expected at most \(words)")
    }
  }

  @Test("is refused beyond the least limit, to a byte")
  func refusals() {
    #expect(MemoryLimit.refusing(MemoryLimit.leastBytes + 1) == .least)
    #expect(MemoryLimit.refusing(0) == nil && MemoryLimit.refusing(1) == nil)
    #expect(MemoryLimit.refusing(.infinity) == .least && MemoryLimit.refusing(.nan) == .least)
  }
}
