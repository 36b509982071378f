import NNBlas

/// A network, its training settings and a precision: what an epoch is timed on.
package struct Workload: Sendable, Equatable {
  package let name: String
  package let layers: [Int]
  package let batch: Int
  package let learningRate: Double
  package let cost: Cost
  package let precision: Precision

  package init(
    name: String, layers: [Int], batch: Int, learningRate: Double, cost: Cost = .quadratic, precision: Precision = .f64
  ) {
    self.name = name
    self.layers = layers
    self.batch = batch
    self.learningRate = learningRate
    self.cost = cost
    self.precision = precision
  }

  /// The workloads that comparisons use, as `Benchmarks/README.md` lists them.
  package static let all = [
    Workload(name: "nielsen-30", layers: [784, 30, 10], batch: 10, learningRate: 3),
    Workload(name: "nielsen-30-f32", layers: [784, 30, 10], batch: 10, learningRate: 3, precision: .f32),
    Workload(name: "nielsen-100", layers: [784, 100, 10], batch: 10, learningRate: 0.5, cost: .crossEntropy),
    Workload(name: "online-30", layers: [784, 30, 10], batch: 1, learningRate: 0.5),
  ]

  /// The workload of a name.
  ///
  /// - Throws: `UsageError` for an unknown name, with the nearest.
  package static func named(_ name: String) throws(UsageError) -> Workload {
    if let workload = all.first(where: { $0.name == name }) { return workload }
    let names = all.map(\.name)
    throw UsageError(
      "--workload is '\(name)', expected one of \(names.joined(separator: ", "))" + suggestion(for: name, among: names))
  }
}
