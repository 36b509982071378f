/// All memory of a step, sized once: every layer's input and errors for the whole batch, and what workers need on the way.
///
/// After it is made, a step allocates nothing.
final class Workspace<S: Scalar>: @unchecked Sendable {
  /// Where one layer's numbers are; layer 0 is the input.
  struct Layer {
    let width: Int
    /// The elements from one row to the next. Those of a hidden layer begin on cache lines, so that workers on neighbouring
    /// panels seldom write to the same one.
    let stride: Int
    /// Where its weights (width × width of the layer before) and its biases (width) start in the flat parameters.
    let weights: Int
    let biases: Int
    let activation: Activation
    /// (rows × width); not the input's, which has several.
    let a: UnsafeMutablePointer<S>
    /// ∂C/∂z (rows × width).
    let errors: UnsafeMutablePointer<S>
  }

  /// Examples, one after another, or every worker's own copy of them.
  struct Batch {
    let inputs: UnsafeMutablePointer<S>
    let targets: UnsafeMutablePointer<S>
    /// The elements from one worker's copy to the next one's; 0 where all work on one.
    let inputStride: Int
    let targetStride: Int

    func inputs(of worker: Int) -> UnsafePointer<S> { UnsafePointer(inputs + worker * inputStride) }
  }

  let layerCount: Int
  let layers: UnsafeMutablePointer<Layer>
  /// The two batches, inputs (rows × inputs) and targets (rows × outputs): one is worked on, the other fetched.
  let batches: [Batch]
  /// Partial sums of the cost.
  let costs: UnsafeMutablePointer<Double>
  private let scratch: UnsafeMutablePointer<S>
  private let scratchCount: Int
  private let storage: Storage<S>

  /// - Parameters:
  ///   - layout: The network's parameters.
  ///   - activations: Those of its layers.
  ///   - rows: The most examples of a step.
  ///   - purpose: All errors and two batches are kept where there is training.
  ///   - costCount: The partial sums of the cost.
  ///   - workers: How many there are.
  ///   - copies: How many of them have batches of their own.
  ///   - scratch: The numbers that each worker needs for itself.
  init(
    layout: ParameterLayout, activations: [Activation], rows: Int, purpose: Plan.Purpose, costs costCount: Int,
    workers: Int, copies: Int, scratch: Int
  ) {
    let sizes = layout.sizes
    let last = sizes.count - 1
    let isTraining = purpose != .evaluation
    let batchCount = isTraining ? 2 : 1
    var (offsets, count) = ([Int](), 0)
    func reserve(_ size: Int) {
      offsets.append(count)
      // Two lines, which processors fetch together.
      count += Self.rounded(size, toBytes: 128)
    }
    let batchWidth = Self.rounded(rows * sizes[0], toBytes: 128)
    let targetWidth = Self.rounded(rows * sizes[last], toBytes: 128)
    for _ in 0..<batchCount {
      reserve(batchWidth * copies)
      reserve(targetWidth * copies)
    }
    // The cost's kernels take the last layer in one piece.
    let strides = sizes.indices.map { 0 < $0 && $0 < last ? Self.stride(sizes[$0]) : sizes[$0] }
    for layer in 1...last {
      reserve(rows * strides[layer])
      reserve(isTraining || layer == last ? rows * strides[layer] : 0)
    }
    let stride = Self.rounded(scratch, toBytes: 128)
    reserve(stride * workers)
    storage = Storage(uninitialized: max(count, 1))
    let base = storage.pointer
    let (inputStride, targetStride) = copies > 1 ? (batchWidth, targetWidth) : (0, 0)
    batches = (0..<batchCount).map {
      Batch(
        inputs: base + offsets[2 * $0], targets: base + offsets[2 * $0 + 1], inputStride: inputStride,
        targetStride: targetStride)
    }
    layerCount = sizes.count
    layers = .allocate(capacity: sizes.count)
    for layer in sizes.indices {
      let biases = layer == 0 ? 0 : layout.offsets[layer - 1] + sizes[layer - 1] * sizes[layer]
      let place = 2 * batchCount + 2 * (layer - 1)
      (layers + layer).initialize(
        to: Layer(
          width: sizes[layer], stride: strides[layer], weights: layer == 0 ? 0 : layout.offsets[layer - 1],
          biases: biases,
          activation: layer == 0 ? .identity : activations[layer - 1],
          a: base + (layer == 0 ? 0 : offsets[place]), errors: base + (layer == 0 ? 0 : offsets[place + 1])))
    }
    self.scratch = base + offsets[offsets.count - 1]
    scratchCount = stride
    costs = .allocate(capacity: max(costCount, 1))
    costs.initialize(repeating: 0, count: max(costCount, 1))
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
  static func elements(_ sizes: [Int], rows: Int, purpose: Plan.Purpose) -> Double {
    let matrices = purpose == .evaluation ? 1.0 : 2.0
    let ends = Double(sizes[0]) + Double(sizes[sizes.count - 1])
    let hidden = sizes.dropFirst().dropLast().reduce(0) { $0 + Double(stride($1)) }
    return Double(rows) * (matrices * ends + matrices * hidden + 2 * Double(sizes[sizes.count - 1]))
  }

  /// A number of elements that fills whole blocks of so many bytes.
  private static func rounded(_ count: Int, toBytes bytes: Int) -> Int {
    let unit = bytes / MemoryLayout<S>.stride
    return (count + unit - 1) / unit * unit
  }

  deinit {
    layers.deallocate()
    costs.deallocate()
  }

  /// The memory that each worker has for itself.
  var scratchPointer: UnsafeMutablePointer<S> { scratch }
  var scratchStride: Int { scratchCount }

  /// Sets all of it: to NaN, nothing that a step reads may come from before it.
  func fill(_ value: S) { S._fill(storage.pointer, value, storage.count) }
}
