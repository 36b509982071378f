// What is known of a step before it changes anything: whether its cost is finite, and whether its gradient must be. No product of the
// gradient is waited for: with errors δ and inputs x no sum of it, nor a part of one, is larger than max |δ| · max |x| · examples. Where squares of
// derivatives are kept, those have to be numbers, too.

extension StepContext {
  /// Whether the step may change what is kept: parameters, the stored gradient, and what layers gather.
  ///
  /// All workers come to the same answer, each of the same numbers.
  func isSound(costSum: Double, worker: Int) -> Bool {
    guard isGuarded, !isReplay else { return true }
    guard costSum.isFinite else { return false }
    // Half: sums are rounded on the way.
    let largest = Double(S.greatestFiniteMagnitude)
    let limit = rule.keepsSquares ? largest.squareRoot() / 2 : largest / 2
    for index in 1...schedule.lastLayer where layers[index].learns {
      let errors = magnitudes.errors(layer: index, workers: schedule.workers)
      // Of what is no product, it is the gradient itself.
      let bound = layers[index].isDense ? errors * largestInput(of: index, worker) * Double(schedule.rows) : errors
      // What is no number is not below.
      guard bound < limit else { return false }
    }
    return true
  }

  /// The largest magnitude of what a layer's weights are multiplied by, at least the 1 that its biases are.
  private func largestInput(of layer: Int, _ worker: Int) -> Double {
    // Not by `max`, which may take the 1 for what is no number.
    let input = layer == 1 ? largestOfBatch(worker) : magnitudes.outputs(layer: layer - 1, workers: schedule.workers)
    return input < 1 ? 1 : input
  }

  /// The largest magnitude of the batch's inputs.
  private func largestOfBatch(_ worker: Int) -> Double {
    // Bytes are parts of 255.
    guard let examples, !examples.hasByteInputs else { return 1 }
    return Double(
      S._largestMagnitude(batch.magnitudes + worker * batch.magnitudeStride, _BlockShape(count: schedule.rows)))
  }

  /// Notes how large some of a layer's outputs are, where the layer above multiplies them and they have no errors to be met with.
  @inline(__always)
  func noteOutputs(_ task: Plan.Task, _ worker: Int) {
    let layer = layers[task.layer]
    guard isGuarded, layer.notesOutputs else { return }
    let start = layer.a + task.rows.lowerBound * layer.stride + task.columns.lowerBound
    let shape = _BlockShape(rows: task.rows.count, columns: task.columns.count, stride: layer.stride)
    magnitudes.noteOutputs(S._largestMagnitude(start, shape), layer: task.layer, worker: worker)
  }
}
