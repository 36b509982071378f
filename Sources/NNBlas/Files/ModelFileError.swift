/// A model file that cannot be read or written.
public enum ModelFileError: Error, Equatable, Sendable {
  /// The file does not exist, or cannot be opened or read.
  case unreadable(file: String, reason: String)
  /// The file is not JSON, or a value in it has another type than the format gives it.
  case malformed(file: String, place: String, reason: String)
  /// A field's value does not fit the rest of the file.
  case field(file: String, field: String, found: String, expected: String)
  /// The network in the file has layers that do not fit together, or is too large.
  case shape(file: String, ShapeError)
  /// The file cannot be written.
  case unwritable(file: String, reason: String)
}

extension ModelFileError: CustomStringConvertible {
  /// The whole message: file, place, found, expected.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): \(reason)"
    case .malformed(let file, let place, let reason):
      "\(file): \(place.isEmpty ? "" : place + ": ")\(reason); expected the JSON of a network with sizes, weights, "
        + "biases and cost"
    case .field(let file, let field, let found, let expected):
      "\(file): \(field) is \(found), expected \(expected)"
    case .shape(let file, let error):
      "\(file): \(error)"
    case .unwritable(let file, let reason):
      "\(file): cannot be written: \(reason)"
    }
  }
}
