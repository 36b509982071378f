/// What seems to separate fields in a text that was taken for one, or nil.
func separator(in text: String) -> Unicode.Scalar? {
  [";", "\t", "|", ",", " "].first(where: text.unicodeScalars.contains)
}

extension DataError {
  /// What would help, where a table's field is not what its column is used for.
  public enum Remedy: Equatable, Sendable, CustomStringConvertible {
    /// What a person does to the file.
    case advice(String)
    /// Another separator seems to be in use.
    case separator(Unicode.Scalar)
    /// The first line seems to have names.
    case header
    /// The column is no input.
    case exclusion
    /// The column has numbers to come close to, not labels.
    case targets
    /// The column has labels, not numbers.
    case label

    /// In words of the library, or, where there is another interface, in its own.
    public var description: String {
      switch self {
      case .advice(let text): text
      case .separator(let scalar):
        "pass separator: \(scalar == "\t" ? "a tab" : quoted(String(scalar))) if that separates fields"
      case .header: "pass header: .present if the first line has the names of the columns"
      case .exclusion: "leave the column out with inputs: .allExcept, or encode it as numbers"
      case .label: "correct it, or pass the column as label: to learn classes"
      case .targets: "pass the column as targets: to learn numbers"
      }
    }
  }
}
