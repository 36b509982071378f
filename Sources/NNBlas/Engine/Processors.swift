/// The processors that this process may use.
package enum Processors {
  /// By the affinity mask of the thread that asks first and by the quotas of the control groups (version 2), whichever is
  /// least; at least 1. Asked of the system once.
  package static let available = max(1, min(allowed, quota.map { Int(min($0.rounded(.up), 1e6)) } ?? .max))

  /// By the affinity mask alone.
  package static let allowed = Platform.allowedProcessors

  /// By the quotas alone, in processors; nil where there is none.
  package static let quota: Double? = quota(of: .current)

  /// The least quota of control groups, in processors; nil where none has one.
  package static func quota(of groups: ControlGroups) -> Double? {
    groups.contents(of: "cpu.max").compactMap(quota).min()
  }

  /// The processors' worth of time in a `cpu.max` file, "200000 100000", or nil for no limit.
  private static func quota(in text: String) -> Double? {
    let numbers = text.split(whereSeparator: \.isWhitespace)
    guard numbers.count == 2, let time = Double(numbers[0]), let period = Double(numbers[1]), time > 0, period > 0
    else { return nil }
    return time / period
  }
}
