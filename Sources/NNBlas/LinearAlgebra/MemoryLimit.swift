import Foundation

/// How much memory there is, asked before it is needed: allocations of Swift's own end the process where they fail.
enum MemoryLimit {
  /// What is smaller is not asked for: it is two system calls, in every call of a network on a small batch.
  private static let noticeableBytes = 1 << 20

  /// The machine's memory. Asked of the system once: it is a system call.
  static let physicalBytes = Double(ProcessInfo.processInfo.physicalMemory)

  /// Whether the system would give this process as many bytes at once: a limit on its address space may be lower than
  /// the machine's memory.
  static func isGranted(_ bytes: Int) -> Bool {
    guard bytes >= noticeableBytes else { return true }
    // A mapping and no malloc, which an optimizer may take for granted.
    guard let block = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      block != MAP_FAILED
    else { return false }
    munmap(block, bytes)
    return true
  }
}
