/// What timing something came to: an entry of a document that `compare` can find again in another.
package protocol TimedResult: Encodable {
  /// The same in another run of the same measurement, and only there.
  var name: String { get }
  /// Of its samples.
  var summary: Summary { get }
}
