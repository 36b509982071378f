import Foundation
import TestSupport
import Testing

/// The built nnbench as a process of its own, as a user runs it.
struct Tool {
  let status: Int32
  let output: String
  let errors: String

  /// The errors but for the warnings that every measuring command gives of a debug build, of a machine's OpenBLAS, and of other
  /// work that the machine has.
  var errorsOfRun: String {
    let isOfMachine =
      /nnbench: warning: (this is a debug build|OpenBLAS uses its|the load average is|the middle half of).*/
    return errors.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { $0.wholeMatch(of: isOfMachine) == nil }.joined(separator: "\n")
  }

  /// Standard output as a document of --json.
  var document: [String: Any] {
    get throws { try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]) }
  }

  /// The results of a document of --json on standard output.
  var results: [[String: Any]] { get throws { try #require(document["results"] as? [[String: Any]]) } }

  /// `accuracy 0.98` in the metrics of the output.
  var accuracy: Double? { output.firstMatch(of: /accuracy ([\d.]+)/).flatMap { Double($0.1) } }

  /// Whether everything printed fits a terminal of 100 columns.
  var isNarrow: Bool { output.split(separator: "\n").allSatisfy { $0.count <= 100 } }

  /// Runs nnbench and waits for its end.
  static func run(_ arguments: String...) throws -> Tool { try run(arguments: arguments) }

  /// The environment that nnbench gets: this process's, but for the level of the kernels, which another test of the same
  /// process sets for a moment. That one is as it was when the process started.
  private static var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["NNBLAS_SIMD"] = levelAtStart
    return environment
  }

  /// The system keeps a process's environment as it was at the start, whatever the process sets.
  private static let levelAtStart: String? = {
    let start = FileManager.default.contents(atPath: "/proc/self/environ") ?? Data()
    let name = "NNBLAS_SIMD="
    let variable = start.split(separator: 0).lazy.map { String(decoding: $0, as: UTF8.self) }
      .first { $0.hasPrefix(name) }
    return variable.map { String($0.dropFirst(name.count)) }
  }()

  /// Runs another program that is built beside it.
  static func run(program: String, _ arguments: String...) throws -> Tool {
    try run(arguments: arguments, program: program)
  }

  /// The path of a program that is built beside the tests.
  static func path(of program: String = "nnbench") throws -> String {
    try #require(Bundle.main.executableURL).deletingLastPathComponent().appendingPathComponent(program).path
  }

  /// Runs nnbench, or an executable from elsewhere, and waits for its end; standard output may have another destination than `output`, and the environment
  /// more variables.
  static func run(
    arguments: [String], environment: [String: String] = [:], to destination: FileHandle? = nil,
    program: String = "nnbench", executable: String? = nil
  ) throws -> Tool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try executable ?? path(of: program))
    process.arguments = arguments
    process.environment = Self.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a pipe that nobody empties stops the process.
    return try withTemporaryDirectory { folder in
      let (output, errors) = (try folder.write([], to: "stdout"), try folder.write([], to: "stderr"))
      process.standardOutput = destination ?? FileHandle(forWritingAtPath: output)
      process.standardError = FileHandle(forWritingAtPath: errors)
      try process.run()
      process.waitUntilExit()
      return try Tool(
        status: process.terminationStatus, output: String(contentsOfFile: output, encoding: .utf8),
        errors: String(contentsOfFile: errors, encoding: .utf8))
    }
  }
}
