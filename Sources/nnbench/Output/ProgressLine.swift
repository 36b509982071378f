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
    // What goes on in a second row is not removed with the first.
    try? OutputStream.standardError.write("\r\u{1B}[K" + text().prefix(Self.columns - 1))
  }

  /// How wide the terminal is.
  private static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
    return Int(size.ws_col)
  }

  /// Removes the line, before something lasting is printed.
  func clear() {
    guard isDirty else { return }
    isDirty = false
    try? OutputStream.standardError.write("\r\u{1B}[K")
  }
}
