/// How this program was built.
enum Build {
  /// `debug` or `release`.
  static var mode: String { isDebug ? "debug" : "release" }

  static var isDebug: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }

  /// What to warn of where nothing that is measured means anything, or nil.
  static var warning: String? {
    isDebug
      ? "this is a debug build, several times slower: measure with ./Scripts/bench or swift run -c release nnbench"
      : nil
  }

  /// The compiler's version as far as conditional compilation can tell.
  static var swiftVersion: String {
    #if compiler(>=6.5)
      "6.5 or newer"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }
}
