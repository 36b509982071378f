import Foundation
import NNBlas

/// A forward and a backward pass in words: each operation with the shapes that its operands really had.
struct Walkthrough {
  private(set) var lines: [String] = []
  /// Whether values are shown beside shapes; large ones hide more than they show.
  private let showsValues: Bool

  /// One example in vectors.
  ///
  /// - Throws: `ShapeError`, as the library does.
  init(_ network: Network<Double>, x: Vector<Double>, y: Vector<Double>, cost: Cost) throws(ShapeError) {
    let pass = try network.trace(x: x, y: y, cost: cost)
    self.init(network, reading: "x is \(x.shape), y is \(y.shape): one example, a column each")
    try explain(pass, network, y: y, cost: cost)
  }

  /// One example in columns; `reading` says how x and y were read.
  ///
  /// - Throws: `ShapeError`, as the library does.
  init(
    _ network: Network<Double>, x: Matrix<Double>, y: Matrix<Double>, cost: Cost, reading: String
  ) throws(ShapeError) {
    let pass = try network.trace(x: x, y: y, cost: cost)
    self.init(network, reading: reading)
    try explain(pass, network, y: y.flattened, cost: cost)
  }

  /// A batch in rows.
  ///
  /// - Throws: `ShapeError`, as the library does.
  init(_ network: Network<Double>, batch: Matrix<Double>, targets: Matrix<Double>, cost: Cost) throws(ShapeError) {
    let pass = try network.trace(batch: batch, targets: targets, cost: cost)
    self.init(
      network,
      reading: "batch is \(batch.shape), targets are \(targets.shape): \(counted(batch.rows, "example")), one a row")
    try explain(pass, network, targets: targets, cost: cost)
  }

  private init(_ network: Network<Double>, reading: String) {
    showsValues = network.sizes.allSatisfy { $0 <= 6 }
    lines = ["Network \(network)", reading]
  }

  // MARK: One example: columns

  private mutating func explain(
    _ pass: Backpropagation<Vector<Double>, Double>, _ network: Network<Double>, y: Vector<Double>, cost: Cost
  ) throws(ShapeError) {
    let (layers, gradients) = (network.layers, pass.gradient.layers)
    let last = layers.count
    heading("Forward")
    add("a0 = x \(shape(pass.activations[0]))", value: pass.activations[0])
    for (index, layer) in layers.enumerated() {
      let (number, input, a) = (index + 1, pass.activations[index], pass.activations[index + 1])
      var z = layer.biases
      try BLAS.gemv(layer.weights, input, beta: 1, into: &z)
      add("W\(number) (\(layer.weights.shape)), b\(number) \(shape(layer.biases))", value: layer.weights, layer.biases)
      add(
        "z\(number) = W\(number) (\(layer.weights.shape)) · a\(index) \(shape(input)) + b\(number) \(shape(layer.biases)) "
          + "→ \(shape(z))", call: "gemv", value: z)
      add("a\(number) = σ(z\(number)) → \(shape(a))", value: a)
    }
    add("C = \(formula(cost, "a\(last)")) = \(String(format: "%.6g", pass.gradient.cost))")
    heading("Backward")
    for index in layers.indices.reversed() {
      let (number, delta, layer) = (index + 1, pass.errors[index], gradients[index])
      if number == last {
        let factor = cost == .quadratic ? " ⊙ σ′(z\(number)) \(shape(delta))" : ""
        add("δ\(number) = (a\(number) \(shape(delta)) − y \(shape(y)))\(factor) → \(shape(delta))", value: delta)
      } else {
        let (next, weights) = (pass.errors[number], layers[number].weights)
        add(
          "δ\(number) = W\(number + 1)ᵀ (\(weights.transposed.shape)) · δ\(number + 1) \(shape(next)) "
            + "⊙ σ′(z\(number)) \(shape(delta)) → \(shape(delta))", call: "gemv", value: delta)
      }
      let input = pass.activations[index]
      add("∇b\(number) = δ\(number) → \(shape(layer.biases))", value: layer.biases)
      add(
        "∇W\(number) = δ\(number) \(shape(delta)) · a\(index)ᵀ (\(input.row.shape)) → (\(layer.weights.shape))",
        call: "ger",
        value: layer.weights)
    }
  }

  // MARK: A batch: rows

  private mutating func explain(
    _ pass: Backpropagation<Matrix<Double>, Double>, _ network: Network<Double>, targets: Matrix<Double>, cost: Cost
  ) throws(ShapeError) {
    let (layers, gradients) = (network.layers, pass.gradient.layers)
    let last = layers.count
    let examples = targets.rows
    heading("Forward")
    add("A0 = batch (\(pass.activations[0].shape))", value: pass.activations[0])
    for (index, layer) in layers.enumerated() {
      let (number, input, a) = (index + 1, pass.activations[index], pass.activations[index + 1])
      var z = try Matrix(Array(repeating: layer.biases.elements, count: examples))
      try BLAS.gemm(input, layer.weights.transposed, beta: 1, into: &z)
      add("W\(number) (\(layer.weights.shape)), b\(number) \(shape(layer.biases))", value: layer.weights, layer.biases)
      add(
        "Z\(number) = A\(index) (\(input.shape)) · W\(number)ᵀ (\(layer.weights.transposed.shape)) "
          + "+ b\(number)ᵀ to every row → (\(z.shape))", call: "gemm", value: z)
      add("A\(number) = σ(Z\(number)) → (\(a.shape))", value: a)
    }
    add(
      "C = mean over \(counted(examples, "example")) of \(formula(cost, "a\(last)")) = \(String(format: "%.6g", pass.gradient.cost))"
    )
    heading("Backward")
    for index in layers.indices.reversed() {
      let (number, delta, layer) = (index + 1, pass.errors[index], gradients[index])
      if number == last {
        let factor = cost == .quadratic ? " ⊙ σ′(Z\(number)) (\(delta.shape))" : ""
        add(
          "δ\(number) = (A\(number) (\(delta.shape)) − targets (\(targets.shape)))\(factor) → (\(delta.shape))",
          value: delta)
      } else {
        let (next, weights) = (pass.errors[number], layers[number].weights)
        add(
          "δ\(number) = δ\(number + 1) (\(next.shape)) · W\(number + 1) (\(weights.shape)) ⊙ σ′(Z\(number)) (\(delta.shape)) "
            + "→ (\(delta.shape))", call: "gemm", value: delta)
      }
      let input = pass.activations[index]
      add(
        "∇b\(number) = δ\(number)ᵀ (\(delta.transposed.shape)) · 1 (\(examples)×1) / \(examples) → \(shape(layer.biases))",
        call: "gemv", value: layer.biases)
      add(
        "∇W\(number) = δ\(number)ᵀ (\(delta.transposed.shape)) · A\(index) (\(input.shape)) / \(examples) "
          + "→ (\(layer.weights.shape))", call: "gemm", value: layer.weights)
    }
  }

  // MARK: Lines

  private mutating func heading(_ title: String) { lines += ["", title] }

  private mutating func add(_ text: String, call: String? = nil, value: any WalkthroughValue...) {
    lines.append("  " + text + (call.map { "   " + $0 } ?? ""))
    guard showsValues else { return }
    if !value.isEmpty { lines.append("      = " + value.map(\.shortDescription).joined(separator: ", ")) }
  }

  /// A vector's shape as the column that it is in the formulas: `(2×1)`.
  private func shape(_ vector: Vector<Double>) -> String { "(\(vector.column.shape))" }

  private func formula(_ cost: Cost, _ a: String) -> String {
    switch cost {
    case .quadratic: "½‖\(a) − y‖²"
    case .crossEntropy: "−Σ (y ln \(a) + (1 − y) ln(1 − \(a)))"
    case .softmaxCrossEntropy, .smoothedSoftmaxCrossEntropy: "−Σ y ln softmax(\(a))"
    case .meanSquaredError: "‖\(a) − y‖² / K"
    case .meanAbsoluteError: "Σ |\(a) − y| / K"
    case .huber, .custom: "Σ \(cost)(\(a) − y) / K"
    }
  }
}

/// Something whose elements are shown with six significant digits: enough to follow, short enough to read.
private protocol WalkthroughValue {
  var shortDescription: String { get }
}

extension Vector<Double>: WalkthroughValue {
  fileprivate var shortDescription: String {
    "[" + elements.map { String(format: "%.6g", $0) }.joined(separator: ", ") + "]"
  }
}

extension Matrix<Double>: WalkthroughValue {
  fileprivate var shortDescription: String {
    "[" + (0..<rows).map { row($0).shortDescription }.joined(separator: ", ") + "]"
  }
}
