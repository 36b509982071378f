import Foundation
import NNBlas
import Testing

@Suite("Files that are written")
struct OutputFileTests {
  private let data = Data("after".utf8)

  @Test("A new file, of a name of one letter too, and an old one that is replaced")
  func regularFiles() throws {
    try withTemporaryDirectory { folder in
      let path = folder.path(of: "m")
      for _ in 0..<2 {
        try OutputFile(path).write(data)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == data)
      }
    }
    // Where there is no slash, the current folder is meant.
    #expect(throws: Never.self) { try OutputFile("m") }
  }

  @Test("A link is followed and stays a link")
  func links() throws {
    try withTemporaryDirectory { folder in
      let target = try folder.write(Array("before".utf8), to: "target")
      let link = folder.path(of: "link")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
      try OutputFile(link).write(data)
      #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == data)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
    }
  }

  @Test("A pipe is written into, and stays a pipe")
  func pipes() throws {
    try withTemporaryDirectory { folder in
      let path = folder.path(of: "pipe")
      try #require(mkfifo(path, 0o600) == 0)
      // Both ends are held here, so that neither opening waits for the other.
      let reader = open(path, O_RDWR)
      defer { close(reader) }
      try OutputFile(path).write(data)
      var bytes = [UInt8](repeating: 0, count: 16)
      #expect(read(reader, &bytes, bytes.count) == data.count)
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    }
  }

  @Test("A full device is a failure")
  func fullDevice() {
    #expect(throws: ModelFileError.unwritable(file: "/dev/full", reason: "No space left on device")) {
      try OutputFile("/dev/full").write(data)
    }
  }

  @Test("What can never be written is refused before anything is")
  func refused() throws {
    try withTemporaryDirectory { folder in
      #expect(message { try OutputFile("") } == "'': cannot be written: the path is empty")
      #expect(message { try OutputFile(folder.path) } == "\(folder.path): cannot be written: it is a folder")
      #expect(message { try OutputFile(".") } == ".: cannot be written: it is a folder")
      let named = folder.path(of: "new/")
      #expect(message { try OutputFile(named) } == "\(named): cannot be written: it names a folder")
      let lost = folder.path(of: "missing/m")
      #expect(
        message { try OutputFile(lost) }
          == "\(lost): cannot be written: its folder does not exist or is not writable")
    }
  }
}
