import Foundation

/// What the system tells of the processor.
package struct Processor {
  /// A cache of the first core.
  package struct Cache: Encodable, Equatable {
    /// 1 for the nearest.
    package let level: Int
    /// `data`, `instruction` or `unified`.
    package let type: String
    package let bytes: Int
    /// How many of the system's processors have it in common, at least 1.
    package let sharedBy: Int

    package init(level: Int, type: String, bytes: Int, sharedBy: Int) {
      (self.level, self.type, self.bytes, self.sharedBy) = (level, type, bytes, sharedBy)
    }

    /// `L1 data 32 KiB`, `L3 32 MiB for 8`.
    package var summary: String {
      let kind = type == "unified" ? "" : type + " "
      let size = bytes % 1_048_576 == 0 ? "\(bytes / 1_048_576) MiB" : "\(bytes / 1024) KiB"
      return "L\(level) \(kind)\(size)" + (sharedBy > 1 ? " for \(sharedBy)" : "")
    }
  }

  /// The model.
  package let name: String
  /// From the nearest to the farthest; empty where the system does not tell.
  package let caches: [Cache]

  /// - Parameters:
  ///   - information: A file like Linux's `/proc/cpuinfo`.
  ///   - caches: A folder with folders `index0`, `index1`, …, one for each cache.
  package init(
    information: String = "/proc/cpuinfo", caches: String = "/sys/devices/system/cpu/cpu0/cache"
  ) {
    name = Self.name(in: (try? String(contentsOfFile: information, encoding: .utf8)) ?? "")
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: caches)) ?? []
    self.caches = folders.filter { $0.hasPrefix("index") }.compactMap { Self.cache(in: caches + "/" + $0) }
      .sorted { ($0.level, $0.type) < ($1.level, $1.type) }
  }

  private static func name(in information: String) -> String {
    let line = information.split(separator: "\n").first { $0.hasPrefix("model name") }
    let parts = line?.split(separator: ":", maxSplits: 1) ?? []
    return parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : "unknown processor"
  }

  /// The cache that a folder's files describe, or nil where one of them is missing, as in some virtual machines.
  private static func cache(in folder: String) -> Cache? {
    func text(_ name: String) -> String? {
      (try? String(contentsOfFile: folder + "/" + name, encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    guard let level = text("level").flatMap(Int.init), let type = text("type"), let bytes = text("size").flatMap(bytes)
    else { return nil }
    return Cache(
      level: level, type: type.lowercased(), bytes: bytes, sharedBy: max(1, count(text("shared_cpu_list") ?? "")))
  }

  /// `1024K` in bytes.
  private static func bytes(_ text: String) -> Int? {
    let factors: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    guard let factor = text.last.flatMap({ factors[$0] }) else { return Int(text) }
    guard let count = Int(text.dropLast()) else { return nil }
    let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: factor)
    return isTooLarge ? nil : bytes
  }

  /// How many processors a list such as `0-3,8` has.
  private static func count(_ list: String) -> Int {
    list.split(separator: ",").reduce(0) { count, range in
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first >= 0, last >= first, last < Int(Int32.max) else {
        return count
      }
      return count + last - first + 1
    }
  }
}
