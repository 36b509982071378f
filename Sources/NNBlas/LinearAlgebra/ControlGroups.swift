import Foundation

/// The control groups that a process is in: by them a system, or a container, limits what it may use.
///
/// There are two versions, side by side on some systems. Of what cannot be read, or says nothing, there is no limit.
package struct ControlGroups: Sendable {
  /// The folders of version 2, and of version 1's for memory, each with those that it lies in.
  private let folders: (unified: [String], memory: [String])

  /// This process's, asked of the system once.
  package static let current = ControlGroups(
    (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? "", below: "/sys/fs/cgroup")

  /// - Parameters:
  ///   - text: Lines like those of Linux's `/proc/self/cgroup`: `0::/a/b` for version 2, `4:memory:/a/b` for version 1.
  ///   - root: Where the groups are shown as folders.
  package init(_ text: String, below root: String) {
    var (unified, memory) = ("/", (controllers: "memory", group: "/"))
    for line in text.split(separator: "\n") {
      // A group's name can have colons.
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 3 else { continue }
      if fields[1].isEmpty { unified = fields[2] }
      if fields[1].split(separator: ",").contains("memory") { memory = (fields[1], fields[2]) }
    }
    // Beside version 1 the other has a folder of its own. Version 1 has a folder for each list of controllers.
    folders = (
      unified: [root, root + "/unified"].flatMap { Self.folders(of: unified, below: $0) },
      memory: Set(["memory", memory.controllers]).sorted().flatMap {
        Self.folders(of: memory.group, below: root + "/" + $0)
      }
    )
  }

  /// The folder of a group and those that it lies in. The outermost is among them: a container may see the limit of its group there
  /// while the group's name is its host's.
  private static func folders(of group: String, below root: String) -> [String] {
    // A name that leads out of what is shown has nothing to show.
    group.split(separator: "/").prefix { $0 != ".." }.reduce(into: [root]) { folders, name in
      folders.append(folders[folders.count - 1] + "/" + name)
    }
  }

  /// What a file of version 2 holds in each group that has it.
  package func contents(of file: String) -> [String] { Self.contents(of: file, in: folders.unified) }

  private static func contents(of file: String, in folders: [String]) -> [String] {
    folders.compactMap { try? String(contentsOfFile: $0 + "/" + file, encoding: .utf8) }
  }

  /// The least limit of memory, in bytes; nil where no group has one. Version 1 has numbers near 2⁶³ for none.
  package var memoryBytes: Double? {
    let texts = contents(of: "memory.max") + Self.contents(of: "memory.limit_in_bytes", in: folders.memory)
    // Nothing could run in a group without any.
    let limits = texts.compactMap { UInt64($0.trimmingCharacters(in: .whitespacesAndNewlines)) }.filter { $0 > 0 }
    return limits.min().map { Double($0) }
  }
}
