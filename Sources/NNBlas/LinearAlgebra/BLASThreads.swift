import Foundation

/// The one owner of OpenBLAS's number of threads while NNBlas computes.
///
/// The number is a setting of the whole process, and results depend on it; the engine's workers each call OpenBLAS with one
/// thread. Who begins first saves the host's number and sets 1, who ends last restores it; meanwhile the host's own calls
/// of BLAS run with one thread too. In builds on OpenMP each thread has the setting for itself besides.
enum BLASThreads {
  /// One whose order the thread sanitizer sees, which the lock of Synchronization is not.
  private static let lock = NSLock()
  nonisolated(unsafe) private static var users = 0
  /// What the host had set before the first user.
  nonisolated(unsafe) private static var host = 1

  /// For the calling thread, and until `endSingle` on it.
  static func beginSingle() {
    lock.withLock {
      if users == 0 { host = BLAS.threads }
      if host != 1, users == 0 || BLAS.hasThreadsOfEachThread { BLAS.threads = 1 }
      users += 1
    }
  }

  static func endSingle() {
    lock.withLock {
      users -= 1
      if host != 1, users == 0 || BLAS.hasThreadsOfEachThread { BLAS.threads = host }
    }
  }

  /// For a thread that never computes anything else.
  static func setSingleForever() {
    if BLAS.hasThreadsOfEachThread { lock.withLock { BLAS.threads = 1 } }
  }
}
