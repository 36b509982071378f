import Foundation
import NNBlas

/// A configuration file: a JSON object whose keys are a command's flags, with what would stand behind them. `true` is for a flag without a
/// value; a list stands for its items with commas between them.
enum Configuration {
  /// A file's values by the flags' names.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - syntax: The command that takes the flags.
  ///   - except: Flags that no file can give.
  /// - Returns: The values as they would be written on the command line.
  /// - Throws: `UsageError` for a file that cannot be read or is no such object, an unknown key, with the nearest known one, and a value
  ///   of a kind that the flag does not take.
  static func values(
    of path: String, _ syntax: CommandSyntax, except: Set<String>
  ) throws(UsageError) -> [String: String] {
    let name = (path as NSString).lastPathComponent
    func wrong(_ problem: String) -> UsageError { UsageError("\(name): \(problem)", isInFile: true) }
    let data: Data
    do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch { throw wrong(systemReason(error)) }
    let object: Any
    do {
      object = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
    } catch {
      let reason = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? "it is no JSON"
      throw wrong("\(reason); expected a JSON object such as {\"epochs\": 10}")
    }
    guard let values = object as? [String: Any] else {
      throw wrong("expected a JSON object such as {\"epochs\": 10}")
    }
    let options = syntax.options.filter { !except.contains($0.name) }
    var result: [String: String] = [:]
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      guard let option = options.first(where: { $0.name == key }) else {
        throw wrong("unknown key \"\(key)\"" + suggestion(for: key, among: options.map(\.name)))
      }
      guard let text = text(value) else {
        throw wrong("\(key) is \(describe(value)), expected a number, a text, true, or a list of numbers and texts")
      }
      if option.placeholder == nil {
        guard text == "true" || text == "false" else {
          throw wrong("\(key) is \(describe(value)), expected true or false")
        }
        if text == "true" { result[key] = "" }
      } else {
        guard !(value is Bool && isBoolean(value)), !text.isEmpty else {
          throw wrong("\(key) is \(describe(value)), expected a value: \(option.placeholder ?? "")")
        }
        result[key] = text
      }
    }
    return result
  }

  /// A value as it would be written behind a flag, or nil for what cannot be.
  private static func text(_ value: Any) -> String? {
    switch value {
    case let number as NSNumber: isBoolean(number) ? (number.boolValue ? "true" : "false") : number.stringValue
    case let text as String: text
    case let list as [Any]:
      list.allSatisfy { $0 is String || $0 is NSNumber }
        ? list.compactMap { self.text($0) }.joined(separator: ",") : nil
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

  /// A configuration as a file, keys in order: numbers and booleans as such, all else as text.
  static func document(_ values: [String: String], flags: Set<String>) -> String {
    func quoted(_ text: String) -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
    let lines = values.sorted { $0.key < $1.key }.map { key, text in
      let isNumber =
        Double(text)?.isFinite == true && text.wholeMatch(of: /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/) != nil
      return "  \(quoted(key)): \(flags.contains(key) ? "true" : isNumber ? text : quoted(text))"
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}"
  }
}
