import Foundation

/// Which files are really in a process's memory, whatever it was linked with.
package struct MemoryMap {
  private let parts: [(addresses: Range<UInt>, path: String)]

  /// This process's, as it is now.
  static var current: MemoryMap {
    // Of this file, which comes in pages, Foundation's other calls read the first.
    let bytes = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd()
    return MemoryMap(String(decoding: bytes ?? Data(), as: UTF8.self))
  }

  /// - Parameter text: Lines like those of Linux's `/proc/self/maps`; what has no path is left out.
  package init(_ text: String) {
    parts = text.split(separator: "\n").compactMap { line in
      // Addresses, permissions, offset, device, inode, and a path that can have spaces.
      let fields = line.split(separator: " ", maxSplits: 5)
      let ends = (fields.first ?? "").split(separator: "-").compactMap { UInt($0, radix: 16) }
      guard fields.count == 6, ends.count == 2, ends[0] < ends[1] else { return nil }
      return (ends[0]..<ends[1], fields[5].trimmingCharacters(in: .whitespaces))
    }
  }

  /// The file that an address is in, or nil.
  package func file(of address: UInt) -> String? { parts.first { $0.addresses.contains(address) }?.path }

  /// The libraries of linear algebra, each once, in alphabetical order.
  package var libraries: [String] { Set(parts.map(\.path).filter(Self.isLibrary)).sorted() }

  /// What their names have in them: OpenBLAS, the system's BLAS, CBLAS, LAPACK and LAPACKE, and those that others take instead.
  private static let names = ["blas", "lapack", "mkl", "blis", "atlas", "flame"]

  private static func isLibrary(_ path: String) -> Bool {
    let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    // A program can be called after one too.
    return name.hasPrefix("lib") && name.contains(".so") && names.contains { name.contains($0) }
  }
}
