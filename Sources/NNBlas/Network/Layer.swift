/// A layer as a plain description: what it makes of how many inputs, and which numbers it learns.
///
/// The package's layers, `Dense`, `Activation`, `Dropout`, `BatchNorm` and `LayerNorm`, are such descriptions, and a layer of your
/// own stands in a network as they do. What it computes it says in a `LayerComputation`.
///
/// ```swift
/// struct Scale: Layer {
///   func parameters(inputs: Int) -> [LayerArray] { [LayerArray("weight", .vector(inputs), start: .constant(1))] }
///   func computation<S: Scalar>(inputs: Int, as: S.Type) -> (any LayerComputation<S>)? {
///     ScaleComputation() as? any LayerComputation<S>  // nil where it is written for the other scalar
///   }
/// }
/// ```
public protocol Layer: Sendable, Hashable {
  /// As summaries and errors call it; the type's name by default.
  var name: String { get }
  /// The numbers that it makes of so many inputs; as many by default.
  ///
  /// - Throws: `ShapeError` when it cannot have so many.
  func outputs(inputs: Int) throws(ShapeError) -> Int
  /// The arrays of numbers that it learns, in the order in which they lie in memory; none by default.
  func parameters(inputs: Int) -> [LayerArray]
  /// The arrays of numbers that it gathers while it trains, without a gradient; none by default.
  func statistics(inputs: Int) -> [LayerArray]
  /// What computes it in a scalar, or nil where there is nothing for that scalar.
  func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)?
}

extension Layer {
  /// The type's name.
  public var name: String { "\(Self.self)" }
  /// As many as there are inputs.
  public func outputs(inputs: Int) throws(ShapeError) -> Int { inputs }
  /// None.
  public func parameters(inputs: Int) -> [LayerArray] { [] }
  /// None.
  public func statistics(inputs: Int) -> [LayerArray] { [] }
}

/// An array of numbers that a layer learns or gathers.
public struct LayerArray: Sendable, Hashable {
  /// As files call it, behind the layer's number: `weight`.
  public let name: String
  /// A vector's or a matrix's.
  public let shape: Shape
  /// What is in it at first.
  public let start: Start
  /// Whether the penalties that pull weights towards 0, `Regularization` and the decay of AdamW, are for it: for matrices of
  /// weights, not for biases and scales.
  public let isPenalized: Bool

  /// What is in an array at first.
  public enum Start: Sendable, Hashable {
    /// The same number everywhere.
    case constant(Double)
    /// Drawn from N(0, deviation²).
    case normal(deviation: Double)
    /// Drawn as the network's initializer draws weights (outputs × inputs), for a matrix; a vector's elements as it draws biases.
    case byInitializer
  }

  /// An array of that shape.
  public init(_ name: String, _ shape: Shape, start: Start, isPenalized: Bool = false) {
    (self.name, self.shape, self.start, self.isPenalized) = (name, shape, start, isPenalized)
  }

  /// How many numbers it has.
  var count: Int { shape.extents.reduce(1, *) }
}
