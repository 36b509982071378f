import NNBlas

/// The flag for documents, the same for all commands.
let jsonOption = CommandSyntax.Option(
  "json", "file", help: "Write the results as JSON to a file, or to standard output for -.")

/// What every measuring command shows: warnings and the machine first, then the document, then the tables.
final class Report {
  let console: Console
  private let command: String
  private let json: String?
  private let context: RunContext
  private var warnings: [String]
  private var results: [any TimedResult] = []

  /// Shows the machine.
  ///
  /// - Parameters:
  ///   - command: The command's name.
  ///   - json: Where the document goes: a file, `-` or nowhere.
  ///   - data: What is worked on, where it is digits.
  /// - Throws: `ModelFileError.unwritable` for a file that cannot be written: found out now, not when the figures that were to be
  ///   written are there; `OutputError`.
  init(command: String, json: String?, data: Digits? = nil) throws {
    if let json, json != "-" { _ = try OutputFile(json) }
    (self.command, self.json) = (command, json)
    console = Console(keepsOutputForJSON: json == "-", hasResultFile: json != nil)
    context = RunContext(digits: data)
    let busy = Doubts.load(
      context.load.first, others: OthersLoad.processors(), processors: Processors.available)
    warnings = [SIMDLevel.warning, busy].compactMap { $0 }
    warnings.forEach(Console.warn)
    try console.print(context.heading + (data.map { "\n" + $0.summary } ?? "") + "\n")
  }

  /// Keeps results, in the file at once: what comes later may fail, or be interrupted.
  func add(_ new: [any TimedResult]) throws {
    results += new
    if let json, json != "-" { try Console.write(document, toJSON: json) }
  }

  /// Completes the document, then prints the tables: who reads them may have gone.
  func finish(_ tables: [String]) throws {
    let doubt = Doubts.spread(results.map { ($0.name, $0.summary.spread) })
    if let doubt { warnings.append(doubt) }
    if let json { try Console.write(document, toJSON: json) }
    try console.print(tables.joined(separator: "\n\n"))
    Console.warn(doubt)
    try console.close()
  }

  private var document: ResultDocument {
    ResultDocument(command: command, context: context, warnings: warnings, results: results)
  }
}
