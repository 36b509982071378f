import CMeasure
import Foundation
import NNBlas

// The door to CMeasure: the only file that imports it.

/// What the processor can do, and what the process has done.
package enum Machine {
  /// How many independent chains of multiply-adds there are to choose from.
  static let chainCounts: [UInt32] = [8, 10, 12, 16]

  /// Fused multiply-adds on registers alone, in one of `chainCounts` chains.
  ///
  /// - Returns: The floating-point operations done.
  @discardableResult
  static func multiplyAdd(_ precision: Precision, chains: UInt32, rounds: UInt64) -> Double {
    switch precision {
    case .f32: nnblas_multiply_add_f32(chains, rounds)
    case .f64: nnblas_multiply_add_f64(chains, rounds)
    }
  }

  /// What bandwidth is measured with.
  enum Traffic {
    /// a ← b + s c, as McCalpin's STREAM has it.
    case triad
    /// a ← s a + t, as an outer product reads and writes its matrix.
    case update
    /// The sum of a, as a matrix is read by its product with a vector.
    case read

    /// The bytes of an element that count: what a cache reads to make room for what is written does not.
    var bytesPerElement: Int {
      switch self {
      case .triad: 24
      case .update: 16
      case .read: 8
      }
    }

    /// How many arrays there are.
    var arrays: Int { self == .triad ? 3 : 1 }

    fileprivate var kind: nnblas_traffic {
      switch self {
      case .triad: NNBLAS_TRIAD
      case .update: NNBLAS_UPDATE
      case .read: NNBLAS_READ
      }
    }
  }

  /// So many rounds over `count` elements of each array.
  static func stream(
    _ traffic: Traffic, _ a: UnsafeMutablePointer<Double>, _ b: UnsafePointer<Double>, _ c: UnsafePointer<Double>,
    count: Int,
    rounds: UInt64
  ) { nnblas_stream(traffic.kind, a, b, c, count, rounds) }

  /// Keeps the compiler from leaving out or moving what was computed before.
  @inline(__always)
  static func barrier() { nnblas_barrier() }

  /// The nanoseconds that a word takes from the first processor of this process to the last and back; nil where there is one alone.
  ///
  /// Steps in which workers meet take as much longer as it does: in a virtual machine it can change by the second, from 50 ns for
  /// two processors that share a cache to 330 ns for two that do not.
  static var roundTripNanoseconds: Double? {
    let seconds = nnblas_round_trip(2000, 0.02)
    return seconds > 0 ? seconds * 1e9 : nil
  }

  /// Heap allocations of the process so far, or nil where they are not counted.
  static var allocations: UInt64? { nnblas_counts_allocations() ? nnblas_allocations() : nil }

  /// Waits until no thread of the process computes, as those of OpenBLAS do for a while after a product.
  ///
  /// - Parameters:
  ///   - most: How often it looks, 20 ms each time, before it returns all the same.
  ///   - processorSeconds: What all threads have computed so far.
  ///   - sleep: Lets that many seconds pass.
  package static func waitUntilIdle(
    most: Int = 100, processorSeconds: () -> Double = { Machine.processorSeconds },
    sleep: (Double) -> Void = { Thread.sleep(forTimeInterval: $0) }
  ) {
    let look = 0.02
    for _ in 0..<most {
      let before = processorSeconds()
      sleep(look)
      if processorSeconds() - before < 0.1 * look { return }
    }
  }

  /// What all threads of the process have computed so far.
  package static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
