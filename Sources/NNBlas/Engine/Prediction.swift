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
    var answer = Vector<S>(uninitialized: outputs)
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

  /// Two blocks of activations as wide as the widest hidden layer, and what computations keep of columns.
  private func reserve(
    _ examples: Int, in workspace: PredictionWorkspace<S>, _ operation: String
  ) throws(ShapeError) -> PredictionMemory<S> {
    var (widest, columns) = (0, 0)
    for node in nodes.dropLast() { widest = max(widest, node.outputs) }
    // What reads rows has them copied where they come transposed.
    for node in nodes where !node.isDense { (widest, columns) = (max(widest, node.inputs), max(columns, node.outputs)) }
    let rows = min(examples, blockOfExamples)
    let kept = columns > 0 ? LayerPass<S>.keptRowsOfColumns * columns + rows : 0
    if !workspace.holds(2 * rows * widest + kept) {
      try ShapeRules.checkMemory(
        Double((2 * rows * widest + kept) * MemoryLayout<S>.stride), for: .matrix(rows: rows, columns: widest),
        named: "a hidden layer", in: operation)
    }
    let start = workspace.reserve(2 * rows * widest + kept)
    return PredictionMemory(first: start, second: start + rows * widest, kept: start + 2 * rows * widest)
  }

  /// Every layer on one block of examples after another, with what the engine computes with.
  @inline(__always)
  private func forward(
    _ x: Examples<S>, _ answers: UnsafeMutablePointer<S>, _ memory: PredictionMemory<S>
  ) {
    let last = nodes.lastIndex { !$0.isIdentityInPrediction } ?? nodes.count - 1
    BLASThreads.beginSingle()
    let control = FloatingPointControl.enterEngine()
    defer {
      control.restore()
      BLASThreads.endSingle()
    }
    storage.flat.withElements { parameters in
      statistics.flat.withElements { statistics in
        for start in stride(from: 0, to: x.rows, by: blockOfExamples) {
          var input = x[start..<min(start + blockOfExamples, x.rows)]
          var target = memory.first
          for index in 0...last {
            let outputs = nodes[index].outputs
            let z = index == last ? answers + start * outputs : target
            switch nodes[index].kind {
            case .dense(let function):
              let weights = parameters + nodes[index].parameters.lowerBound
              let biases = weights + outputs * nodes[index].inputs
              let missing = weightedInputs(
                input, width: nodes[index].inputs, weights, biases, z, columns: outputs, stride: outputs)
              S._activate(
                function, z, _BlockShape(rows: input.rows, columns: outputs, stride: outputs), bias: missing)
            case .computed(let computation):
              if computation.isIdentityInPrediction, index < last { continue }
              compute(nodes[index], computation, input, z, parameters, statistics, memory)
            }
            input = Examples(rows: input.rows, pointer: UnsafePointer(z), stride: outputs, isTransposed: false)
            target = target == memory.first ? memory.second : memory.first
          }
        }
      }
    }
  }

  /// What is no product.
  private func compute(
    _ node: Node<S>, _ computation: any LayerComputation<S>, _ input: Examples<S>, _ output: UnsafeMutablePointer<S>,
    _ parameters: UnsafePointer<S>, _ statistics: UnsafePointer<S>, _ memory: PredictionMemory<S>
  ) {
    var input = input
    if input.isTransposed {
      // A computation reads rows. They are as many as its outputs where it comes first, and it may read what it writes.
      S._copyTransposed(input.pointer, input.stride, into: memory.second, rows: input.rows, columns: node.inputs)
      input = Examples(
        rows: input.rows, pointer: UnsafePointer(memory.second), stride: node.inputs, isTransposed: false)
    }
    let columns = LayerPass<S>.keptRowsOfColumns * node.outputs
    computation.forward(
      LayerPass(
        input: MatrixBlock(input.pointer, rows: input.rows, columns: node.inputs, stride: input.stride),
        output: MutableMatrixBlock(output, rows: input.rows, columns: node.outputs, stride: node.outputs), kept: nil,
        keptOfRows: UnsafeMutableBufferPointer(start: memory.kept + columns, count: input.rows),
        keptOfColumns: MutableMatrixBlock(
          memory.kept, rows: LayerPass<S>.keptRowsOfColumns, columns: node.outputs, stride: node.outputs),
        parameters: UnsafeBufferPointer(start: parameters + node.parameters.lowerBound, count: node.parameters.count),
        statistics: UnsafeBufferPointer(start: statistics + node.statistics.lowerBound, count: node.statistics.count),
        isTraining: false, rows: 0..<input.rows, columns: 0..<node.outputs, width: node.outputs,
        randomness: LayerPass.Randomness(seed: 0, step: 0, layer: UInt32(node.layer))))
  }
}

/// Where a prediction keeps what it makes on the way.
private struct PredictionMemory<S: Scalar> {
  let first: UnsafeMutablePointer<S>
  let second: UnsafeMutablePointer<S>
  let kept: UnsafeMutablePointer<S>
}
