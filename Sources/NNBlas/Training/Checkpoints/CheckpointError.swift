/// A checkpoint that cannot be written, or that nobody can go on from.
public enum CheckpointError: Error, Equatable, Sendable {
  /// The file or its folder cannot be read.
  case unreadable(file: String, reason: String)
  /// The file is not what was written: cut short, changed, or of another kind.
  case damaged(file: String, reason: String)
  /// There is no checkpoint to go on from: the run has not begun, or was killed before the first one.
  case nothingToResume(folder: String)
  /// All checkpoints that there are are damaged.
  case allDamaged(folder: String, damaged: [String])
  /// The run was of another network, other data or other settings.
  case misfit(file: String, name: String, found: String, expected: String)
  /// The run computed with something else, and to other bits.
  case otherEnvironment(file: String, differences: [String])
  /// The folder has checkpoints of a run that is not the one under way.
  case occupied(folder: String)
  /// Another trainer writes into the folder.
  case inUse(folder: String)
  /// It cannot be written; those before it are as they were.
  case unwritable(file: String, reason: String)
}

extension CheckpointError: CustomStringConvertible {
  /// The whole message: file, what is wrong, remedy.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .damaged(let file, let reason): "\(file): damaged: \(reason)"
    case .nothingToResume(let folder):
      "\(folder): there is no checkpoint to resume from; start the run without resuming"
    case .allDamaged(let folder, let damaged):
      "\(folder): no checkpoint to resume from is whole: \(damaged.joined(separator: "; ")); start the run anew, in another folder"
    case .misfit(let file, let name, let found, let expected):
      "\(file): \(name) is \(found), expected \(expected), as in the run that is resumed"
    case .otherEnvironment(let file, let differences):
      "\(file): the rest of the run would come to other bits: \(differences.joined(separator: ", ")); resume where it began, or not strictly"
    case .occupied(let folder):
      "\(folder): has checkpoints of another run; resume that, or give another folder"
    case .inUse(let folder):
      "\(folder): another run writes its checkpoints there; wait for its end, or give another folder"
    case .unwritable(let file, let reason):
      "\(file): the checkpoint cannot be written: \(reason); those before it are as they were"
    }
  }
}
