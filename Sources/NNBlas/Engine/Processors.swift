import Foundation

/// The processors that this process may use.
package enum Processors {
  /// By the affinity mask of the thread that asks first and by the quotas of the control groups (version 2), whichever is
  /// least; at least 1. Asked of the system once.
  package static let available = max(1, min(allowed, quota.map { Int(min($0.rounded(.up), 1e6)) } ?? .max))

  /// By the affinity mask alone.
  package static let allowed = Platform.allowedProcessors

  /// By the quotas alone, in processors; nil where there is none.
  package static let quota: Double? = {
    let group = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)).flatMap(Self.group(in:)) ?? "/"
    return quota(of: group, below: "/sys/fs/cgroup")
  }()

  /// The control group that a `/proc/self/cgroup` names, "0::/a/b", or nil without one of version 2.
  package static func group(in text: String) -> String? {
    text.split(separator: "\n").first { $0.hasPrefix("0::/") }.map { String($0.dropFirst(3)) }
  }

  /// The least quota of a control group and of those it lies in, in processors; nil where none has one.
  package static func quota(of group: String, below root: String) -> Double? {
    var folders = [root]
    for name in group.split(separator: "/") where name != ".." {
      folders.append(folders[folders.count - 1] + "/" + name)
    }
    return folders.compactMap { quota(in: $0 + "/cpu.max") }.min()
  }

  /// The processors' worth of time in a `cpu.max` file, "200000 100000", or nil for no limit or no such file.
  private static func quota(in path: String) -> Double? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let numbers = text.split(whereSeparator: \.isWhitespace)
    guard numbers.count == 2, let time = Double(numbers[0]), let period = Double(numbers[1]), time > 0, period > 0
    else { return nil }
    return time / period
  }
}
