import NNBlas

extension Sweep {
  /// What a step costs and how fast it is, over what the sweep changes, as an SVG document.
  func plot(of base: Workload, _ points: [Point], _ results: [EpochResult], conditions: String) -> String {
    let x = Axis(axisLabel, .powersOfTwo)
    func line(_ value: (EpochResult) -> Double, _ unit: String) -> [Chart.Point] {
      zip(points, results).map { point, result in
        Chart.Point(
          Double(point.value), value(result), "\(singular) \(point.value): \(significant(value(result))) \(unit)")
      }
    }
    var time = Chart(title: title(of: base), x: x, y: Axis("time a step, µs", .powersOfTen))
    time.addLine("a step", line({ $0.microsecondsPerStep.median }, "µs"), color: 0)
    time.addLine("its products alone", line({ $0.productsOnly.microseconds }, "µs"), color: 1)
    // A peak that was measured in a slow moment can be surpassed.
    let most = results.flatMap { [$0.percentOfPeak, 100 * $0.productsOnly.gflops / $0.peakGFLOPS] }.reduce(100, max)
    var speed = Chart(
      title: "Speed, of the multiply-add peak of as many threads", x: x, y: Axis("% of peak", .linear, range: 0...most))
    speed.addLine("a step", line({ $0.percentOfPeak }, "% of peak"), color: 0)
    speed.addLine("its products alone", line({ 100 * $0.productsOnly.gflops / $0.peakGFLOPS }, "% of peak"), color: 1)
    return Chart.svg([time, speed], subtitle: conditions)
  }

  private var axisLabel: String {
    switch self {
    case .widths: "neurons in each hidden layer"
    case .batches: "examples in a batch"
    case .threads: "threads"
    }
  }
}
