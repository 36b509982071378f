/// Which of its inputs a block of a layer's outputs is made of: what decides how its work is divided among threads.
public enum LayerReach: Sendable {
  /// Each number of one, in the same place.
  case element
  /// Each example's numbers of all inputs of that example.
  case row
  /// Each column of the same column of all examples of the batch.
  case column
}

/// What a layer computes, forward and back, in one scalar.
///
/// Methods are called for blocks of a batch, from several threads at a time: what is to be remembered from the way there to the way
/// back lies in the pass, not in the computation. A method writes every number of the block that it is given.
public protocol LayerComputation<Number>: Sendable {
  /// `Float` or `Double`.
  associatedtype Number: Scalar
  /// Which inputs a block of outputs needs.
  var reach: LayerReach { get }
  /// Whether there is to be memory, as much as for the outputs, from the way there to the way back; not by default.
  var keeps: Bool { get }
  /// Whether outputs are the inputs when nobody trains, so that it can be passed over; not by default.
  var isIdentityInPrediction: Bool { get }
  /// Makes the outputs of the inputs.
  func forward(_ pass: LayerPass<Number>)
  /// Makes ∂C/∂input of ∂C/∂output, for each example.
  ///
  /// - Parameters:
  ///   - pass: As it was on the way there.
  ///   - errors: ∂C/∂output, of the block's examples; of all its columns, unless the reach is a column or an element.
  ///   - inputErrors: Becomes ∂C/∂input.
  func backward(_ pass: LayerPass<Number>, errors: MatrixBlock<Number>, inputErrors: MutableMatrixBlock<Number>)
  /// Makes ∂C/∂parameters, summed over the batch, times a factor; nothing by default.
  ///
  /// - Parameters:
  ///   - pass: The whole batch, as it was on the way there.
  ///   - errors: ∂C/∂output of all examples.
  ///   - gradient: As many numbers as there are parameters, in their order.
  ///   - scale: What the sum is multiplied by.
  ///   - adds: Whether the product is added to what is there; else it takes its place, whatever that is.
  func gradient(
    _ pass: LayerPass<Number>, errors: MatrixBlock<Number>, into gradient: UnsafeMutableBufferPointer<Number>,
    scale: Number, adds: Bool)
  /// Brings what it gathers up to date with a batch that is learnt from; nothing by default.
  ///
  /// - Parameters:
  ///   - statistics: Its own.
  ///   - pass: The whole batch, as it was on the way there.
  func gather(_ statistics: UnsafeMutableBufferPointer<Number>, _ pass: LayerPass<Number>)
}

extension LayerComputation {
  /// No memory.
  public var keeps: Bool { false }
  /// It always does something.
  public var isIdentityInPrediction: Bool { false }
  /// Nothing.
  public func gradient(
    _ pass: LayerPass<Number>, errors: MatrixBlock<Number>, into gradient: UnsafeMutableBufferPointer<Number>,
    scale: Number, adds: Bool
  ) {}
  /// Nothing.
  public func gather(_ statistics: UnsafeMutableBufferPointer<Number>, _ pass: LayerPass<Number>) {}
}

/// What a computation works with: a block of a batch, there and back. Valid as long as the call that it is given to.
public struct LayerPass<S: Scalar> {
  /// The inputs: of the block's examples, all of them or those of the block's columns, as the reach says.
  public let input: MatrixBlock<S>
  /// The outputs.
  public let output: MutableMatrixBlock<S>
  /// Memory from the way there to the way back, as much as for the outputs; nil where none is asked for or nobody trains.
  public let kept: MutableMatrixBlock<S>?
  /// A number for each of the block's examples, from the way there to the way back; without meaning where nobody trains.
  public let keptOfRows: UnsafeMutableBufferPointer<S>
  /// Six rows of numbers, one for each of the block's columns, from the way there to the way back.
  public let keptOfColumns: MutableMatrixBlock<S>
  /// The layer's parameters.
  public let parameters: UnsafeBufferPointer<S>
  /// What it has gathered.
  public let statistics: UnsafeBufferPointer<S>
  /// Whether somebody trains: else outputs follow from inputs, parameters and statistics alone, as of a frozen layer, or for
  /// `inputGradient`; there may be a way back all the same, through what was computed so.
  public let isTraining: Bool
  /// Which examples of the batch the block is of.
  public let rows: Range<Int>
  /// Which columns of the outputs.
  public let columns: Range<Int>
  /// The columns of all outputs.
  public let width: Int
  /// What random numbers are a function of.
  public let randomness: Randomness

  /// Which random numbers a layer uses in a step.
  public struct Randomness: Sendable {
    /// The trainer's.
    public let seed: UInt64
    /// The number of the batch, counted from 0 from the first epoch on.
    public let step: UInt32
    /// The layer's number in the network, counted from 0.
    public let layer: UInt32
  }

  /// The rows of `keptOfColumns`.
  static var keptRowsOfColumns: Int { 6 }

  /// `kept`, where there is training.
  var keptBlock: MatrixBlock<S> {
    guard let kept else { invariantBroken("a way back without what was kept on the way there") }
    return kept.readOnly
  }
}
