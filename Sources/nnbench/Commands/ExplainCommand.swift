import Foundation
import NNBlas

/// `nnbench explain`: one forward and one backward pass, operation by operation, with every shape.
struct ExplainCommand: Command {
  static let syntax = CommandSyntax(
    name: "explain",
    summary: "Walk one forward and backward pass, with the shapes of every operation.",
    discussion: """
      How x and y are read:  1,2      a vector of 2
                             1;2      a column, 2×1
                             1,2;     a row, 1×2
                             1,2;3,4  the rows of a batch, 2×2
      One example is a vector or a column, and goes to backpropagate(x:y:); two or more rows of two
      or more numbers go to backpropagate(batch:targets:). With --batch all matrices do.
      Quote a semicolon, or the shell takes it.
      """,
    positionals: [.init("sizes", help: "Inputs, then neurons of each layer, such as 2,1,2.")],
    options: [
      .init("x", "numbers", help: "The input. (default: 1,2,… as many as the network has inputs)"),
      .init("y", "numbers", help: "The target. (default: the numbers that follow, as many as it has outputs)"),
      .init("batch", help: "Read matrices as batches, whose examples are rows."),
      .init("cost", "name", help: "quadratic or cross-entropy. (default: quadratic)"),
      .init("seed", "n", help: "Draws the weights. (default: 0)"),
    ])

  private let sizes: [Int]
  private let givenX: OperandText?
  private let givenY: OperandText?
  private let readsBatches: Bool
  private let cost: Cost
  private let seed: UInt64

  init(_ arguments: Arguments) throws(UsageError) {
    guard let text = arguments.positionals.first else { throw UsageError("<sizes> is missing, such as 2,1,2") }
    sizes = try nnbench.sizes(text, named: "<sizes>", precision: .f64)
    givenX = try arguments.string("x").map { (text) throws(UsageError) in try OperandText(text, flag: "--x") }
    givenY = try arguments.string("y").map { (text) throws(UsageError) in try OperandText(text, flag: "--y") }
    readsBatches = arguments.has("batch")
    cost = try arguments.value("cost", Cost.self) ?? .quadratic
    seed = try arguments.seed("seed", default: 0)
  }

  func run() throws {
    let network = try Network<Double>(sizes: sizes, seed: seed)
    // The seed's own numbers for its own network: x = (1, 2), y = (3, 4).
    let (inputs, outputs) = (sizes[0], sizes[sizes.count - 1])
    let examples = (givenX ?? givenY)?.exampleCount(readingBatches: readsBatches) ?? 1
    let x = givenX ?? OperandText(countingFrom: 1, width: inputs, examples: examples)
    let y = givenY ?? OperandText(countingFrom: inputs * examples + 1, width: outputs, examples: examples)
    let console = Console()
    let lines: [String] =
      if readsBatches || x.isBatch || y.isBatch {
        try Walkthrough(network, batch: x.matrix(named: "--x"), targets: y.matrix(named: "--y"), cost: cost).lines
      } else if case .vector(let x) = x, case .vector(let y) = y {
        try Walkthrough(network, x: x, y: y, cost: cost).lines
      } else {
        try Walkthrough(
          network, x: x.column(named: "--x"), y: y.column(named: "--y"), cost: cost,
          reading: "x is \(x), y is \(y): one example"
        ).lines
      }
    try console.print(lines.joined(separator: "\n"))
  }
}

/// Numbers as they are written on the command line: commas within a row, semicolons between rows.
package enum OperandText: Equatable, CustomStringConvertible {
  case vector(Vector<Double>)
  case rows([[Double]])

  /// - Throws: `UsageError` for what is not a finite number.
  package init(_ text: String, flag: String) throws(UsageError) {
    var rows: [[Double]] = []
    // A semicolon at the end makes a matrix of a single row.
    let body = text.hasSuffix(";") ? text.dropLast() : text[...]
    for row in body.split(separator: ";", omittingEmptySubsequences: false) {
      var numbers: [Double] = []
      for cell in row.split(separator: ",", omittingEmptySubsequences: false) {
        guard let number = Double(cell.trimmingCharacters(in: .whitespaces)), number.isFinite else {
          throw UsageError(
            "\(flag) is '\(text)', where '\(cell)' is not a finite number; write 1,2 or '1;2' or '1,2;3,4'")
        }
        numbers.append(number)
      }
      rows.append(numbers)
    }
    self = text.contains(";") ? .rows(rows) : .vector(Vector(rows[0]))
  }

  /// Whole numbers in order: a vector for one example, the rows of a batch for several.
  init(countingFrom first: Int, width: Int, examples: Int) {
    let rows = (0..<examples).map { row in (0..<width).map { Double(first + row * width + $0) } }
    self = examples == 1 ? .vector(Vector(rows[0])) : .rows(rows)
  }

  /// The number of examples, as the command reads it.
  func exampleCount(readingBatches: Bool) -> Int {
    if case .rows(let rows) = self, readingBatches || isBatch { rows.count } else { 1 }
  }

  /// One example as it was written, `a vector of 2` or `a column, 2×1`.
  package var description: String {
    switch self {
    case .vector(let vector): "\(vector.shape)"
    case .rows(let rows): "a column, \(rows.count)×\(rows.first?.count ?? 0)"
    }
  }

  /// Whether this can only be a batch: several rows of several numbers.
  var isBatch: Bool {
    if case .rows(let rows) = self { rows.count > 1 && rows.contains { $0.count > 1 } } else { false }
  }

  /// The matrix that was written; a vector is a row, one example of a batch.
  ///
  /// - Throws: `ShapeError.raggedRow`, which names the flag, when the rows differ in length.
  func matrix(named flag: String) throws(ShapeError) -> Matrix<Double> {
    switch self {
    case .vector(let vector): vector.row
    case .rows(let rows): try Matrix(rows, named: flag)
    }
  }

  /// The matrix that was written; a vector is a column, one example as the book writes it.
  func column(named flag: String) throws(ShapeError) -> Matrix<Double> {
    if case .vector(let vector) = self { vector.column } else { try matrix(named: flag) }
  }
}
