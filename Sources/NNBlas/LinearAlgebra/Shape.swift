/// The shape of an operand: a vector of n elements, or a matrix of rows × columns.
///
/// The two are different things here, as they are in linear algebra; nothing has NumPy's `(n,)`, which is neither a row
/// nor a column.
public enum Shape: Hashable, Sendable, CustomStringConvertible {
  /// A vector of the given number of elements.
  case vector(Int)
  /// A matrix of rows × columns.
  case matrix(rows: Int, columns: Int)

  /// `a vector of 3`, or `2×3`.
  public var description: String {
    switch self {
    case .vector(let count): "a vector of \(count)"
    case .matrix(let rows, let columns): "\(rows)×\(columns)"
    }
  }

  /// The shape with rows and columns exchanged; a vector's is its own.
  public var transposed: Shape {
    switch self {
    case .vector: self
    case .matrix(let rows, let columns): .matrix(rows: columns, columns: rows)
    }
  }

  /// The extents, outermost first.
  var extents: [Int] {
    switch self {
    case .vector(let count): [count]
    case .matrix(let rows, let columns): [rows, columns]
    }
  }
}

/// A layer as an error names it: `layer 1, Dense 2 → 1`. Layers count from 1.
public struct LayerName: Hashable, Sendable, CustomStringConvertible {
  /// The layer's number; the first one behind the inputs is 1.
  public let number: Int
  /// What kind of layer it is.
  public let kind: String
  /// The number of values that enter the layer.
  public let inputs: Int
  /// The number of values that it makes of them.
  public let outputs: Int

  /// Names a layer.
  public init(number: Int, kind: String = "Dense", inputs: Int, outputs: Int) {
    self.number = number
    self.kind = kind
    self.inputs = inputs
    self.outputs = outputs
  }

  /// `layer 1, Dense 2 → 1`.
  public var description: String { "layer \(number), \(kind) \(inputs) → \(outputs)" }
}
