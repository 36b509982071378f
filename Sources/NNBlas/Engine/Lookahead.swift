/// What the steps of a block have in common, from one to the next, and how far they are.
///
/// It outlives a call of training, which may end in the middle of a block, and is no part of the workspace, of which nothing is
/// kept between steps. Who goes on elsewhere in the middle of a block, to the same bits, has to take along its products and
/// updates, with the position: the weights have been settled, and are not those that its products were made with.
final class Lookahead<S: Scalar> {
  /// How many steps make a block.
  let steps: Int
  /// The examples of a step, the numbers of one, and those of its target.
  private let (rows, inputWidth, targetWidth): (Int, Int, Int)
  /// The neurons of the first layer.
  private let width: Int
  /// The examples of the block under way, and of the block before or after it.
  private(set) var (front, back): (Workspace<S>.Batch, Workspace<S>.Batch)
  /// What the step and the workers see of it.
  private(set) var view: View
  /// The block under way: which of an epoch's steps are in it.
  private var block = 0..<0
  /// How many of them have been taken.
  private var taken: Int { view.row / rows }
  private let storage: Storage<S>

  /// Plain addresses, as the context of a step has them.
  struct View {
    /// X Wᵀ for all examples of the block (examples × neurons), with the weights from before it.
    let products: UnsafeMutablePointer<S>
    /// The updates of its steps so far, −η/examples · Δ (examples × neurons).
    let updates: UnsafeMutablePointer<S>
    /// The elements from one row of both to the next.
    let stride: Int
    /// X Xᵀ (examples × examples), where the second example's step comes before the first one's.
    let overlaps: UnsafeMutablePointer<S>
    /// The elements from one row of these to the next.
    let overlapStride: Int
    /// Which updates are not in the weights yet.
    var deferred = 0..<0
    /// The block's first example in this step.
    var row = 0
  }

  /// - Parameters:
  ///   - plan: Of steps that look ahead.
  ///   - workers: How many there are, each with a copy of the block's examples.
  init(_ plan: Plan, workers: Int) {
    (steps, rows) = (plan.lookahead, plan.rows)
    let (sizes, count) = (plan.sizes, plan.rows * plan.lookahead)
    (inputWidth, targetWidth, width) = (sizes[0], sizes[sizes.count - 1], sizes[1])
    // Two lines of cache, which processors fetch together.
    let unit = 128 / MemoryLayout<S>.stride
    func rounded(_ count: Int) -> Int { (count + unit - 1) / unit * unit }
    let (inputs, targets) = (rounded(count * inputWidth), rounded(count * targetWidth))
    let (stride, overlapStride, magnitudes) = (rounded(sizes[1]), rounded(count), rounded(count))
    storage = Storage(
      uninitialized: 2 * workers * (inputs + targets + magnitudes) + 2 * count * stride + count * overlapStride)
    var next = storage.pointer
    func reserve(_ count: Int) -> UnsafeMutablePointer<S> {
      defer { next += count }
      return next
    }
    func batch() -> Workspace<S>.Batch {
      Workspace.Batch(
        inputs: reserve(workers * inputs), targets: reserve(workers * targets), weights: nil, inputStride: inputs,
        targetStride: targets, weightStride: 0, magnitudes: reserve(workers * magnitudes), magnitudeStride: magnitudes)
    }
    (front, back) = (batch(), batch())
    view = View(
      products: reserve(count * stride), updates: reserve(count * stride), stride: stride,
      overlaps: reserve(count * overlapStride), overlapStride: overlapStride)
  }

  /// Whether a step is the next one of the block under way.
  func isUnderWay(_ step: Int) -> Bool { block.contains(step) && block.lowerBound + taken == step }

  /// Whether products of the next step's examples with those before it in the block are too large for the scalar.
  var hasInfiniteOverlap: Bool {
    for row in view.row..<view.row + rows {
      let overlaps = view.overlaps + row * view.overlapStride
      for column in 0..<view.row where !overlaps[column].isFinite { return true }
    }
    return false
  }

  /// Turns to the block that a step begins, once its examples are in `back` and all updates are in the weights.
  ///
  /// - Parameter block: Which of the epoch's steps are in it.
  func begin(_ block: Range<Int>) {
    swap(&front, &back)
    (self.block, view.deferred, view.row) = (block, 0..<0, 0)
  }

  /// Sets all memory to a number, as long as none of it will be read: not where a block is under way.
  func fill(_ value: S) {
    if taken == block.count, view.deferred.isEmpty { S._fill(storage.pointer, value, storage.count) }
  }

  /// Forgets the block under way, of which all updates are in the weights.
  func drop() { (block, view.deferred, view.row) = (0..<0, 0..<0, 0) }

  /// The block under way, copied, once all updates are in the weights.
  var underWay: BlockUnderWay<S> {
    let count = block.count * rows
    func copied(_ source: UnsafeMutablePointer<S>, _ rows: Int, _ columns: Int, _ stride: Int) -> Matrix<S> {
      let copy = Matrix<S>(uninitializedRows: rows, columns: columns)
      for row in 0..<rows { (copy.storage.pointer + row * columns).update(from: source + row * stride, count: columns) }
      return copy
    }
    let overlaps = Matrix<S>(uninitializedRows: count, columns: count)
    S._fill(overlaps.storage.pointer, 0, count * count)
    for row in view.row..<count {
      (overlaps.storage.pointer + row * count).update(
        from: view.overlaps + row * view.overlapStride, count: row / rows * rows)
    }
    return BlockUnderWay(
      steps: block, row: view.row, products: copied(view.products, count, width, view.stride),
      updates: copied(view.updates, view.row, width, view.stride), overlaps: overlaps)
  }

  /// Whether somebody can have been in a block of this plan before a step.
  func canResume(_ other: BlockUnderWay<S>, at step: Int) -> Bool {
    // Numbers from a file, whose sums and products may be too large.
    guard other.steps.lowerBound >= 0, (1...steps).contains(other.steps.count) else { return false }
    let count = other.steps.count * rows
    return other.steps.contains(step) && other.row == (step - other.steps.lowerBound) * rows && other.row > 0
      && (other.products.rows, other.products.columns) == (count, width)
      && (other.updates.rows, other.updates.columns) == (other.row, width)
      && (other.overlaps.rows, other.overlaps.columns) == (count, count)
  }

  /// Turns to the middle of a block, whose examples are in `front`.
  func resume(_ other: BlockUnderWay<S>) {
    // Products read whole lines of cache, of which nobody reads what is beyond the neurons.
    S._fill(view.products, 0, steps * rows * view.stride)
    S._fill(view.updates, 0, steps * rows * view.stride)
    func fill(_ target: UnsafeMutablePointer<S>, _ stride: Int, from source: Matrix<S>) {
      source.withElements { elements in
        for row in 0..<source.rows {
          (target + row * stride).update(from: elements + row * source.columns, count: source.columns)
        }
      }
    }
    fill(view.products, view.stride, from: other.products)
    fill(view.updates, view.stride, from: other.updates)
    fill(view.overlaps, view.overlapStride, from: other.overlaps)
    (block, view.row, view.deferred) = (other.steps, other.row, other.row..<other.row)
  }

  /// Notes that the updates of all steps so far are in the weights.
  func settled() { view.deferred = view.deferred.upperBound..<view.deferred.upperBound }

  /// Notes that the step under way has been taken, and its update deferred.
  func finishStep() {
    view.row += rows
    view.deferred = view.deferred.lowerBound..<view.row
  }

  /// The examples of the step under way.
  var batch: Workspace<S>.Batch {
    Workspace.Batch(
      inputs: front.inputs + view.row * inputWidth, targets: front.targets + view.row * targetWidth,
      weights: nil, inputStride: front.inputStride, targetStride: front.targetStride, weightStride: 0,
      magnitudes: front.magnitudes + view.row, magnitudeStride: front.magnitudeStride)
  }
}
