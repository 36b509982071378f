import Foundation
import NNBlas

/// Where a block lies: rows of columns elements, from one row to the next `ld` elements, the first `offset` elements from a
/// place that is the same for all.
struct BlockPlace: Sendable, CustomStringConvertible {
  var rows: Int
  var columns: Int
  var ld: Int
  var offset = 0

  var count: Int { rows * columns }
  var description: String { "\(rows)×\(columns), ld \(ld), offset \(offset)" }

  /// Every number of columns up to four of the widest registers (64 floats) and a remainder, each from eight places that
  /// no alignment to 32 bytes survives, with each of several numbers of rows twice, with gaps of several widths and without.
  static let all: [BlockPlace] = (0...67).flatMap { columns in
    (0...7).map { offset in
      let rows = [1, 2, 3, 5][(columns + offset) % 4]
      return BlockPlace(
        rows: rows, columns: columns, ld: columns + [0, 1, 3, 17, 0][(columns + offset) % 5], offset: offset)
    }
  }

  /// One row of each length from each of the eight places.
  static let lines: [BlockPlace] = (0...67).flatMap { columns in
    (0...7).map { BlockPlace(rows: 1, columns: columns, ld: columns, offset: $0) }
  }

  /// The same shape from another place, for a second operand.
  func moved(by elements: Int) -> BlockPlace {
    var other = self
    other.offset = (offset + elements) % 8
    return other
  }

  /// What lies around the block: NaN, which shows whoever reads it, or a number, which whoever rewrites it with what was
  /// computed from it does not keep.
  func surroundings<S: Scalar>(_: S.Type = S.self) -> S { (offset + columns / 8) % 2 == 0 ? .nan : 12345 }
}

/// A block that a kernel reads or writes, in the middle of memory that it must leave alone.
final class Block<S: Scalar> {
  let place: BlockPlace
  /// The first element.
  let start: UnsafeMutablePointer<S>
  private let memory: UnsafeMutableBufferPointer<S>
  private var before: [S]

  /// Elements in order of rows.
  init(_ place: BlockPlace, _ elements: [S]) {
    self.place = place
    // A widest register of floats on either side.
    let margin = 16
    let surroundings: S = place.surroundings()
    memory = .allocate(capacity: margin + place.offset + place.rows * place.ld + margin)
    memory.initialize(repeating: surroundings)
    guard let base = memory.baseAddress else { fatalError("no memory for a block") }
    start = base + margin + place.offset
    before = []
    for (index, element) in elements.enumerated() {
      start[index / place.columns * place.ld + index % place.columns] = element
    }
    before = Array(memory)
  }

  deinit { memory.deallocate() }

  /// The elements in order of rows.
  var elements: [S] {
    (0..<place.rows).flatMap { row in (0..<place.columns).map { start[row * place.ld + $0] } }
  }

  /// Whether the memory holds the bits it held at the beginning.
  var isUnchanged: Bool { hasBits(before) }

  /// Whether the memory around the elements holds the bits it held at the beginning.
  var isUnchangedAround: Bool {
    guard let base = memory.baseAddress else { return false }
    var expected = before
    for row in 0..<place.rows {
      for column in 0..<place.columns {
        let element = start + row * place.ld + column
        expected[element - UnsafeMutablePointer(base)] = element.pointee
      }
    }
    return hasBits(expected)
  }

  private func hasBits(_ expected: [S]) -> Bool {
    expected.withUnsafeBytes { expected in
      guard let expected = expected.baseAddress, let base = memory.baseAddress else { return false }
      return memcmp(base, expected, memory.count * MemoryLayout<S>.stride) == 0
    }
  }
}
