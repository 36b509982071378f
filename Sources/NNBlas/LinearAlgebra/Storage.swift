import Foundation

/// The memory behind vectors and matrices: `count` elements, aligned to a cache line; large ones lie in huge pages where the
/// system has them.
///
/// It is mutated only by a holder of the one reference to it; everybody else copies first. That is what makes it safe to
/// send between threads.
@usableFromInline
package final class Storage<S: Scalar>: @unchecked Sendable {
  static var alignment: Int { 64 }
  /// What x86-64 and most kernels of aarch64 call a huge page.
  private static var hugePage: Int { 2 << 20 }

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
    let size = count * MemoryLayout<S>.stride
    // The rows of a large matrix lie on pages of their own, of which the processor remembers too few while a product packs
    // a panel: huge ones make products of 2048 columns faster by a sixth.
    let isLarge = size >= 2 * Self.hugePage
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: isLarge ? Self.hugePage : Self.alignment)
    // Where it is refused, memory is as it was.
    if isLarge { madvise(bytes, size, MADV_HUGEPAGE) }
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
