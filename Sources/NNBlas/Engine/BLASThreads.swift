import Synchronization

/// The one owner of OpenBLAS's number of threads while NNBlas computes.
///
/// The number is a setting of the whole process, and results depend on it; the engine's workers each call OpenBLAS with one
/// thread. Who begins first saves the host's number and sets 1, who ends last restores it; meanwhile the host's own calls
/// of BLAS run with one thread too.
enum BLASThreads {
  /// The users now, and what the host had set before the first.
  private static let state = Mutex((users: 0, host: 1))

  static func beginSingle() {
    state.withLock { state in
      if state.users == 0 {
        state.host = BLAS.threads
        if state.host != 1 { BLAS.threads = 1 }
      }
      state.users += 1
    }
  }

  static func endSingle() {
    state.withLock { state in
      state.users -= 1
      if state.users == 0, state.host != 1 { BLAS.threads = state.host }
    }
  }
}
