import Foundation

/// Threads whose failing to start is told, as Foundation's is not.
enum NativeThread {
  /// Starts a thread that leaves signals to the host's own.
  ///
  /// - Parameters:
  ///   - name: For debuggers and monitors, at most 15 characters.
  ///   - body: What it does.
  /// - Returns: The thread, to be joined or detached, or nil where the system gives none.
  static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> pthread_t? {
    final class Start {
      let name: String
      let body: @Sendable () -> Void
      init(_ name: String, _ body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
    }
    let start = Unmanaged.passRetained(Start(name, body))
    // A new thread has its maker's mask of signals.
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    // What a thread does itself is its own: a crash is reported, a profiler counts it.
    for signal in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGPROF] { sigdelset(&all, signal) }
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        Platform.nameThread(start.name)
        start.body()
        return nil
      }, start.toOpaque())
    guard status == 0 else {
      start.release()
      return nil
    }
    return thread
  }
}
