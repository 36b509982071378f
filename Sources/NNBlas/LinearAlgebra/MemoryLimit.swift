import Foundation
import Synchronization

/// What limits the memory that this process can have.
public enum MemoryLimit: Hashable, Sendable {
  /// The memory of the machine.
  case machine(bytes: Double)
  /// The limit of a control group that this process is in, as containers have one.
  case controlGroup(bytes: Double)
  /// The system refuses less than those, as it does beyond a limit of addresses.
  case process
}

extension MemoryLimit: CustomStringConvertible {
  /// What follows "expected at most" in a message.
  public var description: String {
    switch self {
    case .machine(let bytes): "the \(gibibytes(bytes)) GiB of this machine's memory"
    case .controlGroup(let bytes): "the \(gibibytes(bytes)) GiB of this process's control group"
    case .process: "what the system gives this process"
    }
  }
}

// MARK: - Asked before memory is needed: allocations of Swift's own end the process where they fail

extension MemoryLimit {
  /// The machine's memory or the least limit of the control groups, whichever is less. Asked of the system once: it is a system call.
  package static let least = least(
    machine: Double(ProcessInfo.processInfo.physicalMemory), controlGroup: ControlGroups.current.memoryBytes)

  /// The bytes of it.
  package static var leastBytes: Double { least.bytes }

  package static func least(machine: Double, controlGroup: Double?) -> MemoryLimit {
    if let controlGroup, controlGroup < machine { return .controlGroup(bytes: controlGroup) }
    return .machine(bytes: machine)
  }

  private var bytes: Double {
    switch self {
    case .machine(let bytes), .controlGroup(let bytes): bytes
    case .process: .infinity
    }
  }

  /// What keeps this process from having so many bytes at once, besides `others` that it has or is to have; nil where it can have them.
  package static func refusing(_ bytes: Double, besides others: Double = 0) -> MemoryLimit? {
    guard bytes + others <= leastBytes else { return least }
    return isGranted(Int(bytes)) ? nil : .process
  }

  /// How many threads have been found to get it: OpenBLAS keeps what it has.
  private static let threadsOfOpenBLAS = Atomic(0)

  /// Whether OpenBLAS gets the memory that it packs operands in: it asks for it, once a thread, without an end where it gets none.
  ///
  /// - Parameter threads: How many call it.
  /// - Returns: The bytes that are missing, or nil.
  static func missingForOpenBLAS(threads: Int) -> Double? {
    // Its BUFFER_SIZE for x86-64 and aarch64, and as much again for all that is between.
    guard threads > threadsOfOpenBLAS.load(ordering: .relaxed) else { return nil }
    let bytes = (threads + 1) << 27
    guard isGranted(bytes) else { return Double(bytes) }
    threadsOfOpenBLAS.store(threads, ordering: .relaxed)
    return nil
  }

  /// What is smaller is not asked for: it is two system calls, in every call of a network on a small batch.
  private static let noticeableBytes = 1 << 20

  /// Whether the system would give this process as many bytes at once.
  private static func isGranted(_ bytes: Int) -> Bool {
    guard bytes >= noticeableBytes else { return true }
    // A mapping and no malloc, which an optimizer may take for granted.
    guard let block = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      block != MAP_FAILED
    else { return false }
    munmap(block, bytes)
    return true
  }
}
