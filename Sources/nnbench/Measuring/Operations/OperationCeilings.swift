import NNBlas

/// What the processor can do at most where operations are timed, on as many threads: multiply-adds for products of matrices, reading
/// for those of a matrix and a vector, reading and writing for outer products.
final class OperationCeilings {
  private enum Key: Hashable {
    case multiplyAdd(Precision, threads: Int)
    case bandwidth(Machine.Traffic, bytes: Int, threads: Int)
  }

  private var best: [Key: Double] = [:]

  init(_ cases: [OperationCase], progress: (String) -> Void) {
    for operation in cases where best[Self.key(operation)] == nil {
      progress(operation.operation.isBoundByBandwidth ? "bandwidth" : "multiply-adds")
      best[Self.key(operation)] = Self.measure(Self.key(operation))
    }
  }

  /// A second time: the machine may have been slow the first.
  func measureAgain() {
    for (key, value) in best { best[key] = max(value, Self.measure(key)) }
  }

  /// GFLOP/s or GB/s.
  func ceiling(of operation: OperationCase) -> Double { best[Self.key(operation)] ?? .nan }

  private static func key(_ operation: OperationCase) -> Key {
    guard operation.operation.isBoundByBandwidth else {
      return .multiplyAdd(operation.precision, threads: operation.threads)
    }
    // Of the same order of size, which is all that decides where the operands lie; 512 MiB lie in memory.
    let bytes =
      1 << (Int.bitWidth - min(1 << 29, max(4096, operation.bytes / operation.threads)).leadingZeroBitCount - 1)
    return .bandwidth(operation.operation.kind == .ger ? .update : .read, bytes: bytes, threads: operation.threads)
  }

  private static func measure(_ key: Key) -> Double {
    switch key {
    case .multiplyAdd(let precision, let threads): Ceiling.multiplyAdd(precision, threads: threads).ceiling.best
    case .bandwidth(let traffic, let bytes, let threads):
      Ceiling.bandwidth(traffic, bytes: bytes, threads: threads).best
    }
  }
}
