import CElementwise
import NNBlas
import Testing

/// Bytes as parts of 255, gathered row by row, on every level.
struct ByteKernelTests {
  /// The correctly rounded quotient, which a product with a rounded 1/255 is not.
  @Test(arguments: KernelCase.all)
  func allBytes(_ run: KernelCase) throws { try checkAll(run.scalar, run.level) }

  private func checkAll<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    let bytes = [UInt8](0...255)
    // As one row, in vectors; and as 256 rows of one, each alone.
    for width in [256, 1] {
      let count = 256 / width
      let target = Block<S>(BlockPlace(rows: 1, columns: 256, ld: 256), [S](repeating: -1, count: 256))
      kernels.gatherBytes(target.start, bytes, width, (0..<count).map(Int32.init), count)
      #expect(target.elements == bytes.map { S($0) / 255 }, "rows of \(width)")
      #expect(target.elements[0] == 0 && target.elements[255] == 1)
    }
  }

  /// Every width up to four registers of 64 bytes, more rows than are fetched ahead, in any order and repeatedly.
  @Test(arguments: KernelCase.all)
  func rows(_ run: KernelCase) throws { try checkRows(run.scalar, run.level) }

  private func checkRows<S: KernelScalar>(_: S.Type, _ level: SIMDLevel) throws {
    let kernels = try #require(S.kernels(level))
    for width in 0...259 {
      let bytes = (0..<8 * width + 8).map { UInt8(truncatingIfNeeded: 37 * $0 + 11) }
      let offset = width % 8
      for indices in [[], [7], [3, 3, 0], [6, 1, 7, 0, 2, 5, 5, 4, 3, 1]] as [[Int32]] {
        let place = BlockPlace(rows: 1, columns: indices.count * width, ld: indices.count * width, offset: offset)
        let target = Block<S>(place, [S](repeating: -1, count: place.count))
        bytes.withUnsafeBufferPointer {
          guard let source = $0.baseAddress else { return }
          kernels.gatherBytes(target.start, source + offset, width, indices, indices.count)
        }
        let expected = indices.flatMap { row in
          (0..<width).map { S(bytes[offset + Int(row) * width + $0]) / 255 }
        }
        #expect(target.elements == expected, "rows \(indices) of \(width) bytes")
        #expect(target.isUnchangedAround, "rows \(indices) of \(width) bytes")
      }
    }
  }
}
