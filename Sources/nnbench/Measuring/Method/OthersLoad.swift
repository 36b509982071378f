import Foundation

/// What other processes compute.
package enum OthersLoad {
  /// How many processors other processes use, over a look of the given seconds; 0 where the system does not tell.
  package static func processors(seconds: Double = 0.1) -> Double {
    guard let before = reading() else { return 0 }
    Thread.sleep(forTimeInterval: seconds)
    guard let after = reading(), after.wall > before.wall else { return 0 }
    let others = (after.busy - before.busy) - (after.own - before.own)
    return max(0, others / (after.wall - before.wall))
  }

  private static func reading() -> (busy: Double, own: Double, wall: Double)? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8), let ticks = busyTicks(in: text) else {
      return nil
    }
    let wall = Double(DispatchTime.now().uptimeNanoseconds) * 1e-9
    return (ticks / Double(max(1, sysconf(Int32(_SC_CLK_TCK)))), Machine.processorSeconds, wall)
  }

  /// The ticks that all processors have worked so far, by the first line of /proc/stat: user, nice, system, idle, iowait, irq,
  /// softirq and steal, of which idle and iowait are no work.
  package static func busyTicks(in text: String) -> Double? {
    let words = text.prefix { $0 != "\n" }.split(separator: " ")
    guard words.first == "cpu", words.count > 8 else { return nil }
    return [1, 2, 3, 6, 7, 8].reduce(0) { $0 + (Double(words[$1]) ?? 0) }
  }
}
