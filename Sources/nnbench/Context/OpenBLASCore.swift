import NNBlas

/// The kernels of OpenBLAS in use, held against what the processor could run.
package struct OpenBLASCore {
  /// What vectors some kernels are made for, on x86-64.
  package enum Level: Int, Comparable, CustomStringConvertible {
    case sse, avx, avx2, avx512

    package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }

    package var description: String { ["SSE", "AVX", "AVX2", "AVX-512"][rawValue] }
  }

  /// The names that OpenBLAS has for its kernels ("dynamic.c" of version 0.3.30), by their level.
  private static let names: [(level: Level, cores: String)] = [
    (
      .sse,
      "katmai coppermine northwood banias prescott core2 penryn dunnington atom nano nehalem athlon opteron opteron_sse3 "
        + "barcelona bobcat"
    ),
    (.avx, "sandybridge bulldozer piledriver steamroller"), (.avx2, "excavator haswell zen"),
    (.avx512, "skylakex cooperlake sapphirerapids"),
  ]

  /// The level of kernels that OpenBLAS calls by a name; nil for unknown ones, and for those of other architectures.
  package static func level(of core: String) -> Level? {
    names.first { $0.cores.split(separator: " ").contains { $0 == core.lowercased() } }?.level
  }

  let name: String
  /// The kernels with the widest instructions that the processor allows; nil where it has no AVX2.
  let widest: String?
  /// The environment variable OPENBLAS_CORETYPE.
  let request: String?
  /// The library's version and build options.
  let configuration: String

  package init(name: String, widest: String?, request: String?, configuration: String) {
    (self.name, self.widest, self.request, self.configuration) = (name, widest, request, configuration)
  }

  /// What to warn of where the kernels are below the processor, and what to do about it; else nil.
  package var warning: String? {
    guard let widest, let level = Self.level(of: name), let possible = Self.level(of: widest), level < possible else {
      return nil
    }
    // From SSE to AVX2 is a doubled width and fused multiplication; from AVX2 to AVX-512, some processors gain little.
    let loss = level == .sse ? "several times slower" : "which may be slower"
    return
      "OpenBLAS uses its \(name) kernels, made for \(level), on a processor with \(possible), \(loss): "
      + remedy(widest)
  }

  private func remedy(_ widest: String) -> String {
    guard configuration.contains("DYNAMIC_ARCH") else {
      return "this OpenBLAS has no others; install one that was built with DYNAMIC_ARCH, such as libopenblas0-pthread"
    }
    if let request { return "OPENBLAS_CORETYPE is '\(request)'; unset it, or set it to \(widest)" }
    let version = configuration.split(separator: " ").prefix(2).joined(separator: " ")
    let reason = name == "Prescott" ? "does not know this processor" : "chose them"
    return "\(version) \(reason); set OPENBLAS_CORETYPE=\(widest)"
  }
}
