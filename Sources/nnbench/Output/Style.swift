import Foundation

/// Colors, where somebody looks who wants them: standard output is a terminal, and NO_COLOR (no-color.org) is not set.
package struct Style {
  private let isColored: Bool

  package init(isTerminal: Bool, environment: [String: String]) {
    isColored = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  /// What standard output can show.
  static let standardOutput = Style(
    isTerminal: isatty(STDOUT_FILENO) == 1, environment: ProcessInfo.processInfo.environment)

  package func green(_ text: String) -> String { colored(text, 32) }
  package func red(_ text: String) -> String { colored(text, 31) }

  private func colored(_ text: String, _ code: Int) -> String {
    isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
