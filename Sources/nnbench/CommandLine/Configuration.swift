import Foundation
import NNBlas

/// A configuration file: a JSON object whose keys are a command's flags, with what would stand behind them. `true` is for a flag without a
/// value; a list stands for its items with commas between them; `$NAME`, alone or before a `/`, for a variable of the environment, and
/// `$$` at the start for a `$`.
struct Configuration {
  /// A value as it would be written on the command line.
  struct Value {
    let text: String
    /// Whether it is in quotes.
    let isQuoted: Bool
  }

  /// The file's name.
  let name: String
  private let options: [CommandSyntax.Option]

  /// - Parameters:
  ///   - path: The file's path.
  ///   - syntax: The command that takes the flags.
  ///   - except: Flags that no file can give.
  init(_ path: String, _ syntax: CommandSyntax, except: Set<String>) {
    name = (path as NSString).lastPathComponent
    options = syntax.options.filter { !except.contains($0.name) }
    self.path = path
  }

  private let path: String

  /// The file's values by the flags' names.
  ///
  /// - Parameter isOverridden: Whether a flag's value is given otherwise: its variable need not be there then.
  /// - Returns: The values.
  /// - Throws: `UsageError` for a file that cannot be read or is no such object, an unknown key, with the nearest known one, one that comes
  ///   twice, and a value of a kind that the flag does not take.
  func values(isOverridden: (String) -> Bool) throws(UsageError) -> [String: Value] {
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch { throw wrong(systemReason(error)) }
    let example = "expected a JSON object such as {\"epochs\": 10}"
    let object: Any
    do {
      object = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    } catch {
      let reason = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? "it is no JSON"
      throw wrong("\(reason); \(example)")
    }
    guard let values = object as? [String: Any] else { throw wrong(example) }
    if let key = Self.repeatedKey(data) { throw wrong("\(key) is there twice, expected every key once") }
    var result: [String: Value] = [:]
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let option = options.first(where: { $0.name == key }) else {
        throw wrong("unknown key \"\(key)\"" + suggestion(for: key, among: options.map(\.name)))
      }
      guard let found = try self.value(value, of: option) else { continue }
      result[key] = isOverridden(key) ? found : try expanded(found, of: key)
    }
    return result
  }

  private func wrong(_ problem: String) -> UsageError { UsageError("\(name): \(problem)", isInFile: true) }

  /// A flag's value, or nil for a flag that is off.
  private func value(_ value: Any, of option: CommandSyntax.Option) throws(UsageError) -> Value? {
    guard let text = Self.text(value) else {
      throw wrong(
        "\(option.name) is \(Self.describe(value)), expected a number, a text, true, or a list of numbers and texts")
    }
    guard let placeholder = option.placeholder else {
      guard value is Bool, Self.isBoolean(value) else {
        throw wrong("\(option.name) is \(Self.describe(value)), expected true or false")
      }
      return text == "true" ? Value(text: "", isQuoted: false) : nil
    }
    guard !Self.isBoolean(value), !text.isEmpty else {
      throw wrong("\(option.name) is \(Self.describe(value)), expected a value: \(placeholder)")
    }
    guard option.isList || !(value is [Any]) else {
      throw wrong("\(option.name) is a list, expected one value: \(placeholder)")
    }
    return Value(text: text, isQuoted: value is String)
  }

  private func expanded(_ value: Value, of key: String) throws(UsageError) -> Value {
    if value.isQuoted, value.text.hasPrefix("$$") { return Value(text: String(value.text.dropFirst()), isQuoted: true) }
    guard value.isQuoted, let match = value.text.prefixMatch(of: /\$([A-Za-z_][A-Za-z0-9_]*)(?=\/|$)/) else {
      return value
    }
    guard let found = ProcessInfo.processInfo.environment[String(match.1)] else {
      throw wrong(
        "\(key) is '\(value.text)', but the environment has no \(match.1); set it, or give --\(key); $$ is for a name that starts "
          + "with $")
    }
    return Value(text: found + value.text[match.range.upperBound...], isQuoted: true)
  }

  /// A value as it would be written behind a flag, or nil for what cannot be.
  private static func text(_ value: Any) -> String? {
    switch value {
    case let number as NSNumber: isBoolean(number) ? (number.boolValue ? "true" : "false") : number.stringValue
    case let text as String: text
    case let list as [Any]:
      list.allSatisfy { $0 is String || $0 is NSNumber && !isBoolean($0) }
        ? list.compactMap { self.text($0).map(Arguments.listItem) }.joined(separator: ",") : nil
    default: nil
    }
  }

  private static func isBoolean(_ value: Any) -> Bool {
    (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
  }

  private static func describe(_ value: Any) -> String {
    switch value {
    case is NSNull: "null"
    case let text as String: "\"\(text)\""
    case is [String: Any]: "an object"
    case is [Any]: "a list of other things"
    default: text(value) ?? "\(value)"
    }
  }

  /// A key that comes twice in the object, which decoders pass over in silence.
  ///
  /// - Parameter json: A text that is known to be a JSON object.
  /// - Returns: The key, or nil where every key comes once.
  private static func repeatedKey(_ json: Data) -> String? {
    var (depth, keys, start) = (0, Set<String>(), Int?.none)
    var last: String?
    var isEscaped = false
    let bytes = [UInt8](json)
    for (index, byte) in bytes.enumerated() {
      if let opening = start {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          last = try? JSONDecoder().decode(String.self, from: Data(bytes[opening...index]))
          start = nil
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): start = index
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":"):
        if depth == 1, let last, !keys.insert(last).inserted { return last }
      default: break
      }
    }
    return nil
  }

  /// A configuration as a file, keys in order: numbers and booleans as such, all else as text, and so what names files and columns,
  /// whatever it looks like.
  static func document(_ values: [String: String], _ options: [CommandSyntax.Option]) -> String {
    let placeholders = Dictionary(uniqueKeysWithValues: options.map { ($0.name, $0.placeholder) })
    func quoted(_ text: String) -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
    let lines = values.sorted { $0.key < $1.key }.map { key, text in
      guard let placeholder = placeholders[key] ?? nil else { return "  \(quoted(key)): true" }
      let isNumber =
        !["path", "file", "column", "columns"].contains(placeholder) && Double(text)?.isFinite == true
        && text.wholeMatch(of: /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/) != nil
      return "  \(quoted(key)): \(isNumber ? text : quoted(text.hasPrefix("$") ? "$" + text : text))"
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}"
  }
}
