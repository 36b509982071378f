import Foundation
import Testing

/// The built nnbench as a process of its own, as a user runs it.
struct Tool {
  let status: Int32
  let output: String
  let errors: String

  /// Runs nnbench and waits for its end.
  static func run(_ arguments: String...) throws -> Tool { try run(arguments: arguments) }

  /// Runs nnbench and waits for its end.
  static func run(arguments: [String]) throws -> Tool {
    let process = Process()
    let main = try #require(Bundle.main.executableURL)
    process.executableURL = main.deletingLastPathComponent().appendingPathComponent("nnbench")
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a pipe that nobody empties stops the process.
    let folder = try TemporaryFolder()
    let (output, errors) = (try folder.file("stdout"), try folder.file("stderr"))
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return try Tool(
      status: process.terminationStatus, output: String(contentsOf: output, encoding: .utf8),
      errors: String(contentsOf: errors, encoding: .utf8))
  }
}

/// A folder that goes when nobody holds it any more.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("nnbench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  var path: String { url.path }

  /// A file in the folder with the given contents.
  func file(_ name: String, _ contents: [UInt8] = []) throws -> URL {
    let file = url.appendingPathComponent(name)
    try Data(contents).write(to: file)
    return file
  }

  /// The four files of MNIST in small: images of 2×2, 10,025 to train and validate, 20 to test.
  ///
  /// The label is written into the pixels, so that there is something to learn.
  static func smallMNIST() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (name, count) in [("train", 10_025), ("t10k", 20)] {
      let labels = (0..<count).map { UInt8($0 * 7 % 10) }
      let pixels: [UInt8] = labels.flatMap { (label: UInt8) -> [UInt8] in
        [label * 25, 255 - label * 25, label % 2 * 255, label / 5 * 255]
      }
      _ = try folder.file("\(name)-images-idx3-ubyte", header([count, 2, 2]) + pixels)
      _ = try folder.file("\(name)-labels-idx1-ubyte", header([count]) + labels)
    }
    return folder
  }

  /// IDX's header: unsigned bytes, the number of dimensions, and each big-endian.
  private static func header(_ extents: [Int]) -> [UInt8] {
    let magic: [UInt8] = [0, 0, 8, UInt8(extents.count)]
    return magic + extents.flatMap { extent in (0..<4).map { UInt8(extent >> (24 - 8 * $0) & 0xFF) } }
  }
}
