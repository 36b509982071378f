import Dispatch
import NNBlas

/// The most that the processor does of something: the best of several rates.
struct Ceiling {
  /// 10⁹ operations or bytes a second, one value for each run.
  let samples: [Double]

  var best: Double { samples.max() ?? 0 }

  /// Runs work on several threads at once, as often as takes the time that is asked for.
  ///
  /// - Parameters:
  ///   - threads: How many threads, each with a number of its own from 0.
  ///   - runs: How many samples.
  ///   - seconds: How long a sample takes at least.
  ///   - amount: What one round of one thread comes to, in operations or bytes.
  ///   - work: So many rounds of one thread.
  init(
    threads: Int, runs: Int, seconds: Double = 0.02, amount: Double, work: @Sendable @escaping (Int, UInt64) -> Void
  ) {
    let clock = ContinuousClock()
    func time(_ rounds: UInt64) -> Double {
      let start = clock.now
      DispatchQueue.concurrentPerform(iterations: threads) { work($0, rounds) }
      return (clock.now - start) / .seconds(1)
    }
    var rounds: UInt64 = 1
    while time(rounds) < seconds { rounds *= 2 }
    samples = (0..<runs).map { _ in
      // A calibration that was disturbed had too few rounds: then it goes on.
      var sample = time(rounds)
      while sample < seconds / 2 {
        rounds *= 2
        sample = time(rounds)
      }
      return amount * Double(rounds) * Double(threads) / sample / 1e9
    }
  }

  init(samples: [Double]) {
    self.samples = samples
  }
}

// MARK: - The two ceilings of the roofline model

extension Ceiling {
  /// The fused multiply-add peak in GFLOP/s: every thread on registers alone, with the number of chains that is best of `runs`
  /// samples of each.
  static func multiplyAdd(_ precision: Precision, threads: Int, runs: Int = 5) -> (ceiling: Ceiling, chains: Int) {
    let all = Machine.chainCounts.map { chains in
      let amount = Machine.multiplyAdd(precision, chains: chains, rounds: 1)
      let ceiling = Ceiling(threads: threads, runs: runs, amount: 1024 * amount) { _, rounds in
        Machine.multiplyAdd(precision, chains: chains, rounds: 1024 * rounds)
      }
      return (ceiling, Int(chains))
    }
    return all.max { $0.0.best < $1.0.best } ?? (Ceiling(samples: []), 0)
  }

  /// The bandwidth in GB/s of some traffic, over so many bytes in all arrays of one thread; each thread has its own.
  static func bandwidth(_ traffic: Machine.Traffic, bytes: Int, threads: Int, runs: Int = 5) -> Ceiling {
    let arrays = (0..<threads).map { _ in StreamArrays(traffic, bytes: bytes) }
    // What takes less than threads need to meet is repeated before they do.
    let repeats = UInt64(max(1, 1 << 20 / bytes))
    return Ceiling(threads: threads, runs: runs, amount: Double(repeats) * arrays[0].bytesOfTraffic) { thread, rounds in
      arrays[thread].run(repeats * rounds)
    }
  }
}

/// The arrays of one thread.
private final class StreamArrays: @unchecked Sendable {
  private let traffic: Machine.Traffic
  private let count: Int
  private let block: UnsafeMutablePointer<Double>
  /// The elements of an array and of the gap after it, without which all would lie the same distance from a page's start, where
  /// a processor takes a load for one of what it has just stored.
  private let stride: Int

  init(_ traffic: Machine.Traffic, bytes: Int) {
    self.traffic = traffic
    // Whole turns of every kernel's loop.
    count = max(64, bytes / (8 * traffic.arrays) / 64 * 64)
    stride = count + 168
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 8 * traffic.arrays * stride, alignment: 64)
    block = memory.bindMemory(to: Double.self, capacity: traffic.arrays * stride)
    block.update(repeating: 1, count: traffic.arrays * stride)
  }

  deinit { block.deallocate() }

  /// Bytes read and written in a round.
  var bytesOfTraffic: Double { Double(traffic.bytesPerElement * count) }

  func run(_ rounds: UInt64) {
    let second = traffic.arrays > 1 ? block + stride : block
    let third = traffic.arrays > 2 ? block + 2 * stride : block
    Machine.stream(traffic, block, second, third, count: count, rounds: rounds)
  }
}
