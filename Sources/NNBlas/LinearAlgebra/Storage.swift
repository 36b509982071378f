/// The memory behind vectors and matrices: `count` elements, aligned to a cache line.
///
/// It is mutated only by a holder of the one reference to it; everybody else copies first. That is what makes it safe to
/// send between threads.
@usableFromInline
package final class Storage<S: Scalar>: @unchecked Sendable {
  static var alignment: Int { 64 }

  @usableFromInline let pointer: UnsafeMutablePointer<S>
  let count: Int

  /// Memory whose elements the caller sets before anybody reads them.
  init(uninitialized count: Int) {
    self.count = count
    guard count > 0 else {
      // Nothing is ever read or written there, but BLAS and loops want an address.
      pointer = UnsafeMutablePointer(bitPattern: Self.alignment).unsafelyUnwrapped
      return
    }
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<S>.stride, alignment: Self.alignment)
    pointer = bytes.bindMemory(to: S.self, capacity: count)
  }

  deinit {
    if count > 0 { UnsafeMutableRawPointer(pointer).deallocate() }
  }
}

/// Stops the process because an invariant of the package is broken, never because of anything a user passed in.
///
/// It prints its text in release builds too, which `precondition` does not.
@inline(never)
func invariantBroken(_ message: String, file: StaticString = #fileID, line: UInt = #line) -> Never {
  fatalError("NNBlas: internal invariant broken: \(message)", file: file, line: line)
}
