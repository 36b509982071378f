import Foundation
import NNBlas

/// A ceiling of the processor: one entry of `results` in the JSON document.
struct PeakResult: TimedResult {
  /// What was measured.
  enum Kind: Hashable {
    /// Fused multiply-adds on registers.
    case multiplyAdd(Precision)
    /// The triad a ← b + s c over so many bytes of each thread.
    case triad(bytes: Int)
  }

  let kind: Kind
  let threads: Int
  /// GFLOP/s or GB/s.
  let samples: [Double]
  /// How many independent chains of multiply-adds were best.
  var chains: Int?

  var name: String {
    let what =
      switch kind {
      case .multiplyAdd(let precision): "multiply-add \(precision)"
      case .triad(let bytes): "triad \(bytesInWords(bytes))"
      }
    return "\(what), \(counted(threads, "thread"))"
  }

  var summary: Summary { Summary(samples) }
  var best: Double { samples.max() ?? .nan }
  var unit: Unit { if case .multiplyAdd = kind { .gflops } else { .gigabytes } }

  private enum CodingKeys: String, CodingKey {
    case name, kind, precision, bytes, threads, chains, unit, samples, best, median, spread
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    switch kind {
    case .multiplyAdd(let precision):
      try container.encode("multiply-add", forKey: .kind)
      try container.encode(precision, forKey: .precision)
      try container.encodeNil(forKey: .bytes)
    case .triad(let bytes):
      try container.encode("triad", forKey: .kind)
      try container.encode(Precision.f64, forKey: .precision)
      try container.encode(bytes, forKey: .bytes)
    }
    try container.encode(threads, forKey: .threads)
    try container.encode(chains, forKey: .chains)
    try container.encode(unit, forKey: .unit)
    try container.encode(samples, forKey: .samples)
    try container.encode(best, forKey: .best)
    try container.encode(summary.median, forKey: .median)
    try container.encode(summary.spread, forKey: .spread)
  }
}

// MARK: - Measuring

extension PeakResult {
  /// The working sets of the triad on so many threads, each with its own: from what fits a first cache to what fits none, as far as all
  /// together fit half the memory that there is.
  static func workingSets(threads: Int) -> [Int] {
    let room = Int(MemoryLimit.leastBytes / 2)
    return (14...29).map { 1 << $0 }.filter { $0 <= room / threads }
  }

  /// All ceilings, for each number of threads.
  static func measure(threads: [Int]) -> [PeakResult] {
    let progress = ProgressLine()
    defer { progress.clear() }
    var results: [PeakResult] = []
    for precision in Precision.allCases {
      for threads in threads {
        progress.update("Measuring multiply-adds, \(precision), \(counted(threads, "thread"))")
        let (ceiling, chains) = Ceiling.multiplyAdd(precision, threads: threads, runs: 10)
        results.append(
          PeakResult(kind: .multiplyAdd(precision), threads: threads, samples: ceiling.samples, chains: chains))
      }
    }
    for bytes in workingSets(threads: threads.max() ?? 1) {
      for threads in threads {
        progress.update("Measuring the triad, \(bytesInWords(bytes)), \(counted(threads, "thread"))")
        let samples = Ceiling.bandwidth(.triad, bytes: bytes, threads: threads, runs: 7).samples
        results.append(PeakResult(kind: .triad(bytes: bytes), threads: threads, samples: samples))
      }
    }
    return results
  }
}

// MARK: - The tables that people read

extension PeakResult {
  /// Multiply-adds, then bandwidths; a column for each number of threads.
  static func tables(_ results: [PeakResult], threads: [Int]) -> [String] {
    func headings(_ unit: Unit) -> [String] { threads.map { "\(unit.rawValue), \(counted($0, "thread"))" } }
    var peaks = Table(["multiply-adds"] + headings(.gflops) + ["chains"])
    var bandwidths = Table(["triad over, each thread"] + headings(.gigabytes))
    func row(_ kind: Kind) -> [PeakResult] {
      threads.compactMap { threads in results.first { $0.kind == kind && $0.threads == threads } }
    }
    for precision in Precision.allCases {
      let row = row(.multiplyAdd(precision))
      let chains = row.map { $0.chains.map(String.init) ?? "" }.joined(separator: ", ")
      peaks.add(["\(precision)"] + row.map { fixed($0.best, 1) } + [chains])
    }
    for bytes in workingSets(threads: threads.max() ?? 1) {
      bandwidths.add([bytesInWords(bytes)] + row(.triad(bytes: bytes)).map { fixed($0.best, 1) })
    }
    return [peaks.text, bandwidths.text]
  }
}

/// `16 KiB`, `1 MiB`.
func bytesInWords(_ bytes: Int) -> String {
  bytes < 1 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB"
}
