import NNBlas

/// The flag for documents, the same for all commands.
let jsonOption = CommandSyntax.Option(
  "json", "file", help: "Write the results as JSON to a file, or to standard output for -.")

/// What every measuring command shows: warnings and the machine first, then, when all is measured, the document and the tables.
final class Report {
  let console: Console
  private let command: String
  private let json: String?
  private(set) var context: RunContext
  private var warnings: [String]
  private var results: [any TimedResult] = []

  /// Warns of what makes figures doubtful.
  ///
  /// - Parameters:
  ///   - command: The command's name.
  ///   - json: Where the document goes: a file, `-` or nowhere.
  /// - Throws: `ModelFileError.unwritable` for a file that cannot be written: found out now, not when the figures that were to be
  ///   written are there.
  init(command: String, json: String?) throws {
    if let json, json != "-" { _ = try OutputFile(json) }
    (self.command, self.json) = (command, json)
    console = Console(keepsOutputForJSON: json == "-", hasResultFile: json != nil)
    context = RunContext()
    warnings = context.warnings
    let others = OthersLoad.processors()
    if let doubt = Doubts.load(context.load.first, others: others, processors: context.threads) {
      warnings.append(doubt)
    }
    warnings.forEach(Console.warn)
  }

  /// Shows the machine, and the digits that are worked on.
  func begin(on digits: Digits? = nil) throws {
    context.data = digits.map(RunContext.Data.init)
    try console.print(context.heading + (digits.map { "\n" + $0.summary } ?? "") + "\n")
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
    if let doubt { Console.warn(doubt) }
    try console.close()
  }

  private var document: ResultDocument {
    ResultDocument(command: command, context: context, warnings: warnings, results: results)
  }
}
