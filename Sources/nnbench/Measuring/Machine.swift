import CMeasure
import Foundation
import NNBlas

// The door to CMeasure: the only file that imports it.

/// What the processor can do, and what the process has done.
package enum Machine {
  /// The fused multiply-add peak in 10⁹ operations a second, with every thread on registers alone: the best of twenty runs
  /// of at least 20 ms.
  static func peakGFLOPS(_ precision: Precision, threads: Int) -> Double {
    let work = precision == .f32 ? nnblas_multiply_add_f32 : nnblas_multiply_add_f64
    /// The rate of all threads together.
    func rate(_ rounds: UInt64) -> (seconds: Double, gflops: Double) {
      let clock = ContinuousClock()
      let start = clock.now
      DispatchQueue.concurrentPerform(iterations: threads) { _ in _ = work(rounds) }
      let seconds = (clock.now - start) / .seconds(1)
      return (seconds, work(1) * Double(rounds) * Double(threads) / seconds / 1e9)
    }
    var rounds: UInt64 = 1 << 16
    while rate(rounds).seconds < 0.02 { rounds *= 2 }
    return (0..<20).map { _ in rate(rounds).gflops }.max() ?? 0
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
