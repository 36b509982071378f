/// The document that every command's `--json` writes: the figures, and everything outside the code that they depend on.
struct ResultDocument: Encodable {
  /// Raised when a field goes or changes its meaning; `compare` reads this version only.
  static let schema = 2

  /// The command's name.
  let command: String
  let context: RunContext
  /// Why the figures may not be what they seem, as `--json`'s reader does not see standard error.
  var warnings: [String] = []
  /// An entry each with `name`, and, where something was timed, `unit` and `samples`.
  let results: [any Encodable]

  private enum CodingKeys: String, CodingKey {
    case schema, command, context, warnings, results
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.schema, forKey: .schema)
    try container.encode(command, forKey: .command)
    try container.encode(context, forKey: .context)
    try container.encode(warnings, forKey: .warnings)
    var entries = container.nestedUnkeyedContainer(forKey: .results)
    for result in results { try entries.encode(result) }
  }
}
