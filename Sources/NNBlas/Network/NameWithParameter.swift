/// `name` or `name(0.5)`.
struct NameWithParameter {
  let name: String
  let parameter: Double?

  init?(_ text: String) {
    guard let open = text.firstIndex(of: "(") else {
      (name, parameter) = (text, nil)
      return
    }
    let rest = text[text.index(after: open)...]
    guard rest.last == ")", let number = Double(rest.dropLast()), number.isFinite else { return nil }
    (name, parameter) = (String(text[..<open]), number)
  }
}

/// What a text in a file names.
///
/// - Parameters:
///   - what: As errors call it.
///   - decoder: It has a single text.
/// - Returns: The value.
/// - Throws: `DecodingError.dataCorrupted` for a text that names none.
func namedByText<Value: LosslessStringConvertible & CaseIterable>(
  _ what: String, from decoder: any Decoder
) throws -> Value {
  let container = try decoder.singleValueContainer()
  let text = try container.decode(String.self)
  guard let value = Value(text) else {
    throw DecodingError.dataCorruptedError(
      in: container,
      debugDescription:
        "\(what) is \"\(text)\", expected one of \(Value.allCases.map(\.description).joined(separator: ", "))")
  }
  return value
}
