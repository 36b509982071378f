/// All memory of a step, sized once: every layer's input and errors for the whole batch, and what workers need on the way.
///
/// After it is made, a step allocates nothing.
final class Workspace<S: Scalar>: @unchecked Sendable {
  /// Where one layer's numbers are; layer 0 is the input.
  struct Layer {
    let width: Int
    /// Where its weights (width × width of the layer before) and its biases (width) start in the flat parameters.
    let weights: Int
    let biases: Int
    let activation: Activation
    /// (rows × width); the input has two, of which the other is being filled with the next batch.
    let a: UnsafeMutablePointer<S>
    /// ∂C/∂z (rows × width).
    let errors: UnsafeMutablePointer<S>
  }

  let layerCount: Int
  let layers: UnsafeMutablePointer<Layer>
  /// The two batches of inputs (rows × inputs) and of targets (rows × outputs): one is worked on, the other fetched.
  let inputs: [UnsafeMutablePointer<S>]
  let targets: [UnsafeMutablePointer<S>]
  /// Partial sums of the cost.
  let costs: UnsafeMutablePointer<Double>
  private let scratch: UnsafeMutablePointer<S>
  private let scratchCount: Int
  private let storage: Storage<S>

  /// - Parameters:
  ///   - rows: The most examples of a step.
  ///   - purpose: Errors and targets are kept where there is a cost, two batches where there is training.
  ///   - scratch: The numbers that each worker needs for itself.
  init(
    layout: ParameterLayout, activations: [Activation], rows: Int, purpose: Plan.Purpose, costs costCount: Int,
    workers: Int, scratch: Int
  ) {
    let sizes = layout.sizes
    let last = sizes.count - 1
    let batches = purpose == .training ? 2 : 1
    var (offsets, count) = ([Int](), 0)
    func reserve(_ size: Int) {
      offsets.append(count)
      // Every part begins on a cache line, and no two workers write to one.
      count += (size * MemoryLayout<S>.stride + 127) / 128 * 128 / MemoryLayout<S>.stride
    }
    for _ in 0..<batches { reserve(rows * sizes[0]) }
    for _ in 0..<batches { reserve(purpose == .prediction ? 0 : rows * sizes[last]) }
    for size in sizes.dropFirst() {
      reserve(rows * size)
      reserve(purpose == .training || purpose == .evaluation && size == sizes[last] ? rows * size : 0)
    }
    let stride = (scratch * MemoryLayout<S>.stride + 127) / 128 * 128 / MemoryLayout<S>.stride
    reserve(stride * workers)
    storage = Storage(uninitialized: max(count, 1))
    let base = storage.pointer
    inputs = (0..<batches).map { base + offsets[$0] }
    targets = (0..<batches).map { base + offsets[batches + $0] }
    layerCount = sizes.count
    layers = .allocate(capacity: sizes.count)
    for layer in sizes.indices {
      let biases = layer == 0 ? 0 : layout.offsets[layer - 1] + sizes[layer - 1] * sizes[layer]
      let place = 2 * batches + 2 * (layer - 1)
      (layers + layer).initialize(
        to: Layer(
          width: sizes[layer], weights: layer == 0 ? 0 : layout.offsets[layer - 1], biases: biases,
          activation: layer == 0 ? .identity : activations[layer - 1],
          a: layer == 0 ? inputs[0] : base + offsets[place], errors: layer == 0 ? base : base + offsets[place + 1]))
    }
    self.scratch = base + offsets[offsets.count - 1]
    scratchCount = stride
    costs = .allocate(capacity: max(costCount, 1))
    costs.initialize(repeating: 0, count: max(costCount, 1))
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
