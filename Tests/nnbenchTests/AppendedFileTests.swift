import Foundation
import NNBlas
import TestSupport
import Testing
import nnbench

@Suite("Files that grow by records")
struct AppendedFileTests {
  @Test("hold every record at once, and go on where they ended")
  func records() throws {
    try withTemporaryDirectory { folder in
      let path = folder.path(of: "lines")
      let file = try AppendedFile(path)
      try file.append(Array("one\n".utf8))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "one\n")
      try file.append([])
      try file.append(Array("two\n".utf8))
      try file.close()
      try file.close()
      let next = try AppendedFile(path)
      try next.append(Array("three\n".utf8))
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "one\ntwo\nthree\n")
      #expect(message { try file.append([1]) } == "\(path): cannot be written: Bad file descriptor")
    }
  }

  @Test("are new where that is asked for")
  func new() throws {
    try withTemporaryDirectory { folder in
      let path = try folder.write([1], to: "file")
      #expect(message { try AppendedFile(path, isNew: true) } == "\(path): cannot be written: File exists")
      #expect(try AppendedFile.new(path) == nil)
      #expect(try AppendedFile.new(path + "2") != nil)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([1]))
    }
  }

  @Test("fail with the path and the system's reason")
  func failures() throws {
    try withTemporaryDirectory { folder in
      let path = folder.path(of: "none/file")
      #expect(message { try AppendedFile(path) } == "\(path): cannot be written: No such file or directory")
      #expect(message { try AppendedFile(folder.path) } == "\(folder.path): cannot be written: Is a directory")
    }
    let full = try AppendedFile("/dev/full")
    #expect(message { try full.append([1]) } == "/dev/full: cannot be written: No space left on device")
  }

  /// A limit of 100 bytes takes 40 of the second record's 60.
  @Test("take back a record that fits only in part", .enabled(if: !isSanitized, "a sanitizer writes files of its own"))
  func parts() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryDirectory { folder in
        let path = folder.path(of: "file")
        let file = try AppendedFile(path)
        try limitFiles(toBytes: 100)
        try file.append(Array(repeating: 1, count: 60))
        let text = message { try file.append(Array(repeating: 2, count: 60)) }
        try #require(text == "\(path): cannot be written: File too large")
        try #require(try Data(contentsOf: URL(fileURLWithPath: path)).count == 60)
        try file.append(Array(repeating: 3, count: 40))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try #require(bytes == Data(Array(repeating: 1, count: 60) + Array(repeating: 3, count: 40)))
      }
    }
  }
}

/// From now on this process cannot write beyond so many bytes of a file.
func limitFiles(toBytes count: rlim_t) throws {
  // The signal for it ends a process.
  signal(SIGXFSZ, SIG_IGN)
  var limit = rlimit(rlim_cur: count, rlim_max: count)
  try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
}
