/// The largest magnitudes of a step's numbers: of every layer's errors, and of its outputs where somebody multiplies them.
///
/// Every worker notes those of its own tasks, in memory that no other writes to; what is largest of all does not depend on who
/// did what.
struct Magnitudes {
  /// Bit patterns of doubles without sign: as integers, what is no number is larger than all that are.
  private let slots: UnsafeMutablePointer<UInt64>
  /// From one worker's to the next one's.
  private let stride: Int

  /// None so far.
  init(layers: Int, workers: Int) {
    // Two lines of cache, which processors fetch together.
    let line = 128 / MemoryLayout<UInt64>.stride
    stride = (2 * layers + line - 1) / line * line
    slots = .allocate(capacity: workers * stride)
    slots.initialize(repeating: 0, count: workers * stride)
  }

  func deallocate() { slots.deallocate() }

  /// Forgets what a worker has noted.
  @inline(__always)
  func clear(worker: Int) { (slots + worker * stride).update(repeating: 0, count: stride) }

  /// Notes the largest magnitude of some of a layer's errors.
  @inline(__always)
  func noteErrors<S: Scalar>(_ magnitude: S, layer: Int, worker: Int) {
    note(magnitude, slots + worker * stride + 2 * layer)
  }

  /// Notes the largest magnitude of some of a layer's outputs.
  @inline(__always)
  func noteOutputs<S: Scalar>(_ magnitude: S, layer: Int, worker: Int) {
    note(magnitude, slots + worker * stride + 2 * layer + 1)
  }

  @inline(__always)
  private func note<S: Scalar>(_ magnitude: S, _ slot: UnsafeMutablePointer<UInt64>) {
    slot.pointee = max(slot.pointee, Double(magnitude).bitPattern)
  }

  /// The largest magnitude of a layer's errors that some workers have noted, 0 where none has.
  @inline(__always)
  func errors(layer: Int, workers: Int) -> Double { largest(2 * layer, workers) }

  /// The same of its outputs.
  @inline(__always)
  func outputs(layer: Int, workers: Int) -> Double { largest(2 * layer + 1, workers) }

  @inline(__always)
  private func largest(_ slot: Int, _ workers: Int) -> Double {
    var bits: UInt64 = 0
    for worker in 0..<workers { bits = max(bits, slots[worker * stride + slot]) }
    return Double(bitPattern: bits)
  }
}
