import Foundation

// Values that are several, with commas between them.

extension Arguments {
  /// A flag's value as whole numbers of a range with commas between them; an example of it is for the error.
  package func integers(_ name: String, in range: ClosedRange<Int>, example: String) throws(UsageError) -> [Int]? {
    guard let text = string(name) else { return nil }
    var numbers: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let number = Int(part), range.contains(number) else {
        throw wrong(
          name,
          "is '\(text)', expected whole numbers from \(range.lowerBound) to \(range.upperBound) with commas, as "
            + example)
      }
      numbers.append(number)
    }
    return numbers
  }

  /// A flag's value as names with commas between them, those with commas in them in quotes, as of a table's fields; none where it is
  /// absent.
  package func names(_ flag: String) throws(UsageError) -> [String] {
    guard let text = string(flag) else { return [] }
    func wrong() -> UsageError { self.wrong(flag, "is '\(text)', expected names with commas between them") }
    var names: [String] = []
    var rest = text[...]
    while true {
      rest = rest.drop { $0 == " " }
      if rest.first == "\"" {
        // As in a table's field, a quote in quotes is written twice.
        guard let match = rest.prefixMatch(of: /"((?:[^"]|"")*)" *(?=,|$)/) else { throw wrong() }
        names.append(String(match.1).replacing("\"\"", with: "\""))
        rest = rest[match.range.upperBound...]
      } else {
        let name = rest.prefix { $0 != "," }
        names.append(name.trimmingCharacters(in: .whitespaces))
        rest = rest[name.endIndex...]
      }
      guard rest.popFirst() != nil else { break }
    }
    guard !names.contains("") else { throw wrong() }
    return names
  }

  /// A name as it is written in such a list.
  package static func listItem(_ name: String) -> String {
    let isPlain = !name.contains(",") && !name.contains("\"") && name == name.trimmingCharacters(in: .whitespaces)
    return isPlain ? name : "\"\(name.replacing("\"", with: "\"\""))\""
  }

  /// A flag's value as finite numbers with commas between them.
  package func numbers(_ name: String, example: String) throws(UsageError) -> [Double]? {
    guard let text = string(name) else { return nil }
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) ?? .nan }
    guard numbers.allSatisfy(\.isFinite) else {
      throw wrong(name, "is '\(text)', expected numbers with commas, as \(example)")
    }
    return numbers
  }
}
