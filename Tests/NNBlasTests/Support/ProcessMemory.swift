import Foundation

/// The memory of this process as the kernel counts it.
enum ProcessMemory {
  /// What is resident now, in bytes.
  static func resident() throws -> Int { try entry("VmRSS:") }
  /// The most that ever was resident, in bytes.
  static func peak() throws -> Int { try entry("VmHWM:") }
  /// The addresses in use now, in bytes: memory counts from when it is asked for, touched or not.
  static func reserved() throws -> Int { try entry("VmSize:") }
  /// The most addresses that ever were in use, in bytes.
  static func peakReserved() throws -> Int { try entry("VmPeak:") }

  private struct NoEntry: Error { let name: String }

  private static func entry(_ name: String) throws -> Int {
    // Lines such as "VmHWM:     12345 kB".
    for line in try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n") {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.first ?? "" == name, words.count > 1, let kibibytes = Int(words[1]) { return kibibytes * 1024 }
    }
    throw NoEntry(name: name)
  }
}
