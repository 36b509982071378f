#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Bytes in memory that grow in place while they are read and never change afterwards.
final class ByteStorage: @unchecked Sendable {
  private(set) var pointer: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity = 0

  init() {
    pointer = UnsafeMutablePointer(bitPattern: MemoryLayout<UInt8>.alignment).unsafelyUnwrapped
  }

  deinit {
    if capacity > 0 { free(pointer) }
  }

  /// Makes room for `additional` bytes, lets `fill` write up to that many and say how many it wrote.
  ///
  /// Large blocks are moved by the kernel, so that growing holds no second copy.
  ///
  /// - Returns: what `fill` returned, or nil when there is no memory.
  func append<E: Error>(
    upTo additional: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) throws(E) -> Int
  ) throws(E) -> Int? {
    if count + additional > capacity {
      guard let grown = realloc(capacity > 0 ? pointer : nil, count + additional) else { return nil }
      pointer = grown.assumingMemoryBound(to: UInt8.self)
      capacity = count + additional
    }
    let written = try fill(UnsafeMutableBufferPointer(start: pointer + count, count: additional))
    count += written
    return written
  }
}
