/// How long the sums of a product may be that is made in tiles of unpacked operands, in bytes of an operand's row or column.
///
/// Beyond that copying the operands pays: the tiles' lines leave the first-level cache before they are used again. Where that
/// is differs from processor to processor; these are from `Benchmarks/tiles` with two cores at work.
package struct TileLimits: Equatable, Sendable {
  /// For wide layers; of narrow ones copying the examples never pays.
  package let forward: Int
  package let backward: Int
  package let gradient: Int

  /// Those of a Zen 4.
  package static let amd = TileLimits(forward: 8192, backward: 8192, gradient: 2048)
  /// Those of an Emerald Rapids: a fifth slower in tiles where backward or gradient sums are twice as long, and half as fast
  /// in the largest layers.
  package static let intel = TileLimits(forward: 6272, backward: 2048, gradient: 512)

  package static let ofThisProcessor = Platform.isIntel ? intel : amd
}
