import NNBlas
import Testing

/// The text of the `ShapeError` that an expression throws; to throw none, or another error, is a failure.
func message<R>(of expression: () throws -> R, sourceLocation: SourceLocation = #_sourceLocation) -> String? {
  do {
    _ = try expression()
    Issue.record("no error was thrown", sourceLocation: sourceLocation)
  } catch let error as ShapeError {
    return "\(error)"
  } catch {
    Issue.record(error, "not a ShapeError", sourceLocation: sourceLocation)
  }
  return nil
}
