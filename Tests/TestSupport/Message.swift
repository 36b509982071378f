/// The text of the error that an expression throws, or words that no error has.
package func message<R>(of expression: () throws -> R) -> String {
  do {
    return "nothing was thrown, but returned: \(try expression())"
  } catch {
    return "\(error)"
  }
}
