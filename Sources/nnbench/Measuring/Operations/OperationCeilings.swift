import NNBlas

/// What the processor can do at most where operations are timed, on as many threads: multiply-adds for products of matrices, reading
/// for those of a matrix and a vector, reading and writing for outer products.
final class OperationCeilings {
  private enum Key: Hashable {
    case multiplyAdd(Precision, threads: Int)
    case bandwidth(Machine.Traffic, bytes: Int, threads: Int)
  }

  private var best: [Key: Double] = [:]

  private let isCold: Bool

  init(_ cases: [OperationCase], isCold: Bool, progress: (String) -> Void) {
    self.isCold = isCold
    for operation in cases where best[key(operation)] == nil {
      progress(operation.operation.isBoundByBandwidth ? "bandwidth" : "multiply-adds")
      best[key(operation)] = Self.measure(key(operation))
    }
  }

  /// A second time: the machine may have been slow the first.
  func measureAgain() {
    for (key, value) in best { best[key] = max(value, Self.measure(key)) }
  }

  /// GFLOP/s or GB/s.
  func ceiling(of operation: OperationCase) -> Double { best[key(operation)] ?? .nan }

  private func key(_ operation: OperationCase) -> Key {
    // More threads than processors are no faster.
    let threads = min(operation.threads, Processors.available)
    guard operation.operation.isBoundByBandwidth else {
      return .multiplyAdd(operation.precision, threads: threads)
    }
    // A power of two that holds a thread's part; from 256 MiB on, and cold, operands lie in memory.
    let part = max(4096, operation.bytes / threads)
    let bytes = isCold ? 1 << 28 : min(1 << 28, 1 << (Int.bitWidth - (part - 1).leadingZeroBitCount))
    return .bandwidth(operation.operation.kind == .ger ? .update : .read, bytes: bytes, threads: threads)
  }

  private static func measure(_ key: Key) -> Double {
    switch key {
    case .multiplyAdd(let precision, let threads): Ceiling.multiplyAdd(precision, threads: threads).ceiling.best
    case .bandwidth(let traffic, let bytes, let threads):
      Ceiling.bandwidth(traffic, bytes: bytes, threads: threads).best
    }
  }
}
