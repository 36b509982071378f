import Testing

/// Expects an error of a type whose message is exactly this one.
func expectError<E: Error & CustomStringConvertible, Result>(
  _ type: E.Type, _ message: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
) {
  do {
    let result = try body()
    Issue.record("no error but \(result), expected: \(message)", sourceLocation: sourceLocation)
  } catch let error as E {
    #expect(error.description == message, sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(error) is not a \(E.self), expected: \(message)", sourceLocation: sourceLocation)
  }
}

/// What a process that trapped wrote to its standard error.
func trapMessage(_ result: ExitTest.Result?) -> String {
  String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
}
