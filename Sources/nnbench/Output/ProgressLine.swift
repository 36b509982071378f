import Foundation

/// A line on a terminal that tells how far something long has come; nothing where standard error is no terminal.
final class ProgressLine {
  let isShown = isatty(STDERR_FILENO) == 1
  private let clock = ContinuousClock()
  private var next: ContinuousClock.Instant
  private var isDirty = false

  init() {
    // What takes less than this needs no line.
    next = clock.now + .milliseconds(500)
  }

  /// Shows a line, at most ten times a second; the text is made only when it is shown.
  func update(_ text: @autoclosure () -> String) {
    guard isShown, clock.now >= next else { return }
    next = clock.now + .milliseconds(100)
    isDirty = true
    try? OutputStream.standardError.write("\r\u{1B}[K" + text())
  }

  /// Removes the line, before something lasting is printed.
  func clear() {
    guard isDirty else { return }
    isDirty = false
    try? OutputStream.standardError.write("\r\u{1B}[K")
  }
}
