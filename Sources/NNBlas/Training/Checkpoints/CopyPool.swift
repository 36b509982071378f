/// Memory for copies of what training goes on to change, used again when nobody holds the copy any longer: the first touch of new
/// memory takes several times as long as a copy.
final class CopyPool<S: Scalar> {
  private var buffers: [Storage<S>] = []

  /// A copy of some numbers.
  func copy(_ source: UnsafePointer<S>, _ count: Int) -> Vector<S> {
    let index = buffers.indices.first { buffers[$0].count == count && isKnownUniquelyReferenced(&buffers[$0]) }
    let storage = index.map { buffers[$0] } ?? Storage(uninitialized: count)
    if index == nil { buffers.append(storage) }
    storage.pointer.update(from: source, count: count)
    return Vector(storage: storage, offset: 0, count: count)
  }
}
