// A block of steps that look ahead, taken along in its middle: see `Lookahead`.

/// What goes on elsewhere with a block of steps under way has to know besides the position: the weights have been settled, and are
/// not those that its products were made with.
struct BlockUnderWay<S: Scalar>: Sendable {
  /// Which of an epoch's steps are in the block.
  let steps: Range<Int>
  /// How many of its examples the steps so far have seen.
  let row: Int
  /// X Wᵀ for all examples of the block (examples × neurons), with the weights from before it.
  let products: Matrix<S>
  /// The updates of its steps so far (examples so far × neurons).
  let updates: Matrix<S>
  /// X Xᵀ (examples × examples), where the second example's step comes before the first one's; elsewhere 0.
  let overlaps: Matrix<S>
}

extension Engine {
  /// What the block under way is, copied, or nil where the next step begins one; all updates have been settled.
  func blockUnderWay(next step: Int) -> BlockUnderWay<S>? {
    guard let lookahead, lookahead.isUnderWay(step) else { return nil }
    return lookahead.underWay
  }

  /// Goes on in the middle of a block that another engine of the same plan began, with the examples of the data set that has begun.
  func resume(_ block: BlockUnderWay<S>) {
    guard let lookahead else { return }
    let (indices, count) = examples(from: block.steps.lowerBound, count: block.steps.count * batchSize)
    let control = FloatingPointControl.enterEngine()
    defer { control.restore() }
    // Every worker has a copy.
    for copy in 0..<team.count {
      let batch = lookahead.front
      context.pointee.examples?.gather(
        indices, count: count, inputs: batch.inputs + copy * batch.inputStride,
        targets: batch.targets + copy * batch.targetStride,
        magnitudes: batch.magnitudes + copy * batch.magnitudeStride)
    }
    lookahead.resume(block)
  }
}
