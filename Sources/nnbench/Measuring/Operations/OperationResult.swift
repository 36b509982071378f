import Foundation
import NNBlas

/// What timing an operation of BLAS came to: one entry of `results` in the JSON document.
struct OperationResult: TimedResult {
  /// `dgemm nt 10x784x30, 1 thread`: the same in another run of the same measurement.
  let name: String
  let `case`: OperationCase
  let isCold: Bool
  /// Microseconds a call.
  let samples: [Double]
  /// The most by which the result was off, relative to the sum of its summands' absolute values.
  let residual: Double
  /// What percents are of: GFLOP/s, or GB/s where bandwidth bounds the operation; not a number where it was not measured.
  private(set) var ceiling = Double.nan

  func with(_ ceiling: Double) -> OperationResult {
    var result = self
    result.ceiling = ceiling
    return result
  }

  var summary: Summary { Summary(samples) }
  private var operation: Operation { `case`.operation }

  /// 10⁹ floating-point operations a second, at the median.
  var gflops: Double { operation.operations / summary.median / 1e3 }

  /// 10⁹ bytes a second that have to be read and written at least, at the median.
  var gigabytesPerSecond: Double {
    operation.traffic * (`case`.precision == .f32 ? 4 : 8) / summary.median / 1e3
  }

  /// Of all operands, each counted as often as it has to be read or written at least.
  var operationsPerByte: Double {
    operation.operations / (operation.traffic * (`case`.precision == .f32 ? 4 : 8))
  }

  /// GFLOP/s, or GB/s where bandwidth bounds the operation.
  var rate: Double { operation.isBoundByBandwidth ? gigabytesPerSecond : gflops }

  var percentOfPeak: Double { 100 * rate / ceiling }

  private enum CodingKeys: String, CodingKey {
    case name, operation, transpose, extents, precision, threads, cold, uses, unit, samples, microsecondsPerCall
    case operationsPerCall, gflops, gigabytesPerSecond, peakGFLOPS, peakGigabytesPerSecond, percentOfPeak, residual
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(blasName(operation.kind, `case`.precision), forKey: .operation)
    try container.encode(operation.transposes, forKey: .transpose)
    try container.encode(operation.extents, forKey: .extents)
    try container.encode(`case`.precision, forKey: .precision)
    try container.encode(`case`.threads, forKey: .threads)
    try container.encode(isCold, forKey: .cold)
    try container.encode(`case`.uses, forKey: .uses)
    try container.encode(Unit.microseconds, forKey: .unit)
    try container.encode(samples, forKey: .samples)
    try container.encode(summary, forKey: .microsecondsPerCall)
    try container.encode(operation.operations, forKey: .operationsPerCall)
    try container.encode(gflops, forKey: .gflops)
    try container.encode(gigabytesPerSecond, forKey: .gigabytesPerSecond)
    let isBoundByBandwidth = operation.isBoundByBandwidth
    try container.encode(isBoundByBandwidth ? nil : ceiling, forKey: .peakGFLOPS)
    try container.encode(isBoundByBandwidth ? ceiling : nil, forKey: .peakGigabytesPerSecond)
    try container.encode(percentOfPeak, forKey: .percentOfPeak)
    try container.encode(residual, forKey: .residual)
  }

}

// MARK: - The table that people read

extension OperationResult {
  /// A line for each result; where they are workloads' products, under the name of each.
  static func table(_ results: [OperationResult]) -> String {
    let rateName = results.allSatisfy { $0.operation.isBoundByBandwidth } ? "GB/s" : "GFLOP/s"
    let extents = results.contains { $0.operation.kind == .gemm } ? "m×k×n" : "m×n"
    let headings = ["operation", extents, "threads", "µs min", "median", rateName, "% peak", "residual"]
    var workloads: [String] = []
    for use in results.flatMap(\.case.uses) where !workloads.contains(use.workload) { workloads.append(use.workload) }
    guard !workloads.isEmpty else {
      var table = Table(headings)
      for result in results { table.add(result.cells) }
      return table.text
    }
    var table = Table(["product"] + headings)
    for result in results where result.case.uses.isEmpty { table.add(["square"] + result.cells) }
    for workload in workloads {
      table.add(section: workload)
      for result in results {
        for use in result.case.uses where use.workload == workload { table.add([use.name] + result.cells) }
      }
    }
    return table.text
  }

  private var cells: [String] {
    let name = blasName(operation.kind, `case`.precision)
    return [
      operation.transposes.isEmpty ? name : "\(name) \(operation.transposes)",
      operation.extents.map(String.init).joined(separator: "×"), "\(`case`.threads)",
      fixed(summary.min, 2), fixed(summary.median, 2), fixed(rate, 1), fixed(percentOfPeak, 0),
      String(format: "%.1e", residual),
    ]
  }
}
