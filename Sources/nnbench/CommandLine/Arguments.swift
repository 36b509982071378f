import NNBlas

/// The arguments of one command, taken apart by its syntax.
///
/// Flags are written `--flag value` or `--flag=value`; `--` ends them.
package struct Arguments {
  /// Those without a flag, in order; as many as the command takes, or fewer.
  package let positionals: [String]
  private var values: [String: String]
  /// The configuration file that a value comes from, by the flag's name; none for those of the command line.
  private var files: [String: String] = [:]
  /// What that file has, but flags of the command line have put out of force.
  private(set) var replaced: Set<String> = []
  /// Flags whose values are in quotes in that file.
  private var quoted: Set<String> = []

  /// - Parameters:
  ///   - arguments: The words after the command's name.
  ///   - syntax: What the command takes.
  ///   - alsoNear: Flags that an unknown one may have been meant for, though the command has none of them.
  /// - Throws: `UsageError` for an unknown flag, with the nearest known one, for a missing or superfluous value, a flag
  ///   given twice, or an argument too many.
  package init(_ arguments: [String], syntax: CommandSyntax, alsoNear: [String] = []) throws(UsageError) {
    var values: [String: String] = [:]
    var positionals: [String] = []
    var rest = arguments[...]
    var flagsEnded = false
    while let argument = rest.popFirst() {
      if argument == "--", !flagsEnded {
        flagsEnded = true
      } else if argument.hasPrefix("--"), !flagsEnded {
        let (name, value) = try Self.flag(argument, rest: &rest, syntax: syntax, alsoNear: alsoNear)
        guard values.updateValue(value, forKey: name) == nil else { throw UsageError("--\(name) is given twice") }
      } else if argument.hasPrefix("-"), argument.count > 1, Double(argument) == nil, !flagsEnded {
        if argument == "-h" {
          values["help"] = ""
        } else {
          throw UsageError("unknown flag \(argument); flags start with --")
        }
      } else if positionals.count < syntax.positionals.count {
        positionals.append(argument)
      } else {
        throw UsageError("unexpected argument '\(argument)'")
      }
    }
    self.values = values
    self.positionals = positionals
  }

  private static func flag(
    _ argument: String, rest: inout ArraySlice<String>, syntax: CommandSyntax, alsoNear: [String]
  ) throws(UsageError) -> (name: String, value: String) {
    let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    guard let option = syntax.options.first(where: { $0.name == name }) else {
      throw UsageError(
        "unknown flag --\(name)" + suggestion(for: name, among: syntax.options.map(\.name) + alsoNear, prefix: "--"))
    }
    guard let placeholder = option.placeholder else {
      guard parts.count == 1 else { throw UsageError("--\(name) takes no value") }
      return (name, "")
    }
    // A negative number or a lone - is a value; another flag is not.
    let value = parts.count == 2 ? String(parts[1]) : rest.first.flatMap { $0.hasPrefix("--") ? nil : $0 }
    guard let value, !value.isEmpty else {
      throw UsageError("--\(name) needs a value: --\(name) <\(placeholder)>")
    }
    if parts.count == 1 { rest.removeFirst() }
    return (name, value)
  }

  /// The same with values of a configuration file for flags that are absent.
  ///
  /// - Parameters:
  ///   - configuration: The file.
  ///   - replaced: What a flag that is there puts out of force in the file, besides itself.
  /// - Returns: The arguments.
  /// - Throws: `UsageError` for what is wrong in the file.
  func completed(
    by configuration: Configuration, replacing replaced: [String: Set<String>]
  ) throws(UsageError) -> Arguments {
    var result = self
    let given = values
    let found = try configuration.values { given[$0] != nil }
    let others = given.filter { found[$0.key]?.text != $0.value }.keys
    result.replaced = others.reduce(into: []) { $0.formUnion(replaced[$1] ?? []) }
    for (name, value) in found where given[name] == nil && !result.replaced.contains(name) {
      result.values[name] = value.text
      result.files[name] = configuration.name
      if value.isQuoted { result.quoted.insert(name) }
    }
    return result
  }

  /// `--rate`, or `file.json: rate` where the value comes from there.
  package func label(_ name: String) -> String { files[name].map { "\($0): \(name)" } ?? "--\(name)" }

  /// Whether a value comes from a configuration file.
  package func isInFile(_ name: String) -> Bool { files[name] != nil }

  /// A mistake in a flag's value.
  package func wrong(_ name: String, _ problem: String) -> UsageError {
    UsageError("\(label(name)) \(problem)", isInFile: files[name] != nil)
  }

  /// What is behind a flag is wrong in its contents, or does not fit.
  package func misfit(_ name: String, _ problem: String) -> UsageError {
    UsageError("\(label(name)) \(problem)", isInFile: true)
  }

  /// Whether a flag is there.
  package func has(_ name: String) -> Bool { values[name] != nil }

  /// A flag's value as it was written, or nil where the flag is absent.
  package func string(_ name: String) -> String? { values[name] }

  /// A flag's value that is to be a number.
  ///
  /// - Throws: `UsageError` for one in quotes in a file: what is meant as a text is not taken for a number.
  private func numeral(_ name: String) throws(UsageError) -> String? {
    guard let text = values[name] else { return nil }
    if quoted.contains(name), Double(text) != nil {
      throw wrong(name, "is \"\(text)\", expected a number without quotes")
    }
    return text
  }

  /// A flag's value as a whole number of a range.
  package func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
    guard let text = try numeral(name) else { return nil }
    guard let value = Int(text) else { throw wrong(name, "is '\(text)', expected a whole number") }
    guard range.contains(value) else {
      let expected =
        range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
      throw wrong(name, "is \(text), expected \(expected)")
    }
    return value
  }

  /// A flag's value as a seed: any 64 bits.
  package func seed(_ name: String, default value: UInt64) throws(UsageError) -> UInt64 {
    guard let text = try numeral(name) else { return value }
    guard let seed = UInt64(text) else {
      throw wrong(name, "is '\(text)', expected a whole number from 0 to \(UInt64.max)")
    }
    return seed
  }

  /// A flag's value as a number above 0 that is finite, and above 0, in a precision.
  package func positiveNumber(_ name: String, in precision: Precision) throws(UsageError) -> Double? {
    guard let text = try numeral(name) else { return nil }
    let value = Double(text) ?? .nan
    let rounded = precision == .f32 ? Double(Float(value)) : value
    guard rounded.isFinite, rounded > 0 else {
      throw wrong(name, "is '\(text)', expected a number above 0 and finite once rounded to \(precision)")
    }
    return value
  }

  /// A flag's value as a finite number.
  package func number(_ name: String) throws(UsageError) -> Double? {
    guard let text = try numeral(name) else { return nil }
    guard let value = Double(text), value.isFinite else { throw wrong(name, "is '\(text)', expected a finite number") }
    return value
  }

  /// Two flags of which one alone can be given.
  package func contradiction(_ one: String, _ other: String) -> UsageError { contradiction(one, other, "; give one") }

  /// Two flags, the second perhaps with its value, that do not go together, and why, with what would help.
  package func contradiction(_ one: String, _ other: String, value: String? = nil, _ why: String) -> UsageError {
    UsageError(
      "\(label(one)) and \(label(other))\(value.map { " \($0)" } ?? "") contradict each other\(why)",
      isInFile: files[one] != nil || files[other] != nil)
  }

  /// What a library's check of settings finds, said of the flags that they come from.
  ///
  /// - Parameters:
  ///   - flags: The flags by the settings' names, where they differ.
  ///   - check: The check.
  /// - Throws: `UsageError` for what it throws.
  package func checked(_ flags: [String: String] = [:], _ check: () throws(TrainingError) -> Void) throws(UsageError) {
    do throws(TrainingError) {
      try check()
    } catch .setting(let name, let found, let expected) {
      throw wrong(flags[name] ?? name, "is \(found), expected \(expected)")
    } catch {
      throw UsageError("\(error)")
    }
  }

  /// A flag's value as a share of a whole: a number above 0, at most 1.
  package func share(_ name: String) throws(UsageError) -> Double? {
    guard let text = try numeral(name) else { return nil }
    guard let value = Double(text), value > 0, value <= 1 else {
      throw wrong(name, "is '\(text)', expected a number above 0 and at most 1; 0.97 is 97 %")
    }
    return value
  }

  /// A flag's value as a part of something: `5%` or `0.05`.
  package func percentage(_ name: String) throws(UsageError) -> Double? {
    guard let text = values[name] else { return nil }
    let isPercent = text.hasSuffix("%")
    let number = Double(isPercent ? String(text.dropLast()) : text).map { isPercent ? $0 / 100 : $0 }
    guard let number, number >= 0, number <= 1 else {
      throw wrong(name, "is '\(text)', expected a percentage from 0% to 100%, such as 5%, or 0.05")
    }
    return number
  }

  /// A flag's value as one of a type's words.
  package func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) throws(UsageError) -> Choice? where Choice.RawValue == String {
    try choice(name, among: Array(type.allCases))
  }

  /// A flag's value as one of some words.
  package func choice<Choice: RawRepresentable>(
    _ name: String, among choices: [Choice]
  ) throws(UsageError) -> Choice? where Choice.RawValue == String {
    guard let text = values[name] else { return nil }
    return try choice(name, text, among: choices)
  }

  /// A flag's value as what a type's descriptions say, some with a parameter, as `huber(0.5)`.
  package func value<Value: LosslessStringConvertible & CaseIterable>(
    _ name: String, _ type: Value.Type
  ) throws(UsageError) -> Value? {
    guard let text = values[name] else { return nil }
    guard let value = Value(text) else {
      let words = type.allCases.map { "\($0)" }
      throw wrong(
        name, "is '\(text)', expected \(words.joined(separator: " or "))" + suggestion(for: text, among: words))
    }
    return value
  }

  /// A flag's value as some of a type's words, with commas between them.
  package func choices<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ type: Choice.Type
  ) throws(UsageError) -> [Choice]? where Choice.RawValue == String {
    guard let text = values[name] else { return nil }
    var choices: [Choice] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      choices.append(try choice(name, String(part), among: Array(type.allCases)))
    }
    return choices
  }

  private func choice<Choice: RawRepresentable>(
    _ name: String, _ text: String, among choices: [Choice]
  ) throws(UsageError) -> Choice where Choice.RawValue == String {
    guard let choice = choices.first(where: { $0.rawValue == text }) else {
      let words = choices.map(\.rawValue)
      throw wrong(
        name, "is '\(text)', expected \(words.joined(separator: " or "))" + suggestion(for: text, among: words))
    }
    return choice
  }
}
