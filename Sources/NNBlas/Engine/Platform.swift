import Foundation
private import CPlatform

// The door to CPlatform: the only file that imports it.

/// A barrier for a fixed number of threads. All of them take part in every meeting, each by one of the calls below.
final class Barrier: @unchecked Sendable {
  private let barrier: OpaquePointer

  /// - Parameters:
  ///   - threads: How many meet.
  ///   - spins: How often who waits looks again before it sleeps, some ten nanoseconds each time.
  init(threads: Int, spins: Int) {
    guard let barrier = nnblas_barrier_create(UInt32(threads), UInt32(spins)) else {
      invariantBroken("no memory for a barrier")
    }
    self.barrier = barrier
  }

  deinit { nnblas_barrier_destroy(barrier) }

  /// Comes, and waits until all have.
  @inline(__always)
  func wait(_ thread: Int) { nnblas_barrier_wait(barrier, UInt32(thread)) }

  /// Thread 0 comes and waits for nobody: the others `follow`.
  @inline(__always)
  func open() { nnblas_barrier_open(barrier) }

  /// Another thread comes, and waits for thread 0 alone.
  @inline(__always)
  func follow(_ thread: Int) { nnblas_barrier_follow(barrier, UInt32(thread)) }

  /// Another thread comes and waits for nobody, while thread 0 waits for all.
  @inline(__always)
  func leave(_ thread: Int) { nnblas_barrier_leave(barrier, UInt32(thread)) }
}

/// How a thread rounds, and whether subnormal results become zero.
struct FloatingPointControl {
  private let control: UInt64

  /// Sets what the engine computes with: to nearest, subnormal numbers to zero, since they would slow a step down by
  /// ten times and more and mean nothing to it.
  ///
  /// - Returns: What the thread had, to be restored.
  static func enterEngine() -> FloatingPointControl {
    let before = nnblas_floating_point_control()
    let wanted = nnblas_engine_floating_point_control()
    if before != wanted { nnblas_set_floating_point_control(wanted) }
    return FloatingPointControl(control: before)
  }

  func restore() {
    if nnblas_floating_point_control() != control { nnblas_set_floating_point_control(control) }
  }
}

/// What else the system is asked for.
enum Platform {
  /// Asks for memory to be brought near.
  @inline(__always)
  static func prefetch(_ start: UnsafeRawPointer, bytes: Int) { nnblas_prefetch(start, bytes) }

  /// The processors that this process may run on, by its affinity mask; at least 1.
  static var allowedProcessors: Int { Int(nnblas_available_processors()) }

  /// Whether they are Intel's.
  static var isIntel: Bool { nnblas_is_intel() }

  /// The C library's version.
  static var libraryVersion: String { String(cString: nnblas_c_library()) }

  /// Names the calling thread for debuggers and monitors, at most 15 characters.
  static func nameThread(_ name: String) { nnblas_name_thread(name) }
}
