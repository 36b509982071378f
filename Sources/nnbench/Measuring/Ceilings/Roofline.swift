import NNBlas

/// The roofline of one thread: what multiply-adds and bandwidth allow for how many operations a byte has (Williams, Waterman and
/// Patterson, "Roofline", Communications of the ACM 52, 2009), with the products of the workloads where they are.
///
/// - Parameters:
///   - peaks: The ceilings.
///   - caches: The processor's.
///   - operations: What was timed on one thread.
///   - conditions: Where, in words.
/// - Returns: An SVG document.
func roofline(
  _ peaks: [PeakResult], caches: [Processor.Cache], _ operations: [OperationResult], conditions: String
) -> String {
  let peaks = peaks.filter { $0.threads == 1 }
  let intensities = operations.map(\.operationsPerByte)
  let (least, most) = ((intensities.min() ?? 0.1) / 2, (intensities.max() ?? 100) * 2)
  let top = peaks.filter { $0.unit == .gflops }.map(\.best).max() ?? 1
  let bottom = min(top / 10, operations.map(\.gflops).min() ?? top)
  var chart = Chart(
    title: "Roofline of one thread, and the products of the workloads' layers",
    x: Axis("arithmetic intensity, operations a byte of the operands", .powersOfTen, range: least...most),
    // Room for a name above the highest line.
    y: Axis("speed, GFLOP/s", .powersOfTen, range: bottom / 2...top * 1.6))

  let dashes: [Chart.Dash] = [.solid, .long, .short, .dotted]
  for ((name, peak), dash) in zip(bandwidths(peaks, caches), dashes) {
    let points = [max(least, bottom / 2 / peak.best), top / peak.best].map { Chart.Point($0, $0 * peak.best, "") }
    chart.addLimit("\(name), \(fixed(peak.best, 0)) GB/s", points, dash)
  }
  for peak in peaks {
    guard case .multiplyAdd(let precision) = peak.kind else { continue }
    let points = [least, most].map { Chart.Point($0, peak.best, "") }
    chart.addLimit("multiply-adds \(precision), \(fixed(peak.best, 0)) GFLOP/s", points, .solid, isNamedInPlace: true)
  }
  let shapes: [(product: String, shape: Chart.Shape)] = [
    ("forward", .circle), ("errors", .square), ("gradient", .triangle),
  ]
  for (color, workload) in Workload.all.enumerated() {
    for (product, shape) in shapes {
      let points = operations.flatMap { result in
        result.case.uses.filter { $0.workload == workload.name && $0.product == product }.map { use in
          Chart.Point(
            result.operationsPerByte, result.gflops,
            "\(workload.name), \(use.name): \(result.name), \(fixed(result.gflops, 1)) GFLOP/s")
        }
      }
      chart.addPoints(workload.name, points, color: color, shape)
    }
  }
  for (product, shape) in shapes { chart.addKey(product, shape) }
  return Chart.svg([chart], subtitle: conditions)
}

/// The triad's bandwidth where its arrays fill half of each cache, and where they fit none.
private func bandwidths(_ peaks: [PeakResult], _ caches: [Processor.Cache]) -> [(name: String, peak: PeakResult)] {
  let triads = peaks.compactMap { peak in
    if case .triad(let bytes) = peak.kind { (bytes: bytes, peak: peak) } else { nil }
  }
  let levels = caches.filter { $0.type != "instruction" }.compactMap { cache in
    triads.last { $0.bytes <= cache.bytes / cache.sharedBy / 2 }.map { ("L\(cache.level) cache", $0.peak) }
  }
  return levels.suffix(3) + (triads.last.map { [("memory", $0.peak)] } ?? [])
}
