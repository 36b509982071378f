/// All memory of a step, sized once: every layer's input and errors for the whole batch, and what workers need on the way.
///
/// After it is made, a step allocates nothing.
final class Workspace<S: Scalar>: @unchecked Sendable {
  /// Where one node's numbers are; layer 0 is the input.
  struct Layer {
    let width: Int
    /// The elements from one row to the next. Those of a hidden layer begin on cache lines, so that workers on neighbouring
    /// panels seldom write to the same one.
    let stride: Int
    /// Where its weights (width × width of the layer before) and its biases (width) start in the flat parameters; of what is no
    /// product, where its parameters start.
    let weights: Int
    let biases: Int
    /// How many parameters it has, and how many penalties are for, the first ones.
    let parameterCount: Int
    let penalized: Int
    /// What it has gathered.
    let statistics: Range<Int>
    /// What a product ends in.
    let function: _ElementwiseFunction
    /// Which of the computations it is; negative for a product.
    let computation: Int
    /// Whether a step changes its parameters.
    let learns: Bool
    /// Whether somebody has to note how large its outputs are, which no errors of its own are made with.
    let notesOutputs: Bool
    /// Whether it trains, and is not frozen.
    let isTraining: Bool
    /// The network's layer that it comes from, counted from 0.
    let number: Int
    /// (rows × width); not the input's, which has several.
    let a: UnsafeMutablePointer<S>
    /// ∂C/∂z (rows × width) of a product, ∂C/∂a of a computation.
    let errors: UnsafeMutablePointer<S>
    /// What a computation keeps: (rows × width) where it asks for it, rows numbers, and `LayerPass.keptRowsOfColumns` × width.
    let kept: UnsafeMutablePointer<S>?
    let keptOfRows: UnsafeMutablePointer<S>
    let keptOfColumns: UnsafeMutablePointer<S>
    /// The gradient of a computation's parameters, where it learns.
    let gradient: UnsafeMutablePointer<S>

    @inline(__always)
    var isDense: Bool { computation < 0 }
  }

  /// Examples, one after another, or every worker's own copy of them.
  struct Batch {
    let inputs: UnsafeMutablePointer<S>
    let targets: UnsafeMutablePointer<S>
    /// One for each example, or nil where all count alike.
    let weights: UnsafeMutablePointer<S>?
    /// The elements from one worker's copy to the next one's; 0 where all work on one.
    let inputStride: Int
    let targetStride: Int
    let weightStride: Int
    /// The largest magnitude of each example's inputs, where they are no bytes.
    let magnitudes: UnsafeMutablePointer<S>
    let magnitudeStride: Int

    func inputs(of worker: Int) -> UnsafePointer<S> { UnsafePointer(inputs + worker * inputStride) }
  }

  let layerCount: Int
  let layers: UnsafeMutablePointer<Layer>
  /// The two batches, inputs (rows × inputs) and targets (rows × outputs): one is worked on, the other fetched.
  let batches: [Batch]
  /// What nodes compute that are no products.
  let computations: UnsafeMutablePointer<any LayerComputation<S>>
  private let computationCount: Int
  /// Partial sums of the cost, and of the squares of the gradient.
  let costs: UnsafeMutablePointer<Double>
  let norms: UnsafeMutablePointer<Double>
  let magnitudes: Magnitudes
  private let scratch: UnsafeMutablePointer<S>
  private let scratchCount: Int
  private let storage: Storage<S>

  /// - Parameters:
  ///   - nodes: The network's.
  ///   - frozen: Which layers do not learn.
  ///   - rows: The most examples of a step.
  ///   - plans: What steps do: all errors and two batches are kept where there is training.
  ///   - isWeighted: Whether examples have weights.
  ///   - predicts: Whether layers compute as in predictions.
  ///   - workers: How many there are.
  init(
    _ nodes: [Node<S>], frozen: Set<Int>, rows: Int, plans: [Plan], isWeighted: Bool, predicts: Bool, workers: Int
  ) {
    let (sizes, last) = (plans[0].sizes, plans[0].shape.last)
    let (isTraining, first) = (plans[0].ending != nil, plans[0].shape.firstWithErrors)
    let batchCount = isTraining ? 2 : 1
    let copies = plans[0].replicatesBatch ? workers : 1
    var (offsets, count) = ([Int](), 0)
    func reserve(_ size: Int) {
      offsets.append(count)
      // Two lines, which processors fetch together.
      count += Self.rounded(size, toBytes: 128)
    }
    let batchWidth = Self.rounded(rows * sizes[0], toBytes: 128)
    let targetWidth = Self.rounded(rows * sizes[last], toBytes: 128)
    let magnitudeWidth = Self.rounded(rows, toBytes: 128)
    let weightWidth = isWeighted ? magnitudeWidth : 0
    for _ in 0..<batchCount {
      reserve(batchWidth * copies)
      reserve(targetWidth * copies)
      reserve(weightWidth * copies)
      reserve(magnitudeWidth * copies)
    }
    // The cost's kernels take the last layer in one piece.
    let strides = sizes.indices.map { 0 < $0 && $0 < last ? Self.stride(sizes[$0]) : sizes[$0] }
    for layer in 0...last {
      let (computation, isLearnt) = (layer == 0 ? nil : nodes[layer - 1].computation, isTraining && layer >= first)
      reserve(layer == 0 ? 0 : rows * strides[layer])
      reserve(isLearnt || layer == last ? rows * strides[layer] : 0)
      reserve(isTraining && computation?.keeps == true ? rows * strides[layer] : 0)
      reserve(computation == nil ? 0 : rows)
      reserve(computation == nil ? 0 : LayerPass<S>.keptRowsOfColumns * sizes[layer])
      reserve(isTraining && computation != nil ? plans[0].shape.nodes[layer].learned : 0)
    }
    let scratch = plans.map(\.largestPanel).max() ?? 0
    let stride = Self.rounded(scratch, toBytes: 128)
    reserve(stride * workers)
    storage = Storage(uninitialized: max(count, 1))
    let base = storage.pointer
    let isCopied = copies > 1
    batches = (0..<batchCount).map {
      Batch(
        inputs: base + offsets[4 * $0], targets: base + offsets[4 * $0 + 1],
        weights: isWeighted ? base + offsets[4 * $0 + 2] : nil, inputStride: isCopied ? batchWidth : 0,
        targetStride: isCopied ? targetWidth : 0, weightStride: isCopied ? weightWidth : 0,
        magnitudes: base + offsets[4 * $0 + 3], magnitudeStride: isCopied ? magnitudeWidth : 0)
    }
    let computed = nodes.compactMap(\.computation)
    computations = .allocate(capacity: max(computed.count, 1))
    computations.initialize(from: computed, count: computed.count)
    computationCount = computed.count
    layerCount = sizes.count
    layers = .allocate(capacity: sizes.count)
    var computation = 0
    for layer in sizes.indices {
      let (place, node) = (4 * batchCount + 6 * layer, layer == 0 ? nil : nodes[layer - 1])
      var function = _ElementwiseFunction.identity
      if case .dense(let found) = node?.kind { function = found }
      let isDense = node?.isDense ?? true
      (layers + layer).initialize(
        to: Layer(
          width: sizes[layer], stride: strides[layer], weights: node?.parameters.lowerBound ?? 0,
          biases: node.map { $0.parameters.lowerBound + $0.inputs * $0.outputs } ?? 0,
          parameterCount: node?.parameters.count ?? 0, penalized: node?.penalized ?? 0,
          statistics: node?.statistics ?? 0..<0, function: function, computation: isDense ? -1 : computation,
          learns: isTraining && plans[0].shape.learns(layer),
          notesOutputs: isTraining && plans[0].shape.notesOutputs(layer),
          // What has nothing to keep, as dropout, is not frozen.
          isTraining: isTraining && !predicts
            && node.map { !frozen.contains($0.layer) || $0.parameters.isEmpty && $0.statistics.isEmpty } ?? false,
          number: node?.layer ?? 0,
          a: base + offsets[place], errors: base + offsets[place + 1],
          kept: isTraining && node?.computation?.keeps == true ? base + offsets[place + 2] : nil,
          keptOfRows: base + offsets[place + 3], keptOfColumns: base + offsets[place + 4],
          gradient: base + offsets[place + 5]))
      if !isDense { computation += 1 }
    }
    self.scratch = base + offsets[offsets.count - 1]
    scratchCount = stride
    func sums(_ count: Int?) -> UnsafeMutablePointer<Double> {
      let sums = UnsafeMutablePointer<Double>.allocate(capacity: max(count ?? 0, 1))
      sums.initialize(repeating: 0, count: max(count ?? 0, 1))
      return sums
    }
    costs = sums(plans.map(\.costCount).max())
    norms = sums(plans.map(\.normCount).max())
    magnitudes = Magnitudes(layers: sizes.count, workers: workers)
  }

  /// The elements from one row to the next: whole lines of cache, and never pages or halves and quarters of them. Rows that
  /// far apart share so few places in the first-level cache that a product which packs them drives them out.
  private static func stride(_ width: Int) -> Int {
    let stride = rounded(width, toBytes: 64)
    let apart = stride * MemoryLayout<S>.stride % 1024 == 0 ? stride + 64 / MemoryLayout<S>.stride : stride
    // What BLAS can count.
    return apart <= Int32.max ? apart : width
  }

  /// About how many numbers a workspace has, without what each worker has for itself.
  static func elements(_ nodes: [Node<S>], rows: Int, purpose: Plan.Purpose) -> Double {
    guard let first = nodes.first, let last = nodes.last else { return 0 }
    let matrices = purpose == .evaluation ? 1.0 : 2.0
    let ends = Double(first.inputs) + Double(last.outputs)
    let hidden = nodes.dropLast().reduce(0) { $0 + Double(stride($1.outputs)) }
    let kept =
      purpose == .evaluation ? 0 : nodes.reduce(0) { $0 + ($1.computation?.keeps == true ? Double($1.outputs) : 0) }
    return Double(rows) * (matrices * ends + matrices * hidden + kept + 2 * Double(last.outputs))
  }

  /// A number of elements that fills whole blocks of so many bytes.
  private static func rounded(_ count: Int, toBytes bytes: Int) -> Int {
    let unit = bytes / MemoryLayout<S>.stride
    return (count + unit - 1) / unit * unit
  }

  deinit {
    layers.deallocate()
    computations.deinitialize(count: computationCount)
    computations.deallocate()
    costs.deallocate()
    norms.deallocate()
    magnitudes.deallocate()
  }

  /// The memory that each worker has for itself.
  var scratchPointer: UnsafeMutablePointer<S> { scratch }
  var scratchStride: Int { scratchCount }

  /// Sets all of it: to NaN, nothing that a step reads may come from before it.
  func fill(_ value: S) { S._fill(storage.pointer, value, storage.count) }
}
