import Foundation
import NNBlas
import TestSupport
import Testing

/// Paths that lead to no file that can be read.
@Suite(.timeLimit(.minutes(10))) struct FileAccessTests {
  @Test func aMissingFile() throws {
    try withTemporaryDirectory { directory in
      expectUnreadable(directory.path(of: "none"), "No such file or directory")
      expectUnreadable(directory.path(of: "none/none"), "No such file or directory")
    }
  }

  @Test func aFolder() throws {
    try withTemporaryDirectory { expectUnreadable($0.path, "not a regular file") }
  }

  @Test func aFileInPlaceOfAFolder() throws {
    try withTemporaryDirectory { directory in
      let file = try directory.write([1], to: "file")
      expectUnreadable(file + "/train-images", "Not a directory")
    }
  }

  /// Opening a pipe without a writer would wait for ever.
  @Test func aPipe() throws {
    try withTemporaryDirectory { directory in
      let path = directory.path(of: "pipe")
      try #require(mkfifo(path, 0o600) == 0)
      expectUnreadable(path, "not a regular file")
    }
  }

  /// Zeros without an end, and nothing at all.
  @Test(arguments: ["/dev/zero", "/dev/null"])
  func aDevice(path: String) {
    expectUnreadable(path, "not a regular file")
  }

  @Test func aLinkToItself() throws {
    try withTemporaryDirectory { directory in
      let path = directory.path(of: "link")
      try #require(symlink(path, path) == 0)
      expectUnreadable(path, "Too many levels of symbolic links")
    }
  }

  @Test func aLinkToAFileIsThatFile() throws {
    try withTemporaryDirectory { directory in
      let file = try directory.write(IDXFixture.labels([1, 2]), to: "file")
      let link = directory.path(of: "link")
      try #require(symlink(file, link) == 0)
      let labels = try IDX.labels(contentsOf: link)
      #expect(labels.name == "link")
      #expect(labels.values == [1, 2])
    }
  }

  @Test(.disabled(if: geteuid() == 0, "the superuser may read every file"))
  func aFileWithoutPermission() throws {
    try withTemporaryDirectory { directory in
      let path = try directory.write(IDXFixture.labels([1, 2]), to: "secret")
      try #require(chmod(path, 0) == 0)
      expectUnreadable(path, "Permission denied")
    }
  }

  /// The kernel calls its view of a process's memory a regular file, and there is nothing to read at its start.
  @Test func aFileThatFailsToBeRead() {
    expectError(DataError.self, "mem: Input/output error") { try IDX.images(contentsOf: "/proc/self/mem") }
  }

  private func expectUnreadable(_ path: String, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation) {
    expectError(DataError.self, "\(path): \(reason)", sourceLocation: sourceLocation) {
      try IDX.images(contentsOf: path)
    }
    expectError(DataError.self, "\(path): \(reason)", sourceLocation: sourceLocation) {
      try IDX.labels(contentsOf: path)
    }
  }
}
