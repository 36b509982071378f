import Foundation
import NNBlas

/// A file that TensorBoard shows a run's numbers from, while they come.
package final class EventFile {
  private let file: AppendedFile

  /// Makes a file in a folder, under a name that TensorBoard reads after those that are there.
  ///
  /// - Parameters:
  ///   - folder: An existing folder.
  ///   - step: The last step that still counts of earlier files, for a run that continues; nil for a new one.
  ///   - date: When it starts.
  /// - Throws: `ModelFileError.unwritable` with the system's reason.
  package init(in folder: String, resumedAfter step: Int? = nil, date: Date = Date()) throws(ModelFileError) {
    file = try Self.new(in: folder, date)
    do throws(ModelFileError) {
      let time = date.timeIntervalSince1970
      try file.append(EventRecord(.version, wallTime: time).bytes)
      // TensorBoard takes a second start, and no first one, for a run that continues; it forgets the start's step too.
      try file.append(EventRecord(.start, step: step.map { min($0, .max - 1) + 1 } ?? 0, wallTime: time).bytes)
    } catch {
      unlink(file.path)
      throw error
    }
  }

  package var path: String { file.path }

  /// Adds what was measured at a step; one that is no number is shown as a gap.
  ///
  /// - Parameters:
  ///   - scalars: The numbers.
  ///   - step: The steps since the run's beginning.
  ///   - date: When they were measured.
  /// - Throws: `ModelFileError.unwritable` with the system's reason; the file is then as it was.
  package func append(_ scalars: [EventRecord.Scalar], step: Int, date: Date = Date()) throws(ModelFileError) {
    try file.append(EventRecord(.scalars(scalars), step: step, wallTime: date.timeIntervalSince1970).bytes)
  }

  /// Closes the file; nothing can be added any more.
  ///
  /// - Throws: `ModelFileError.unwritable` with the system's reason.
  package func close() throws(ModelFileError) { try file.close() }

  // MARK: - Names

  private static let prefix = "events.out.tfevents."

  /// TensorBoard reads the files of a folder in the order of their names: a run that continues within the same second, or after the
  /// clock was set back, has a later second in its name.
  private static func new(in folder: String, _ date: Date) throws(ModelFileError) -> AppendedFile {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let now = Int(max(0, min(date.timeIntervalSince1970, Double(lastSecond))))
    var second = max(now, (names.compactMap(self.second).max() ?? -1) + 1)
    while true {
      let name = prefix + String(format: "%010d", second) + ".\(host).\(ProcessInfo.processInfo.processIdentifier)"
      if let file = try AppendedFile.new(folder + "/" + name) { return file }
      second += 1
    }
  }

  /// What ten digits hold.
  private static let lastSecond = 9_999_999_999

  /// The second in a file's name; nil for other files, and where none follows.
  private static func second(in name: String) -> Int? {
    guard name.hasPrefix(prefix) else { return nil }
    let digits = name.dropFirst(prefix.count).prefix { $0 != "." }
    return digits.count == 10 ? Int(digits).flatMap { (0..<lastSecond).contains($0) ? $0 : nil } : nil
  }

  /// The machine's name as it is set: Foundation's asks the network.
  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
    let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.isEmpty || text.contains("/") ? "localhost" : text
  }
}
