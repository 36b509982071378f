import Foundation

/// What files of models have in common: reading them whole, and saying what is wrong with their JSON.
enum ModelFile {
  /// A file's bytes.
  static func bytes(of path: String) throws(ModelFileError) -> Data {
    do {
      let count = try RegularFile.byteCount(of: path)
      if let limit = MemoryLimit.refusing(Double(count)) {
        throw ModelFileError.unreadable(file: path, reason: "\(count) bytes are more than \(limit)")
      }
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch let obstacle as RegularFile.Obstacle {
      throw .unreadable(file: path, reason: obstacle.reason)
    } catch let error as ModelFileError {
      throw error
    } catch {
      throw .unreadable(file: path, reason: systemReason(error))
    }
  }

  /// What a decoder found, in the file's terms.
  static func malformed(_ error: DecodingError, file: String, expected: String) -> ModelFileError {
    let (place, reason): (String, String) =
      switch error {
      case .keyNotFound(let key, let context): (place(context.codingPath), "there is no \(key.stringValue)")
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
        (place(context.codingPath), context.debugDescription)
      @unknown default: ("", "\(error)")
      }
    return .field(
      file: file, field: place.isEmpty ? "the JSON" : place,
      found: "wrong: \(reason.hasSuffix(".") ? String(reason.dropLast()) : reason)", expected: expected)
  }

  /// `weights[0][3][2]`.
  static func place(_ path: [any CodingKey]) -> String {
    path.reduce(into: "") { text, key in
      text += key.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + key.stringValue
    }
  }
}
