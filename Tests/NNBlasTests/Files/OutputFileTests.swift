import Foundation
import NNBlas
import TestSupport
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

  @Test("Permissions stay as they are")
  func permissions() throws {
    try withTemporaryDirectory { folder in
      let path = try folder.write(Array("before".utf8), to: "file")
      for mode: mode_t in [0o600, 0o640, 0o666] {
        try #require(chmod(path, mode) == 0)
        try OutputFile(path).write(data)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == mode)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }
  }

  @Test("The owner stays too", .enabled(if: geteuid() == 0, "only the superuser may give files away"))
  func owner() throws {
    try withTemporaryDirectory { folder in
      let path = try folder.write(Array("before".utf8), to: "file")
      try #require(chown(path, 1234, 4321) == 0 && chmod(path, 0o640) == 0)
      try OutputFile(path).write(data)
      var status = stat()
      try #require(stat(path, &status) == 0)
      #expect((status.st_uid, status.st_gid, status.st_mode & 0o7777) == (1234, 4321, 0o640))
    }
  }

  @Test("A pipe is written into, and stays a pipe")
  func pipes() throws {
    try withTemporaryDirectory { folder in
      let path = folder.path(of: "pipe")
      try #require(mkfifo(path, 0o600) == 0)
      // Both ends are held here, so that no opening waits for the other, and no reading for what is never written.
      let reader = open(path, O_RDWR | O_NONBLOCK)
      defer { close(reader) }
      try OutputFile(path).write(data)
      var bytes = [UInt8](repeating: 0, count: 16)
      #expect(read(reader, &bytes, bytes.count) == data.count)
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    }
  }

  /// A socket is no regular file, cannot be opened for writing, and is the test's own, whatever broken code does to it.
  @Test("What is no regular file is never replaced, where it cannot be written into either")
  func sockets() throws {
    try withTemporaryDirectory { folder in
      let path = folder.path(of: "socket")
      try #require(mknod(path, S_IFSOCK | 0o600, 0) == 0)
      #expect(throws: ModelFileError.unwritable(file: path, reason: "No such device or address")) {
        try OutputFile(path).write(data)
      }
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK)
    }
  }

  /// A limit on the size of files stands for a disk that is full, in a process of its own.
  @Test("Where there is no room the old file stays, and nothing is left beside it")
  func noRoom() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryDirectory { folder in
        let path = try folder.write(Array("before".utf8), to: "file")
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 1 << 16, rlim_max: 1 << 16)
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        #expect(throws: ModelFileError.unwritable(file: path, reason: "File too large")) {
          try OutputFile(path).write(Data(count: 1 << 17))
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
      }
    }
  }

  @Test("What can never be written is refused before anything is")
  func refused() throws {
    try withTemporaryDirectory { folder in
      #expect(message { try OutputFile("") } == "'': cannot be written: the path is empty")
      #expect(message { try OutputFile(folder.path) } == "\(folder.path): cannot be written: it is a folder")
      #expect(message { try OutputFile(".") } == ".: cannot be written: it is a folder")
      let dangling = folder.path(of: "dangling")
      try FileManager.default.createSymbolicLink(atPath: dangling, withDestinationPath: folder.path(of: "nothing"))
      #expect(
        message { try OutputFile(dangling) }
          == "\(dangling): cannot be written: it is a link to what does not exist")
      let long = folder.path(of: String(repeating: "n", count: 300))
      #expect(message { try OutputFile(long) } == "\(long): cannot be written: File name too long")
      let named = folder.path(of: "new/")
      #expect(message { try OutputFile(named) } == "\(named): cannot be written: it names a folder")
      let lost = folder.path(of: "missing/m")
      #expect(
        message { try OutputFile(lost) }
          == "\(lost): cannot be written: its folder does not exist or is not writable")
    }
  }
}
