import NNBlas

/// The digits that a command works on, and what to call them.
struct Digits {
  let training: Dataset
  let test: Dataset
  /// `MNIST files in mnist`, or `embedded synthetic digits (seed 1)`.
  let name: String

  /// The seed of the embedded digits, the same for everybody, so that results can be compared.
  private static let embeddedSeed: UInt64 = 1

  /// Reads the four files of MNIST from a folder, or draws the embedded digits where there is none.
  ///
  /// - Throws: `DataError` for files that cannot be used.
  static func load(directory: String?) throws -> Digits {
    if let directory {
      let digits = try MNIST(directory: directory)
      return Digits(training: digits.training, test: digits.test, name: "MNIST files in \(directory)")
    }
    let progress = ProgressLine()
    defer { progress.clear() }
    let digits = try SyntheticDigits(seed: embeddedSeed, validationCount: 0) { done, total in
      progress.update("Drawing digits: \(done)/\(total)")
    }
    return Digits(
      training: digits.training, test: digits.test, name: "embedded synthetic digits (seed \(embeddedSeed))")
  }

  /// `Data: embedded synthetic digits (seed 1), 50000 training, 10000 test`.
  var summary: String { "Data: \(name), \(training.count) training, \(test.count) test" }
}

/// The flag that chooses the data, the same for all commands.
let dataOption = CommandSyntax.Option(
  "data", "dir",
  help: "A folder with the four files of MNIST, each with or without .gz. (default: embedded synthetic digits)")
