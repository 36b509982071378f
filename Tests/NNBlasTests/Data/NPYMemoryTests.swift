import NNBlas
import TestSupport
import Testing

/// As for IDX, a header is a claim: memory follows the smaller of what it claims and what is there.
@Suite(.timeLimit(.minutes(10)), .enabled(if: !isSanitized, "a sanitizer allocates in its own way"))
struct NPYMemoryTests {
  static func header(_ shape: String) -> [UInt8] {
    NPYFixtures.file("{'descr': '|u1', 'fortran_order': False, 'shape': (\(shape))}")
  }

  static func expectRead(_ file: [UInt8], _ message: String, memory: Int) throws {
    try withTemporaryDirectory { directory in
      let path = try directory.write(file, to: "x.npy")
      let before = try ProcessMemory.resident()
      expectError(DataError.self, message) { try NPY(contentsOf: path) }
      #expect(try ProcessMemory.peak() - before <= memory + IDXMemoryTests.allowance)
    }
  }

  @Test func aLargeClaimOfFewerBytes() async {
    await #expect(processExitsWith: .success) {
      let inflated = IDXMemoryTests.memberCount * IDXMemoryTests.memberSize
      try Self.expectRead(
        IDXMemoryTests.bomb(Self.header("1568000000,")),
        "x.npy: \(74 + inflated) bytes, expected 1568000074 (74-byte header + 1568000000 of uint8)", memory: inflated)
    }
  }

  /// 2⁶⁰ bytes are more than any machine has: nothing is read at all.
  @Test func aClaimBeyondMemory() async {
    await #expect(processExitsWith: .success) {
      try Self.expectRead(
        IDXMemoryTests.bomb(Self.header("1073741824, 1073741824")),
        "x.npy: the header asks for 1152921504606846976 bytes (85-byte header + 1073741824×1073741824 of uint8), "
          + "more than \(MemoryLimit.least)", memory: 0)
    }
  }

  /// Bytes are not copied on their way into a data set.
  @Test func bytesTakeTheirSizeOnce() async {
    await #expect(processExitsWith: .success) {
      let (count, width) = (IDXMemoryTests.memberCount, IDXMemoryTests.memberSize)
      let file = IDXMemoryTests.bomb(Self.header("\(count), \(width)"))
      try withTemporaryDirectory { directory in
        let path = try directory.write(file, to: "x.npy")
        let before = try ProcessMemory.resident()
        let labels = [Int](repeating: 0, count: count)
        let dataset = try Dataset(inputs: NPY(contentsOf: path).bytes(), labels: labels, classes: 1)
        #expect(dataset.count == count && dataset.inputWidth == width)
        #expect(try ProcessMemory.peak() - before <= count * width + IDXMemoryTests.allowance)
      }
    }
  }
}
