import NNBlas

/// `nnbench info`: what figures depend on besides the code.
struct InfoCommand: Command {
  static let syntax = CommandSyntax(
    name: "info",
    summary: "Show what figures depend on: processor, libraries, build, load.",
    discussion: """
      Warns where figures may not be what they seem: of a debug build, of kernels of OpenBLAS below
      the processor's instructions, and of LAPACKE that calls another library than OpenBLAS.
      """,
    options: [.init("json", "file", help: "Write it as JSON to a file, or to standard output for -.")])

  private let json: String?

  init(_ arguments: Arguments) throws(UsageError) {
    json = arguments.string("json")
  }

  func run() throws {
    if let json, json != "-" { _ = try OutputFile(json) }
    let console = Console(keepsOutputForJSON: json == "-", hasResultFile: json != nil)
    let context = RunContext()
    // Figures do not depend on LAPACKE's library, so that nobody else warns of it.
    let warnings = context.warnings + [context.lapacke.warning].compactMap { $0 }
    warnings.forEach(Console.warn)
    if let json {
      try Console.write(
        ResultDocument(command: Self.syntax.name, context: context, warnings: warnings, results: []),
        toJSON: json)
    }
    try console.print(context.details)
    try console.close()
  }
}
