import Foundation
import NNBlas
import TestSupport
import Testing

/// Thousands of files of random bytes: what is read agrees with a naive reader, the rest is refused, nothing traps.
@Suite(.timeLimit(.minutes(10))) struct RandomFileTests {
  @Test func randomBytes() throws {
    let counts = try readRandomFiles(count: 500, seed: 1) { generator in randomBytes(&generator, below: 64) }
    #expect(counts.images == 0 && counts.labels == 0)
  }

  @Test func randomBytesAfterTheRightMagicNumber() throws {
    let counts = try readRandomFiles(count: 2_000, seed: 2) { generator in
      let isImages = generator.nextIndex(below: 2) == 0
      let magic = isImages ? IDXFixture.imagesMagic : IDXFixture.labelsMagic
      // Extents from 0 to 3, that many pixels or a few, and values from 0 to 10.
      let extents = (0..<(isImages ? 3 : 1)).map { _ in UInt32(generator.nextIndex(below: 4)) }
      let claimed = Int(extents.reduce(1, *))
      let count = generator.nextIndex(below: 4) == 0 ? generator.nextIndex(below: 30) : claimed
      let values = (0..<count).map { _ in UInt8(generator.nextIndex(below: 11)) }
      return IDXFixture.word(magic) + extents.flatMap(IDXFixture.word) + values
    }
    #expect(counts.images > 100 && counts.labels > 100)
    #expect(counts.refused > 100)
  }

  @Test func randomBytesAfterTheSignatureOfGzip() throws {
    let counts = try readRandomFiles(count: 1_000, seed: 3) { generator in
      GzipFixture.header[..<(3 + generator.nextIndex(below: 8))] + randomBytes(&generator, below: 200)
    }
    #expect(counts.images == 0 && counts.labels == 0)
  }

  @Test func changedBytesOfPlainFiles() throws {
    let file = IDXFixture.images(count: 2, height: 2, width: 3)
    let counts = try readRandomFiles(count: 1_000, seed: 4) { generator in changed(file, &generator) }
    #expect(counts.images > 100)
    #expect(counts.refused > 100)
  }

  /// What is read passed gzip's checksum: it can only be the original.
  @Test func changedBytesOfCompressedFiles() throws {
    let contents = IDXFixture.images(count: 20, height: 2, width: 3)
    let file = GzipFixture.stored(contents, blockSize: 50)
    var generator = Philox(seed: 5)
    var (readable, refused) = (0, 0)
    try withTemporaryDirectory { directory in
      for _ in 0..<1_000 {
        let path = try directory.write(changed(file, &generator), to: "file")
        do throws(DataError) {
          let images = try IDX.images(contentsOf: path)
          #expect(images.pixels.bytes == Array(contents[16...]))
          readable += 1
        } catch {
          #expect(error.description.hasPrefix("file: "))
          refused += 1
        }
      }
    }
    #expect(readable > 10)
    #expect(refused > 500)
  }

  // MARK: - Random files

  private func randomBytes(_ generator: inout Philox, below count: Int) -> [UInt8] {
    (0..<generator.nextIndex(below: count)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
  }

  /// The file with one to three bytes changed, and sometimes cut.
  private func changed(_ file: [UInt8], _ generator: inout Philox) -> [UInt8] {
    var file = file
    for _ in 0...generator.nextIndex(below: 3) {
      file[generator.nextIndex(below: file.count)] = UInt8(truncatingIfNeeded: generator.next())
    }
    if generator.nextIndex(below: 5) == 0 { file.removeLast(1 + generator.nextIndex(below: file.count)) }
    return file
  }

  // MARK: - Reading them

  private struct Counts { var (images, labels, refused) = (0, 0, 0) }

  /// Reads each file as images and as labels, and compares with what the naive reader makes of it.
  private func readRandomFiles(
    count: Int, seed: UInt64, _ makeFile: (inout Philox) -> [UInt8]
  ) throws -> Counts {
    var counts = Counts()
    var generator = Philox(seed: seed)
    try withTemporaryDirectory { directory in
      for index in 0..<count {
        let file = makeFile(&generator)
        let path = try directory.write(file, to: "file")
        let images = try? IDX.images(contentsOf: path)
        #expect(images?.pixels.bytes == naiveContents(file, dimensions: 3), "file \(index): \(file)")
        let labels = try? IDX.labels(contentsOf: path)
        let values = naiveContents(file, dimensions: 1)
        #expect(labels?.values == (values?.contains { $0 > 9 } == true ? nil : values), "file \(index): \(file)")
        if images != nil { counts.images += 1 }
        if labels != nil { counts.labels += 1 }
        if images == nil && labels == nil { counts.refused += 1 }
      }
    }
    return counts
  }

  /// The contents of a plain file whose header is right and says how many bytes follow; nil for any other.
  private func naiveContents(_ file: [UInt8], dimensions: Int) -> [UInt8]? {
    let header = 4 + 4 * dimensions
    guard file.count >= header, Array(file[..<4]) == [0, 0, 8, UInt8(dimensions)] else { return nil }
    var claimed = 1.0
    for start in stride(from: 4, to: header, by: 4) {
      claimed *= file[start..<start + 4].reduce(0) { $0 * 256 + Double($1) }
    }
    return claimed > 0 && Double(file.count - header) == claimed ? Array(file[header...]) : nil
  }
}
