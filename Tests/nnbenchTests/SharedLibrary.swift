import Foundation
import TestSupport
import Testing

/// Builds a shared library of C with clang, which comes with Swift.
///
/// - Returns: Its path.
func buildLibrary(
  _ source: String, named name: String, in folder: TemporaryDirectory, _ flags: String...
) throws -> String {
  let file = try folder.write(Array(source.utf8), to: name + ".c")
  let library = folder.path(of: name)
  let compiler = Process()
  compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  compiler.arguments = ["clang", "-shared", "-fPIC", file, "-o", library] + flags
  try compiler.run()
  compiler.waitUntilExit()
  try #require(compiler.terminationStatus == 0, "clang did not build \(file)")
  return library
}
