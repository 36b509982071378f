/// The memory that predictions work in, kept from call to call: once it has grown to what a network needs, a prediction
/// allocates nothing.
///
/// It serves any number of networks, one call at a time; every thread that predicts has its own.
public final class PredictionWorkspace<S: Scalar> {
  private var storage = Storage<S>(uninitialized: 0)

  /// One that grows with its first use.
  public init() {}

  fileprivate func holds(_ count: Int) -> Bool { storage.count >= count }

  fileprivate func reserve(_ count: Int) -> UnsafeMutablePointer<S> {
    if !holds(count) { storage = Storage(uninitialized: count) }
    return storage.pointer
  }
}

/// The examples that go through all layers together: enough for products at full speed, few enough for their activations
/// to stay in cache.
private let blockOfExamples = 256

extension Network {
  /// The network's answer to one example, one `gemv` a layer.
  ///
  /// - Parameter x: A vector of as many elements as the network has inputs.
  /// - Returns: The activations of the last layer.
  /// - Throws: `ShapeError.operand` when x has another length; `ShapeError.memory` when the layers' activations do not fit the
  ///   machine.
  public func predict(_ x: Vector<S>) throws(ShapeError) -> Vector<S> {
    try check(x, named: "x", in: "predict")
    var answer = Vector<S>(uninitialized: sizes[sizes.count - 1])
    try predict(x, into: &answer, using: PredictionWorkspace())
    return answer
  }

  /// The network's answers to a batch, a matrix product a layer, on the calling thread alone.
  ///
  /// - Parameter batch: One example a row (examples × inputs).
  /// - Returns: The activations of the last layer (examples × outputs).
  /// - Throws: `ShapeError.exampleWidth` when the rows are not as wide as the network has inputs; `ShapeError.memory` when
  ///   the answers or the layers' activations do not fit the machine.
  public func predict(batch: Matrix<S>) throws(ShapeError) -> Matrix<S> {
    try checkRows(batch, named: "batch", in: "predict(batch:)")
    let outputs = sizes[sizes.count - 1]
    try ShapeRules.checkAllocation(
      .matrix(rows: batch.rows, columns: outputs), bytesPerElement: MemoryLayout<S>.stride, named: "the result",
      in: "predict(batch:)")
    var answers = Matrix<S>(uninitializedRows: batch.rows, columns: outputs)
    try predict(batch: batch, into: &answers, using: PredictionWorkspace())
    return answers
  }

  /// `predict` by the book's name.
  ///
  /// - Parameter x: A vector of as many elements as the network has inputs.
  /// - Returns: The activations of the last layer.
  /// - Throws: As `predict(_:)`.
  public func feedForward(_ x: Vector<S>) throws(ShapeError) -> Vector<S> {
    try check(x, named: "x", in: "feedForward")
    return try predict(x)
  }

  /// `predict` by the book's name, for an example as the book writes it.
  ///
  /// - Parameter x: A column (inputs×1).
  /// - Returns: The activations of the last layer (outputs×1).
  /// - Throws: `ShapeError.operand` when x is not a column of that height; else as `predict(_:)`.
  public func feedForward(_ x: Matrix<S>) throws(ShapeError) -> Matrix<S> {
    try checkColumn(x, named: "x", in: "feedForward", batchLabel: "predict(batch:)")
    return try predict(x.flattened).column
  }

  /// Writes the network's answer to one example, without allocating where the workspace has been used for this network before and
  /// nobody shares the answer's memory.
  ///
  /// - Parameters:
  ///   - x: A vector of as many elements as the network has inputs.
  ///   - answer: Becomes the activations of the last layer; of as many elements as it has neurons.
  ///   - workspace: No other thread's meanwhile.
  /// - Throws: `ShapeError.operand` when x or the answer has another length; `ShapeError.memory` when the layers'
  ///   activations do not fit the machine.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  public func predict(
    _ x: Vector<S>, into answer: inout Vector<S>, using workspace: PredictionWorkspace<S>
  ) throws(ShapeError) {
    try check(x, named: "x", in: "predict")
    try check(answer, named: "answer", in: "predict", target: true)
    let memory = try reserve(1, in: workspace, "predict")
    answer.withMutableElements { answer in
      x.withElements { forward(Examples(rows: 1, pointer: $0, stride: x.count, isTransposed: false), answer, memory) }
    }
  }

  /// Writes the network's answers to a batch, without allocating where the workspace has been used for as many examples of
  /// this network before and nobody shares the answers' memory.
  ///
  /// - Parameters:
  ///   - batch: One example a row (examples × inputs); a transposed view is read where it lies.
  ///   - answers: Becomes the activations of the last layer (examples × outputs).
  ///   - workspace: No other thread's meanwhile.
  /// - Throws: `ShapeError.exampleWidth` when rows are not as wide as the network's ends, `ShapeError.exampleCounts` when the
  ///   two have different numbers of rows; `ShapeError.memory` when the layers' activations do not fit the machine.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  public func predict(
    batch: Matrix<S>, into answers: inout Matrix<S>, using workspace: PredictionWorkspace<S>
  ) throws(ShapeError) {
    let operation = "predict(batch:)"
    try checkRows(batch, named: "batch", in: operation)
    try checkRows(answers, named: "answers", in: operation, target: true)
    guard answers.rows == batch.rows else {
      throw .exampleCounts(
        operation: operation, name: "answers", found: answers.rows, otherName: "batch", expected: batch.rows)
    }
    let memory = try reserve(batch.rows, in: workspace, operation)
    answers.withMutableElements { answers in
      withExtendedLifetime(batch) {
        forward(
          Examples(
            rows: batch.rows, pointer: batch.storage.pointer + batch.offset, stride: batch.leadingDimension,
            isTransposed: batch.isTransposed), answers, memory)
      }
    }
  }

  /// Two blocks of activations as wide as the widest hidden layer.
  private func reserve(
    _ examples: Int, in workspace: PredictionWorkspace<S>, _ operation: String
  ) throws(ShapeError) -> (first: UnsafeMutablePointer<S>, second: UnsafeMutablePointer<S>) {
    var widest = 0
    for layer in 1..<sizes.count - 1 { widest = max(widest, sizes[layer]) }
    let rows = min(examples, blockOfExamples)
    if !workspace.holds(2 * rows * widest) {
      try ShapeRules.checkMemory(
        Double(2 * rows * widest * MemoryLayout<S>.stride), for: .matrix(rows: rows, columns: widest),
        named: "a hidden layer", in: operation)
    }
    let start = workspace.reserve(2 * rows * widest)
    return (start, start + rows * widest)
  }

  /// Every layer on one block of examples after another, with what the engine computes with.
  @inline(__always)
  private func forward(
    _ x: Examples<S>, _ answers: UnsafeMutablePointer<S>,
    _ memory: (first: UnsafeMutablePointer<S>, second: UnsafeMutablePointer<S>)
  ) {
    let (layout, last) = (storage.layout, sizes.count - 2)
    BLASThreads.beginSingle()
    let control = FloatingPointControl.enterEngine()
    defer {
      control.restore()
      BLASThreads.endSingle()
    }
    storage.flat.withElements { parameters in
      for start in stride(from: 0, to: x.rows, by: blockOfExamples) {
        var input = x[start..<min(start + blockOfExamples, x.rows)]
        for layer in 0...last {
          let outputs = layout.sizes[layer + 1]
          let weights = parameters + layout.offsets[layer]
          let biases = weights + outputs * layout.sizes[layer]
          let z =
            layer == last ? answers + start * outputs : layer.isMultiple(of: 2) ? memory.first : memory.second
          let missing = weightedInputs(
            input, width: layout.sizes[layer], weights, biases, z, columns: outputs, stride: outputs)
          let shape = _BlockShape(rows: input.rows, columns: outputs, stride: outputs)
          S._activate(activations[layer].function, z, shape, bias: missing)
          input = Examples(rows: input.rows, pointer: UnsafePointer(z), stride: outputs, isTransposed: false)
        }
      }
    }
  }
}
