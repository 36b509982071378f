import Foundation
import NNBlas
import TestSupport
import Testing

/// Files that `Fixtures/generate_npy.py` let NumPy write.
struct NPYFixtures: Decodable {
  struct Readable: Decodable {
    let name: String
    let file: Data
    let shape: [Int]
    let elementType: String
    /// As Python writes them.
    let numbers: [String]

    var doubles: [Double] {
      get throws { try numbers.map { try #require(Double($0)) } }
    }
  }

  let readable: [Readable]
  let refused: [String: Data]

  static func load() throws -> NPYFixtures {
    let url = try #require(Bundle.module.url(forResource: "npy", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(NPYFixtures.self, from: Data(contentsOf: url))
  }

  subscript(name: String) -> Readable {
    get throws { try #require(readable.first { $0.name == name }) }
  }

  /// Reads a file that has these bytes.
  static func read(_ bytes: some Collection<UInt8>) throws -> NPY {
    try withTemporaryDirectory { try NPY(contentsOf: $0.write(Array(bytes), to: "x.npy")) }
  }

  /// A file with a header of version 1.0 and as many bytes behind it.
  static func file(_ header: String, count: Int = 0, version: [UInt8] = [1, 0]) -> [UInt8] {
    let length = UInt16(header.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + version + [UInt8(length & 0xFF), UInt8(length >> 8)] + Array(header.utf8)
      + (0..<count).map { UInt8($0 % 256) }
  }
}
