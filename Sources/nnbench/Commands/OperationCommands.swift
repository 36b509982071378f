import NNBlas

/// `nnbench gemm`: how fast products of matrices are.
struct GemmCommand: Command {
  static let syntax = OperationRun.syntax(
    .gemm, summary: "Time products of matrices, C ← op(A) op(B), in OpenBLAS.",
    standardSet: "squares from 64 to 2048, and the products of each workload's layers",
    sizes: .init("sizes", "list", help: "m×k×n, or one number for a square, such as 64,10x784x30."),
    transposes: .init("transpose", "list", help: "nn, nt, tn or tt: nt is A · Bᵀ. (default: nn)"))
  private let measurement: OperationRun
  init(_ arguments: Arguments) throws(UsageError) { measurement = try OperationRun(.gemm, arguments) }
  func run() throws { try measurement.run() }
}

/// `nnbench gemv`: how fast products of a matrix and a vector are.
struct GemvCommand: Command {
  static let syntax = OperationRun.syntax(
    .gemv, summary: "Time products of a matrix and a vector, y ← op(A) x, in OpenBLAS.",
    standardSet: "the weights of each workload, as single examples meet them",
    sizes: .init("sizes", "list", help: "Rows × columns, or one number for a square, such as 64,30x784."),
    transposes: .init("transpose", "list", help: "n or t: t is Aᵀ x. (default: n)"))
  private let measurement: OperationRun
  init(_ arguments: Arguments) throws(UsageError) { measurement = try OperationRun(.gemv, arguments) }
  func run() throws { try measurement.run() }
}

/// `nnbench ger`: how fast outer products are.
struct GerCommand: Command {
  static let syntax = OperationRun.syntax(
    .ger, summary: "Time outer products, A ← x yᵀ + A, in OpenBLAS.",
    standardSet: "the weights of each workload, as single examples meet them",
    sizes: .init("sizes", "list", help: "Rows × columns, or one number for a square, such as 64,30x784."),
    transposes: nil)
  private let measurement: OperationRun
  init(_ arguments: Arguments) throws(UsageError) { measurement = try OperationRun(.ger, arguments) }
  func run() throws { try measurement.run() }
}

/// What the three commands above have in common: all but the operation.
struct OperationRun {
  private let kind: Operation.Kind
  private let cases: [OperationCase]
  private let settings: OperationSettings
  private let json: String?

  static func syntax(
    _ kind: Operation.Kind, summary: String, standardSet: String, sizes: CommandSyntax.Option,
    transposes: CommandSyntax.Option?
  ) -> CommandSyntax {
    let rate =
      kind == .gemm
      ? "GFLOP/s count 2mnk operations; % peak is of the processor's fused multiply-add peak at as\nmany threads."
      : "GB/s count what has to be read and written at least; % peak is of the bandwidth at which as many\n"
        + "bytes are " + (kind == .ger ? "read and written" : "read") + " by as many threads."
    return CommandSyntax(
      name: kind.rawValue, summary: summary,
      discussion: """
        Without --sizes: \(standardSet).
        \(rate)
        Before the clock runs, the result has to agree with plain loops: residual is the most by which
        it is off, relative to the sum of its summands. What has the same extents is timed in turns.
        """,
      options: [
        sizes, .init("precision", "list", help: "f32, f64 or both. (default: f32,f64)"),
      ] + (transposes.map { [$0] } ?? []) + [
        .init("threads", "list", help: "The threads of OpenBLAS, such as 1,2. (default: 1, as the engine calls it)"),
        .init("seconds", "s", help: "How many seconds each is timed at least. (default: 0.2)"),
        .init("cold", help: "Let every call find its operands in memory, out of the caches."), jsonOption,
      ])
  }

  init(_ kind: Operation.Kind, _ arguments: Arguments) throws(UsageError) {
    self.kind = kind
    let threads = try arguments.integers("threads", in: 1...1024, example: "1,2") ?? [1]
    let precisions = try arguments.choices("precision", Precision.self) ?? [.f32, .f64]
    if let text = arguments.string("sizes") {
      let extents = try Self.extents(text, kind)
      let transposes = try Self.transposes(kind, arguments)
      var cases: [OperationCase] = []
      for extents in extents {
        for precision in precisions {
          for transpose in transposes {
            let operation = Self.operation(kind, extents, transpose)
            // What is asked for twice is timed once.
            for new in threads.map({ OperationCase(operation, precision, threads: $0) }) {
              if !cases.contains(where: new.isSame) { cases.append(new) }
            }
          }
        }
      }
      self.cases = cases
    } else {
      if arguments.has("transpose") { throw UsageError("--transpose needs --sizes; the set without has its own") }
      cases = OperationCase.standardSet(kind, threads: threads).filter { precisions.contains($0.precision) }
    }
    settings = OperationSettings(
      seconds: try arguments.positiveNumber("seconds", in: .f64) ?? 0.2, isCold: arguments.has("cold"))
    json = arguments.string("json")
  }

  func run() throws {
    try checkThreads()
    let report = try Report(command: kind.rawValue, json: json)
    try report.begin()
    let results = try measureOperations(cases, settings)
    try report.add(results)
    try report.finish([OperationResult.table(results)])
  }
}

// MARK: - Reading the flags

extension OperationRun {
  /// - Throws: `UsageError` for more threads than OpenBLAS was built for, of which it would take as many as it has without a word.
  private func checkThreads() throws(UsageError) {
    let before = BLAS.threads
    defer { BLAS.threads = before }
    for threads in Set(cases.map(\.threads)).sorted() {
      BLAS.threads = threads
      guard BLAS.threads == threads else {
        throw UsageError("--threads has \(threads), but this OpenBLAS has at most \(BLAS.threads)")
      }
    }
  }
}

extension OperationRun {
  private static func operation(
    _ kind: Operation.Kind, _ extents: [Int], _ transposes: Operation.Transposes
  ) -> Operation {
    switch kind {
    case .gemm: .gemm(m: extents[0], k: extents[1], n: extents[2], transposes)
    case .gemv: .gemv(rows: extents[0], columns: extents[1], isTransposed: transposes.a)
    case .ger: .ger(rows: extents[0], columns: extents[1])
    }
  }

  /// `64,10x784x30` as extents: as many numbers as the operation has, or one for all.
  private static func extents(_ text: String, _ kind: Operation.Kind) throws(UsageError) -> [[Int]] {
    let count = kind == .gemm ? 3 : 2
    var all: [[Int]] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let numbers = part.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }.map { Int($0) ?? 0 }
      guard numbers.count == 1 || numbers.count == count, numbers.allSatisfy({ (1...Int(Int32.max)).contains($0) })
      else {
        throw UsageError(
          "--sizes is '\(text)', expected whole numbers from 1 to \(Int32.max), one or \(count) with x between them, with "
            + "commas, as \(kind == .gemm ? "64,10x784x30" : "64,30x784")")
      }
      all.append(numbers.count == 1 ? Array(repeating: numbers[0], count: count) : numbers)
    }
    return all
  }

  /// For a matrix and a vector the first operand's letter alone.
  private static func transposes(
    _ kind: Operation.Kind, _ arguments: Arguments
  ) throws(UsageError) -> [Operation.Transposes] {
    switch kind {
    case .gemm: try arguments.choices("transpose", Operation.Transposes.self) ?? [.nn]
    case .gemv:
      try arguments.choices("transpose", VectorTranspose.self).map { $0.map { $0 == .t ? .tn : .nn } } ?? [.nn]
    case .ger: [.nn]
    }
  }

  private enum VectorTranspose: String, CaseIterable { case n, t }
}
