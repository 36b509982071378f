/// Shapes that do not fit together, caught before any arithmetic.
///
/// Every case names the operation, the operand, what was found and what was expected, and, where one is likely, the
/// remedy. Layers are counted from 1, rows and columns from 0 as subscripts are.
public enum ShapeError: Error, Equatable, Sendable {
  /// An operand has another shape than the operation needs.
  case operand(
    operation: String, name: String, found: Shape, expected: Expectation, layer: LayerName? = nil, remedy: String? = nil
  )
  /// A matrix read as a batch has examples of the wrong width; `quantity` is what a column means, `input` or `target`.
  case exampleWidth(
    operation: String, name: String, found: Shape, quantity: String, expected: Int, layer: LayerName,
    remedy: String? = nil)
  /// Two arguments hold different numbers of examples.
  case exampleCounts(operation: String, name: String, found: Int, otherName: String, expected: Int)
  /// An extent is beyond what BLAS's 32-bit integers can express, or an extent is negative.
  case extent(operation: String, name: String, found: Shape)
  /// An operand, or the work on it, needs more memory than there is.
  case memory(
    operation: String, name: String, found: Shape, neededBytes: Double, limit: MemoryLimit, remedy: String? = nil)
  /// A list of elements does not fill the shape it was given.
  case elementCount(operation: String, found: Int, expected: Shape)
  /// A list of rows has rows of different lengths.
  case raggedRow(operation: String, row: Int, found: Int, expected: Int)
  /// A network's list of sizes is too short, or a size is not positive.
  case sizes(operation: String, sizes: [Int])
  /// A layer's inputs are not the outputs of the layer before it.
  case layerSequence(operation: String, layer: LayerName, previous: LayerName)
  /// There are not as many bias vectors as weight matrices.
  case layerCounts(operation: String, weights: Int, biases: Int)
  /// A layer's setting is out of its range.
  case layerSetting(operation: String, layer: String, name: String, found: String, expected: String)
  /// A layer stands where it cannot, or computes in another scalar than the network.
  case layerPlace(operation: String, layer: LayerName, problem: String, remedy: String)
  /// A list that has an entry for each layer is too short or too long.
  case activationCount(operation: String, found: Int, expected: Int)
  /// A cost is defined for another activation of the last layer than the network has.
  case outputActivation(operation: String, cost: String, found: String, expected: String, layer: LayerName)

  /// What an operation needed of an operand.
  public enum Expectation: Hashable, Sendable {
    /// Exactly this shape; `because` says what fixes it.
    case shape(Shape, because: String? = nil)
    /// A matrix of one column with this many rows.
    case column(Int)
    /// This many rows; `because` says what fixes the number.
    case rows(Int, because: String)
    /// As many columns as rows, or any other property in words.
    case property(String)
  }
}

extension ShapeError: CustomStringConvertible {
  /// The whole message: operation, operand, found, expected, place, remedy.
  public var description: String {
    switch self {
    case .operand(let operation, let name, let found, let expected, let layer, let remedy):
      return "\(operation): \(name) is \(found), expected \(expected)" + Self.place(layer) + Self.advice(remedy)
    case .exampleWidth(let operation, let name, let found, let quantity, let expected, let layer, let remedy):
      let extents = found.extents
      let (examples, width) = (extents.first ?? 0, extents.last ?? 0)
      return
        "\(operation): \(name) is \(found), read as \(counted(examples, "example")) of \(counted(width, quantity)), "
        + "expected \(counted(expected, quantity))" + Self.place(layer) + Self.advice(remedy)
    case .exampleCounts(let operation, let name, let found, let otherName, let expected):
      return "\(operation): \(name) has \(counted(found, "example")), expected \(expected), as many as \(otherName)"
    case .extent(let operation, let name, let found):
      return "\(operation): \(name) is \(found), expected extents from 0 to \(Int32.max), the range of BLAS's integers"
    case .memory(let operation, let name, let found, let needed, let limit, let remedy):
      return "\(operation): \(name) is \(found) and needs \(gibibytes(needed)) GiB, expected at most \(limit)"
        + Self.advice(remedy)
    case .elementCount(let operation, let found, let expected):
      let count = expected.extents.reduce(1, *)
      return "\(operation): \(counted(found, "element")), expected \(count) for \(expected)"
    case .raggedRow(let operation, let row, let found, let expected):
      return "\(operation): row \(row) has \(counted(found, "element")), expected \(expected), as many as row 0"
    case .sizes(let operation, let sizes):
      if let index = sizes.firstIndex(where: { $0 < 1 }) {
        return "\(operation): sizes[\(index)] is \(sizes[index]), expected at least 1 neuron"
      }
      return "\(operation): sizes has \(counted(sizes.count, "entry", "entries")), expected at least 2: "
        + "the number of inputs, then the neurons of each layer"
    case .layerSequence(let operation, let layer, let previous):
      return "\(operation): layer \(layer.number) Dense(\(layer.inputs) → \(layer.outputs)) cannot follow "
        + "layer \(previous.number) Dense(\(previous.inputs) → \(previous.outputs)): "
        + "\(counted(previous.outputs, "output")), \(counted(layer.inputs, "input"))"
    case .layerCounts(let operation, let weights, let biases):
      return
        "\(operation): biases has \(counted(biases, "vector")), expected \(weights), one for each matrix of weights"
    case .layerSetting(let operation, let layer, let name, let found, let expected):
      return "\(operation): \(name) of \(layer) is \(found), expected \(expected)"
    case .layerPlace(let operation, let layer, let problem, let remedy):
      return "\(operation): \(layer): \(problem); \(remedy)"
    case .activationCount(let operation, let found, let expected):
      return
        "\(operation): activations has \(counted(found, "entry", "entries")), expected \(expected), one for each layer"
    case .outputActivation(let operation, let cost, let found, let expected, let layer):
      return
        "\(operation): the last layer's activation is \(found), expected \(expected) for the cost \(cost) (\(layer))"
    }
  }

  private static func place(_ layer: LayerName?) -> String { layer.map { " (\($0))" } ?? "" }
  private static func advice(_ remedy: String?) -> String { remedy.map { "; \($0)" } ?? "" }
}

extension ShapeError.Expectation: CustomStringConvertible {
  /// What follows "expected" in a message.
  public var description: String {
    switch self {
    case .shape(let shape, let because): "\(shape)" + (because.map { " \($0)" } ?? "")
    case .column(let count): "a column of \(count)"
    case .rows(let count, let because): "\(counted(count, "row")) \(because)"
    case .property(let words): words
    }
  }
}

extension ShapeError {
  /// Whether the shapes are right, but for the memory that there is.
  var isOfMemory: Bool {
    if case .memory = self { true } else { false }
  }
}

/// `1 example`, `2 examples`.
package func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
  "\(count) \(count == 1 ? singular : plural ?? singular + "s")"
}

func gibibytes(_ bytes: Double) -> String {
  "\((bytes / 1_073_741_824 * 10).rounded() / 10)"
}
