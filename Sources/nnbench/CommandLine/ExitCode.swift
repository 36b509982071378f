/// What the process tells its caller. These numbers are part of the interface and do not change.
///
/// 130 and 143 are what a shell reports for a process that SIGINT or SIGTERM ended, as 141 is for SIGPIPE.
package enum ExitCode: Int32 {
  case success = 0
  /// Something failed that was neither the command line's nor the data's fault.
  case failure = 1
  /// A comparison found a regression.
  case regression = 2
  /// The command line is wrong: an unknown flag, a value that cannot be read, is out of range or contradicts another.
  case usage = 64
  /// Data or configuration are wrong in their contents, or their shapes do not fit.
  case data = 65
  /// A signal has ended a run before its end.
  case interrupted = 130
  case terminated = 143
  /// The reader of the output has gone before its end.
  case brokenPipe = 141
}

/// A mistake in the command line, or in a configuration file, with what would be right.
package struct UsageError: Error, CustomStringConvertible {
  package let description: String
  /// Whether it is in a file.
  let isInFile: Bool

  package init(_ description: String, isInFile: Bool = false) {
    (self.description, self.isInFile) = (description, isInFile)
  }
}
