import NNBlas

/// The flag for documents, the same for all commands.
let jsonOption = CommandSyntax.Option(
  "json", "file", help: "Write the results as JSON to a file, or to standard output for -.")

/// What every measuring command does around its measurement: warnings and the machine first, then the document, then the tables.
struct Report {
  let command: String
  let json: String?
  /// What is worked on, where it is digits.
  var data: Digits?

  /// - Parameter measure: Measures, and returns the results and what prints them for people.
  /// - Throws: What `measure` throws, and what cannot be written.
  func run(_ measure: (Console) throws -> (results: [any TimedResult], print: () throws -> Void)) throws {
    // Found out now, not when the figures that were to be written are there.
    if let json, json != "-" { _ = try OutputFile(json) }
    let console = Console(keepsOutputForJSON: json == "-", hasResultFile: json != nil)
    let context = RunContext(digits: data)
    Console.warn(SIMDLevel.warning)
    try console.print(context.heading + (data.map { "\n" + $0.summary } ?? "") + "\n")
    let (results, print) = try measure(console)
    let doubt = Doubts.spread(results.map { ($0.name, $0.summary.spread) })
    // First what a file is to keep: who reads the table may have gone.
    if let json {
      let warnings = [doubt].compactMap { $0 }
      try Console.write(
        ResultDocument(command: command, context: context, warnings: warnings, results: results), toJSON: json)
    }
    try print()
    Console.warn(doubt)
    try console.close()
  }
}
