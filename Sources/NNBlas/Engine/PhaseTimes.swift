import Foundation

/// What one worker spent its time on.
package struct PhaseTimes: Sendable {
  package enum Phase: Int, CaseIterable, Sendable {
    /// Fetching the next batch.
    case gather
    /// The products of the forward pass.
    case forward
    /// Biases, activations and their derivatives.
    case activation
    /// The last layer's activations, errors and cost.
    case cost
    /// The products of errors and of weight gradients that are not added to the weights at once.
    case backward
    /// What changes parameters; with plain gradient descent the product of the weight gradient too.
    case update
    /// Waiting for other workers, or for the next step.
    case wait
  }

  /// Nanoseconds, in the order of the phases.
  private var nanoseconds = SIMD8<UInt64>()
  /// When the first and the last mark were made, or 0 before the first.
  fileprivate var (first, last): (UInt64, UInt64) = (0, 0)

  package init() {}

  /// Seconds in a phase.
  package subscript(phase: Phase) -> Double { Double(nanoseconds[phase.rawValue]) * 1e-9 }

  /// The same with what is before a worker's first mark and after the last as waiting: not everybody is in every round.
  ///
  /// - Parameter all: The times of all workers.
  /// - Returns: Times of which each worker's have the same sum.
  static func filled(_ all: [PhaseTimes]) -> [PhaseTimes] {
    let seen = all.filter { $0.first > 0 }
    guard let start = seen.map(\.first).min(), let end = seen.map(\.last).max() else { return all }
    return all.map {
      var result = $0
      result.add(.wait, $0.first > 0 ? $0.first - start + end - $0.last : end - start)
      return result
    }
  }

  fileprivate mutating func add(_ phase: Phase, _ time: UInt64) { nanoseconds[phase.rawValue] &+= time }
}

/// Attributes the time since its last mark to a phase; does nothing where there is no profile.
struct PhaseClock {
  private let times: UnsafeMutablePointer<PhaseTimes>?

  /// What has passed since the last step was waiting.
  @inline(__always)
  init(_ times: UnsafeMutablePointer<PhaseTimes>?) {
    self.times = times
    guard let times else { return }
    if times.pointee.first == 0 {
      times.pointee.first = Self.now
      times.pointee.last = times.pointee.first
    }
    mark(.wait)
  }

  @inline(__always)
  func mark(_ phase: PhaseTimes.Phase) {
    guard let times else { return }
    let now = Self.now
    times.pointee.add(phase, now &- times.pointee.last)
    times.pointee.last = now
  }

  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
