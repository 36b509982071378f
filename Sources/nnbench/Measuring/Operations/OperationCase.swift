import NNBlas

/// An operation to be timed: with its precision, OpenBLAS's threads, and what it is there for.
package struct OperationCase: Sendable {
  package let operation: Operation
  package let precision: Precision
  package let threads: Int
  /// Which products of workloads it is; none where nobody asked for a workload.
  package fileprivate(set) var uses: [Use]

  package init(_ operation: Operation, _ precision: Precision, threads: Int, uses: [Use] = []) {
    (self.operation, self.precision, self.threads, self.uses) = (operation, precision, threads, uses)
  }

  /// A product of a workload's step.
  package struct Use: Encodable, Hashable, Sendable {
    package let workload: String
    /// `forward`, `errors` or `gradient`.
    package let product: String
    /// From 1; several where they are alike.
    package fileprivate(set) var layers: [Int]

    /// `gradient 2,3`.
    package var name: String { "\(product) \(layers.map(String.init).joined(separator: ","))" }
  }

  func isSame(as other: OperationCase) -> Bool {
    operation == other.operation && precision == other.precision && threads == other.threads
  }
}

// MARK: - Sets of them

extension OperationCase {
  /// Square products, from what fits the first cache to what fits none.
  package static let squareSizes = [64, 128, 256, 512, 1024, 2048]

  /// The products of a workload's steps, as whole calls; what is alike in several layers comes once.
  ///
  /// Forward X Wᵀ; errors δ W, which the first layer has none of; gradient δᵀ X. Of one example they are vectors' products:
  /// W x, Wᵀ δ and δ xᵀ.
  package static func products(of workload: Workload) -> [(operation: Operation, use: Use)] {
    let batch = workload.batch
    var products: [(operation: Operation, use: Use)] = []
    func add(_ operation: Operation, _ product: String, layer: Int) {
      if let known = products.firstIndex(where: { $0.operation == operation && $0.use.product == product }) {
        products[known].use.layers.append(layer)
      } else {
        products.append((operation, Use(workload: workload.name, product: product, layers: [layer])))
      }
    }
    for (index, (inputs, outputs)) in zip(workload.layers, workload.layers.dropFirst()).enumerated() {
      let layer = index + 1
      if batch == 1 {
        add(.gemv(rows: outputs, columns: inputs, isTransposed: false), "forward", layer: layer)
        if index > 0 { add(.gemv(rows: outputs, columns: inputs, isTransposed: true), "errors", layer: layer) }
        add(.ger(rows: outputs, columns: inputs), "gradient", layer: layer)
      } else {
        add(.gemm(m: batch, k: inputs, n: outputs, .nt), "forward", layer: layer)
        if index > 0 { add(.gemm(m: batch, k: outputs, n: inputs, .nn), "errors", layer: layer) }
        add(.gemm(m: outputs, k: batch, n: inputs, .tn), "gradient", layer: layer)
      }
    }
    return products
  }

  /// What is measured where nothing else is asked for: for products squares and those of every workload, each in its precision;
  /// for vectors the weights of every workload, as single examples meet them.
  package static func standardSet(_ kind: Operation.Kind, threads: [Int]) -> [OperationCase] {
    guard kind == .gemm else {
      let single = Workload.all.map { workload in
        var workload = workload
        workload.batch = 1
        return workload
      }
      return merged(single, threads).filter { $0.operation.kind == kind }
    }
    let squares = squareSizes.flatMap { size in
      Precision.allCases.flatMap { precision in
        threads.map { OperationCase(.gemm(m: size, k: size, n: size, .nn), precision, threads: $0) }
      }
    }
    return squares + merged(Workload.all, threads).filter { $0.operation.kind == kind }
  }

  /// The products of every workload, on one number of threads.
  package static func workloadProducts(threads: Int) -> [OperationCase] { merged(Workload.all, [threads]) }

  /// The products of some workloads; what two of them have in common comes once.
  private static func merged(_ workloads: [Workload], _ threads: [Int]) -> [OperationCase] {
    var cases: [OperationCase] = []
    for workload in workloads {
      for (operation, use) in products(of: workload) {
        for threads in threads {
          let new = OperationCase(operation, workload.precision, threads: threads, uses: [use])
          if let known = cases.firstIndex(where: new.isSame) {
            cases[known].uses.append(use)
          } else {
            cases.append(new)
          }
        }
      }
    }
    return cases
  }
}
