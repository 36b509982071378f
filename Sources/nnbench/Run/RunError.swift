/// A run's folder in which another process trains.
struct RunLocked: Error, CustomStringConvertible {
  let folder: String

  var description: String {
    "\(folder): another run is under way there; wait for its end, or give another folder with --run"
  }
}

/// A run that a signal has ended before its end.
struct Interruption: Error, CustomStringConvertible {
  /// SIGINT or SIGTERM.
  let signal: Int32
  /// What has been kept, and how to go on.
  let description: String
}
