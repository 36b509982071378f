import NNBlas

/// `nnbench selftest`: whether this machine computes what it should.
struct SelfTestCommand: Command {
  static let syntax = CommandSyntax(
    name: "selftest",
    summary: "Check that this machine computes what it should; exit with 1 where it does not.",
    discussion: """
      Products of whole numbers against plain loops, which are exact in any order, and large ones by
      random vectors; the elementwise kernels of every level of SIMD that the processor has against
      their formulas; gradients against central differences; and a training run, whose parameters have
      the same bits on any number of threads.
      """,
    options: [
      .init("threads", "n", help: "The most threads that are tried, 1 to 1024. (default: all processors, at least 2)"),
      .init("json", "file", help: "Write how each check ended as JSON to a file, or to standard output for -."),
    ])

  private let threads: Int
  private let json: String?

  init(_ arguments: Arguments) throws(UsageError) {
    threads = try arguments.integer("threads", in: 1...1024) ?? max(2, Processors.available)
    json = arguments.string("json")
  }

  func run() throws {
    if let json, json != "-" { _ = try OutputFile(json) }
    let console = Console(keepsOutputForJSON: json == "-", hasResultFile: json != nil)
    let context = RunContext()
    context.warnings.forEach(Console.warn)
    try console.print(context.heading + "\n")
    let style = json == "-" ? Style(isTerminal: false, environment: [:]) : Style.standardOutput
    let (progress, checks) = (ProgressLine(), SelfCheck.all(threads: threads))
    let clock = ContinuousClock()
    let start = clock.now
    var outcomes: [SelfCheck.Outcome] = []
    for check in checks {
      progress.update("Checking \(check.name) (\(outcomes.count + 1) of \(checks.count))")
      let outcome = check.outcome()
      progress.clear()
      let word = outcome.passed ? style.green("PASS") : style.red("FAIL")
      let name = outcome.name.padding(to: checks.map(\.name.count).max() ?? 0)
      try console.print("\(word)  \(name)  \(outcome.detail)")
      outcomes.append(outcome)
    }
    if let json {
      try Console.write(
        ResultDocument(command: Self.syntax.name, context: context, warnings: context.warnings, results: outcomes),
        toJSON: json)
    }
    let failed = outcomes.filter { !$0.passed }
    if failed.isEmpty {
      try console.print("\nAll \(checks.count) checks passed in \(fixed((clock.now - start) / .seconds(1), 1)) s.")
    }
    try console.close()
    guard failed.isEmpty else { throw SelfTestFailed(failed: failed.map(\.name), count: checks.count) }
  }
}

/// Checks that did not pass.
struct SelfTestFailed: Error, CustomStringConvertible {
  let failed: [String]
  let count: Int

  /// Which, and how to find out why.
  var description: String {
    "\(failed.count) of \(counted(count, "check")) failed: \(failed.joined(separator: "; ")). Do not trust this machine's results; try "
      + "NNBLAS_SIMD=portable, and OPENBLAS_CORETYPE=Haswell or Prescott, to see whose kernels are at fault, and report it"
  }
}

extension String {
  /// With blanks at its end, so many characters.
  fileprivate func padding(to count: Int) -> String { self + String(repeating: " ", count: max(0, count - self.count)) }
}
