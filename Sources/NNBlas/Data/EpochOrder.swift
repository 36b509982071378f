/// In which order an epoch visits the examples.
public enum ExampleOrder: String, CaseIterable, Codable, Sendable {
  /// A fresh random permutation for every epoch, a function of the seed and the epoch's number.
  case shuffled
  /// The order of the data set, the same in every epoch.
  case sequential

  /// The indices 0..<count in the order of an epoch; epochs count from 0.
  ///
  /// The shuffle is Durstenfeld's form of Fisher and Yates's, every permutation equally likely.
  package func indices(count: Int, seed: UInt64, epoch: Int) -> [Int32] {
    var indices = [Int32]()
    fill(&indices, count: count, seed: seed, epoch: epoch)
    return indices
  }

  /// Writes what `indices(count:seed:epoch:)` returns over an array, whose memory is used again where it is large enough.
  func fill(_ indices: inout [Int32], count: Int, seed: UInt64, epoch: Int) {
    if indices.count != count { indices = [Int32](repeating: 0, count: count) }
    for index in 0..<count { indices[index] = Int32(index) }
    guard self == .shuffled, count > 1 else { return }
    var generator = Philox(seed: seed, stream: .epochOrder(epoch))
    for last in stride(from: count - 1, through: 1, by: -1) {
      indices.swapAt(last, generator.nextIndex(below: last + 1))
    }
  }
}
