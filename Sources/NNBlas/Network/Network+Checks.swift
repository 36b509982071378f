// What the network's entries require of their arguments. The engine behind them runs on shapes that were checked here.

extension Network {
  /// Sizes that a network can have on this machine, found out before anything is drawn.
  ///
  /// - Throws: As `init(sizes:initializer:seed:)`.
  package static func check(sizes: [Int]) throws(ShapeError) {
    _ = try ParameterLayout(sizes: sizes, scalar: S.self, operation: "Network")
  }

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
    let found = activations[activations.count - 1]
    guard let expected = cost.outputActivation, found != expected else { return }
    throw .outputActivation(
      operation: operation, cost: cost.rawValue, found: found.rawValue, expected: expected.rawValue,
      layer: end(target: true).layer)
  }

  /// A data set whose examples fit the network's two ends.
  func check(_ dataset: Dataset, named name: String, in operation: String) throws {
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
  }

  /// A batch that can be worked on: what a pass over it keeps at once fits memory, with this network's parameters: so many
  /// `numbers`, and so many `gradients` of as many elements as there are parameters.
  func checkMemory(
    examples: Int, named name: String, in operation: String, numbers: Double, gradients: Int = 0,
    remedy: String? = "activations of all layers count; use fewer examples at a time"
  ) throws(ShapeError) {
    let parameters = Double(storage.layout.count) * Double(1 + gradients)
    try ShapeRules.checkMemory(
      (numbers + parameters) * Double(MemoryLayout<S>.stride), for: .matrix(rows: examples, columns: sizes[0]),
      named: name, in: operation, remedy: remedy)
  }

  /// What an optimizer keeps for each parameter fits memory, with the parameters.
  func checkMemory(_ optimizer: Optimizer) throws(ShapeError) {
    let count = storage.layout.count
    try ShapeRules.checkMemory(
      Double(count) * Double(1 + optimizer.stateCount) * Double(MemoryLayout<S>.stride), for: .vector(count),
      named: "the optimizer's state", in: "Trainer", remedy: nil)
  }

  /// The width at one end of the network, and the layer there.
  private func end(target: Bool) -> (count: Int, layer: LayerName) {
    let layer = storage.layout.name(target ? storage.layout.layerCount - 1 : 0)
    return (target ? layer.outputs : layer.inputs, layer)
  }
}
