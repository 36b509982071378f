import NNBlas

/// `nnbench compare`: what has become slower from one run to another.
struct CompareCommand: Command {
  static let syntax = CommandSyntax(
    name: "compare",
    summary: "Compare two documents of --json, and exit with 2 where something has become slower.",
    discussion: """
      × old is how many times as long the new run takes, from all its samples (the median of all ratios
      of a new to an old one), with the interval that holds it with 95 % confidence (by the
      Mann–Whitney statistic). A result is slower where the whole interval and the ratio of the best
      samples are beyond the threshold, also when what the machine's own peak has lost is taken off;
      it is unclear where there are fewer than four samples, or processors that work together have
      moved apart.
      """,
    positionals: [
      .init("old", help: "The document of the run before, as --json wrote it."),
      .init("new", help: "The document of the run after."),
    ],
    options: [
      .init("threshold", "share", help: "By how much a result may become slower, such as 5% or 0.05. (default: 5%)"),
      jsonOption,
    ])

  private let old: String
  private let new: String
  private let threshold: Double
  private let json: String?

  init(_ arguments: Arguments) throws(UsageError) {
    let files = arguments.positionals
    guard files.count == 2 else {
      throw UsageError("\(files.isEmpty ? "<old>" : "<new>") is missing: compare OLD.json NEW.json")
    }
    (old, new) = (files[0], files[1])
    threshold = try arguments.percentage("threshold") ?? 0.05
    json = arguments.string("json")
  }

  func run() throws {
    if let json, json != "-" { _ = try OutputFile(json) }
    let console = Console(keepsOutputForJSON: json == "-", hasResultFile: json != nil)
    let comparison = try DocumentComparison(
      MeasuredDocument(contentsOf: old), MeasuredDocument(contentsOf: new), threshold: threshold)
    if let json {
      try Console.write(
        ResultDocument(
          command: Self.syntax.name, context: RunContext(), warnings: comparison.differences,
          results: comparison.comparisons),
        toJSON: json)
    }
    for difference in comparison.differences { try console.print("Differs: \(difference)") }
    if !comparison.differences.isEmpty { try console.print("") }
    // What goes beside a document has no colors.
    let style = json == "-" ? Style(isTerminal: false, environment: [:]) : Style.standardOutput
    try console.print(style.marked(comparison.table) + "\n")
    for (file, names) in [(old, comparison.onlyOld), (new, comparison.onlyNew)] where !names.isEmpty {
      try console.print("Only in \(file): \(names.joined(separator: "; "))")
    }
    let slower = comparison.slower
    let all = counted(comparison.comparisons.count, "result")
    let limit = "\(significant(100 * threshold)) %"
    for moved in comparison.comparisons where moved.verdict == .unclear && moved.hasMoved {
      try console.print(
        "\(moved.name): the processors were \(fixed(moved.roundTripRatio, 1)) times as far apart as before, which says nothing of the "
          + "code; measure again")
    }
    if slower.isEmpty { try console.print("Of \(all) none is slower by more than \(limit).") }
    try console.close()
    guard slower.isEmpty else {
      throw RegressionFound(
        description: "of \(all) \(slower.count) \(slower.count == 1 ? "is" : "are") slower by more than \(limit): "
          + slower.map { "\($0.name) (\(fixed($0.ratio, 2)) times as long)" }.joined(separator: "; "))
    }
  }
}

extension DocumentComparison {
  /// The table that people read, a line a result.
  fileprivate var table: String {
    var table = Table(["result", "old", "new", "unit", "× old", "95 % interval", ""])
    for comparison in comparisons {
      let interval =
        if let low = comparison.low, let high = comparison.high { "\(fixed(low, 3)) to \(fixed(high, 3))" } else { "" }
      let verdict = comparison.verdict == .same ? "" : comparison.verdict.rawValue
      table.add([
        comparison.name, fixed(comparison.old, 2), fixed(comparison.new, 2), comparison.unit.rawValue,
        fixed(comparison.ratio, 3), interval, verdict,
      ])
    }
    return table.text
  }
}

extension Style {
  /// A table in which lines that end with a verdict have its color.
  fileprivate func marked(_ table: String) -> String {
    table.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.hasSuffix(Comparison.Verdict.slower.rawValue) { return red(String(line)) }
      return line.hasSuffix(Comparison.Verdict.faster.rawValue) ? green(String(line)) : String(line)
    }.joined(separator: "\n")
  }
}
