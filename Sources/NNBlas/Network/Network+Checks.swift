// What the network's entries require of their arguments. The engine behind them runs on shapes that were checked here.

extension Network {
  /// A vector with one element for each input, or, as a target, for each output.
  func check(_ vector: Vector<S>, named name: String, in operation: String, target: Bool = false) throws(ShapeError) {
    let (count, layer) = end(target: target)
    guard vector.count == count else {
      throw .operand(
        operation: operation, name: name, found: vector.shape, expected: .shape(.vector(count)), layer: layer)
    }
  }

  /// A column with one element for each input, or, as a target, for each output.
  func checkColumn(
    _ matrix: Matrix<S>, named name: String, in operation: String, batchLabel: String, target: Bool = false
  ) throws(ShapeError) {
    let (count, layer) = end(target: target)
    guard matrix.shape != .matrix(rows: count, columns: 1) else { return }
    let remedy: String? =
      if matrix.rows == 1 && matrix.columns == count {
        "use \(name).transposed, or \(batchLabel) for one row"
      } else if matrix.columns == count {
        "use \(batchLabel) for rows of examples"
      } else if matrix.rows == count {
        "use \(batchLabel) with \(name).transposed for a batch of examples"
      } else {
        nil
      }
    throw .operand(
      operation: operation, name: name, found: matrix.shape, expected: .column(count), layer: layer, remedy: remedy)
  }

  /// A batch whose rows have one element for each input, or, as targets, for each output.
  func checkRows(_ matrix: Matrix<S>, named name: String, in operation: String, target: Bool = false) throws(ShapeError)
  {
    let (count, layer) = end(target: target)
    guard matrix.columns == count else {
      throw .exampleWidth(
        operation: operation, name: name, found: matrix.shape, quantity: target ? "target" : "input", expected: count,
        layer: layer, remedy: matrix.rows == count ? "use \(name).transposed, a batch's examples are rows" : nil)
    }
  }

  /// A cost that is defined for this network's last layer.
  func check(_ cost: Cost, in operation: String) throws(ShapeError) {
    guard cost.isValid else {
      throw .layerSetting(
        operation: operation, layer: "the cost", name: "the parameter", found: "\(cost)",
        expected: "a threshold above 0, or a label smoothing from 0 to below 1")
    }
    let found = outputActivation
    if let expected = cost.outputActivations, !expected.contains(found) {
      throw .outputActivation(
        operation: operation, cost: cost.description, found: found.description,
        expected: expected.map(\.description).joined(separator: " or "), layer: end(target: true).layer)
    }
    guard cost.rule(outputs: outputs, as: S.self) != nil else {
      throw .layerPlace(
        operation: operation, layer: end(target: true).layer,
        problem: "the cost \(cost) has no function in \(S.precision)",
        remedy: "make a network of the scalar that it is written for")
    }
  }

  /// What the last layer ends in.
  package var outputActivation: Activation {
    switch architecture[architecture.count - 1] {
    case let dense as Dense: dense.activation
    case let activation as Activation: activation
    default: .identity
    }
  }

  /// A data set whose examples fit the network's two ends, and whose targets fit the cost.
  package func check(_ dataset: Dataset, _ cost: Cost, named name: String, in operation: String) throws {
    for (target, width) in [(false, dataset.inputWidth), (true, dataset.targetWidth)] {
      let (count, layer) = end(target: target)
      guard width == count else {
        throw ShapeError.exampleWidth(
          operation: operation, name: name, found: .matrix(rows: dataset.count, columns: width),
          quantity: target ? "target" : "input", expected: count, layer: layer)
      }
    }
    guard dataset.count > 0 else { throw DataError.tooFew(name: name, found: 0, expected: "at least 1") }
    var numbers = [("inputs", dataset.inputs)]
    if case .numbers(let targets) = dataset.targets { numbers.append(("targets", targets)) }
    for (part, matrix) in numbers {
      guard let (row, column, value) = matrix.firstOverflow(in: S.precision) else { continue }
      throw DataError.notFinite(
        name: "\(part) of \(name)", value: "\(value), infinite in \(S.precision),", row: row, column: column)
    }
    try dataset.checkTargets(for: cost, named: name)
  }

  /// A batch that can be worked on: what a pass over it keeps at once fits memory, with this network's parameters: so many
  /// `numbers`, and so many `gradients` of as many elements as there are parameters, besides so many `others` of as many.
  func checkMemory(
    examples: Int, named name: String, in operation: String, numbers: Double, gradients: Int = 0, others: Int = 0,
    remedy: String? = "activations of all layers count; use fewer examples at a time"
  ) throws(ShapeError) {
    let (count, stride) = (Double(storage.layout.count), Double(MemoryLayout<S>.stride))
    try ShapeRules.checkMemory(
      (numbers + count * Double(1 + gradients)) * stride, besides: count * Double(others) * stride,
      for: .matrix(rows: examples, columns: inputs), named: name, in: operation, remedy: remedy)
  }

  /// What an optimizer keeps for each parameter fits memory, with the parameters.
  func checkMemory(_ optimizer: Optimizer, isAveraging: Bool) throws(ShapeError) {
    let count = storage.layout.count
    try ShapeRules.checkMemory(
      Double(count) * Double(1 + optimizer.stateCount + (isAveraging ? 1 : 0)) * Double(MemoryLayout<S>.stride),
      for: .vector(count),
      named: "the optimizer's state", in: "Trainer", remedy: nil)
  }

  /// What checkpoints copy fits memory: so many arrays of as many elements as there are parameters.
  func checkMemory(copies: Int) throws(ShapeError) {
    let count = storage.layout.count
    try ShapeRules.checkMemory(
      Double(count) * Double(copies) * Double(MemoryLayout<S>.stride), for: .vector(count),
      named: "the copies for checkpoints", in: "Trainer", remedy: "set checkpoints to nil to train without them")
  }

  /// The width at one end of the network, and the layer there.
  func end(target: Bool) -> (count: Int, layer: LayerName) {
    let names = storage.layout.names
    let layer = names[target ? names.count - 1 : 0]
    return (target ? layer.outputs : layer.inputs, layer)
  }
}
