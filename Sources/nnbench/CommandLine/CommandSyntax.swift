/// What a command takes, in words and in syntax: the parser, the help and the suggestions all come from it.
package struct CommandSyntax: Sendable {
  /// A flag, with a value when it has a placeholder: `--epochs <n>`.
  package struct Option: Sendable {
    let name: String
    let placeholder: String?
    let help: String
    /// Whether the value is several, with commas between them.
    let isList: Bool

    package init(_ name: String, _ placeholder: String? = nil, isList: Bool = false, help: String) {
      self.isList = isList
      self.name = name
      self.placeholder = placeholder
      self.help = help
    }

    /// `--epochs <n>`.
    var usage: String { "--\(name)" + (placeholder.map { " <\($0)>" } ?? "") }
  }

  let name: String
  let summary: String
  /// What the command does at length, in lines of at most 80 characters.
  let discussion: String
  /// The arguments without a flag, in order.
  let positionals: [Option]
  let options: [Option]

  package init(
    name: String, summary: String, discussion: String = "", positionals: [Option] = [], options: [Option]
  ) {
    self.name = name
    self.summary = summary
    self.discussion = discussion
    self.positionals = positionals
    self.options = options + [Option("help", help: "Show this help.")]
  }

  /// The text that `--help` prints.
  package var help: String {
    var lines = ["OVERVIEW: \(summary)", ""]
    if !discussion.isEmpty { lines += [discussion, ""] }
    let arguments = positionals.map { " <\($0.name)>" }.joined()
    lines += ["USAGE: nnbench \(name)\(arguments)" + (options.isEmpty ? "" : " [options]"), ""]
    if !positionals.isEmpty {
      lines += ["ARGUMENTS:"] + Self.column(positionals.map { ("<\($0.name)>", $0.help) }) + [""]
    }
    lines += ["OPTIONS:"] + Self.column(options.map { ($0.usage, $0.help) })
    return lines.joined(separator: "\n")
  }

  /// Two columns, the right one wrapped to a width of 100.
  static func column(_ rows: [(String, String)]) -> [String] {
    let indent = 27
    return rows.flatMap { left, right in
      var lines = wrapped(right, width: 100 - indent).map { String(repeating: " ", count: indent) + $0 }
      let head = "  " + left
      if head.count < indent - 1, let first = lines.first {
        lines[0] = head + first.dropFirst(head.count)
      } else {
        lines.insert(head, at: 0)
      }
      return lines
    }
  }
}
