/// A run's folder that cannot be used.
enum RunError: Error, Equatable {
  /// A file in it cannot be written.
  case unwritable(file: String, reason: String)
  /// Another process trains there.
  case locked(folder: String)
}

extension RunError: CustomStringConvertible {
  var description: String {
    switch self {
    case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
    case .locked(let folder):
      "\(folder): another run is under way there; wait for its end, or give another folder with --run"
    }
  }
}

/// A run that a signal has ended before its end.
struct Interruption: Error, CustomStringConvertible {
  /// SIGINT or SIGTERM.
  let signal: Int32
  /// What has been kept, and how to go on.
  let description: String
}
