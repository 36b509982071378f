import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("Files of safetensors")
struct SafetensorsTests {
  /// Two arrays, 8 and 12 bytes, and a word about them.
  private static func small() -> [UInt8] {
    bytes(
      #"{"__metadata__":{"a":"b"},"x":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"#
        + #""y":{"dtype":"F32","shape":[3,1],"data_offsets":[8,20]}}"#, data: Array(repeating: 0, count: 20))
  }

  private static func bytes(_ header: String, data: [UInt8] = []) -> [UInt8] {
    let header = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
  }

  private func read(_ bytes: [UInt8]) throws -> SafetensorsFile {
    try withTemporaryDirectory { folder in
      try folder.write(bytes, to: "a.safetensors")
      return try SafetensorsFile(contentsOf: folder.path + "/a.safetensors")
    }
  }

  @Test("are read with their arrays in the order of their bytes")
  func reading() throws {
    let file = try read(Self.small())
    #expect(file.metadata == ["a": "b"])
    #expect(file.tensors.map(\.name) == ["x", "y"] && file.tensors.map(\.shape) == [[], [3, 1]])
    let y = try #require(file["y"])
    #expect(y.type == .f32 && y.count == 3)
    #expect(try file.numbers(of: y, as: Float.self) == [0, 0, 0])
    #expect(
      message { _ = try file.numbers(of: y, as: Double.self) }
        == "a.safetensors: dtype of y is F32, expected F64; read it as Float, then convert it")
  }

  @Test("take no array twice, nor one of another shape")
  func refusedArrays() throws {
    var file = SafetensorsFile()
    try file.add("a", shape: [2, 1], [1, 2] as Vector<Float>)
    func refusal(_ name: String, _ shape: [Int]) -> String {
      message { try file.add(name, shape: shape, [1, 2] as Vector<Float>) }
    }
    #expect(refusal("a", [2]).hasSuffix("a is added, expected a name that no other array has"))
    #expect(refusal("b", [3]).hasSuffix("shape of b is [3], expected extents for 2 elements"))
    #expect(refusal("b", [-1, -2]).contains("shape of b"))
    #expect(refusal("b", [.max, 2]).contains("shape of b"))
    #expect(file.tensors.count == 1)
  }

  @Test("that Python wrote are read, and written again with the same arrays")
  func python() throws {
    let url = try #require(
      Bundle.module.url(forResource: "torch-sequential", withExtension: "safetensors", subdirectory: "Fixtures"))
    let file = try SafetensorsFile(contentsOf: url.path)
    var copy = SafetensorsFile(metadata: file.metadata)
    for tensor in file.tensors where tensor.type == .f64 {
      try copy.add(tensor.name, shape: tensor.shape, try file.numbers(of: tensor, as: Double.self))
    }
    try withTemporaryDirectory { folder in
      let path = folder.path + "/copy.safetensors"
      try copy.write(to: path)
      let again = try SafetensorsFile(contentsOf: path)
      #expect(again.metadata == ["format": "pt"] && again.tensors.count == file.tensors.count - 1)
      for tensor in again.tensors {
        let original = try #require(file[tensor.name])
        #expect(try again.numbers(of: tensor, as: Double.self) == file.numbers(of: original, as: Double.self))
        #expect(tensor.shape == original.shape)
      }
      // Arrays begin at multiples of 8.
      let length = try Data(contentsOf: URL(fileURLWithPath: path)).prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      #expect(length % 8 == 0)
    }
  }

  @Test("cut off anywhere are refused")
  func truncated() throws {
    let whole = Self.small()
    for count in 0..<whole.count {
      #expect(throws: ModelFileError.self, "\(count)") { try read(Array(whole[..<count])) }
    }
    #expect(throws: ModelFileError.self) { try read(whole + [0]) }
    #expect(throws: Never.self) { try read(whole) }
  }

  @Test("with any bits flipped are refused, or are files with other numbers")
  func flipped() throws {
    var generator = Philox(seed: 7)
    for _ in 0..<2000 {
      var bytes = Self.small()
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] ^= 1 << UInt8.random(in: 0...7, using: &generator)
      }
      do {
        let file = try read(bytes)
        // What is accepted is whole.
        #expect(file.tensors.reduce(0) { $0 + $1.count * ($1.type == .f64 ? 8 : 4) } <= 24)
        for tensor in file.tensors where tensor.type == .f32 {
          #expect(try file.numbers(of: tensor, as: Float.self).count == tensor.count)
        }
      } catch is ModelFileError {}
    }
  }

  @Test(
    "are refused with what is wrong",
    arguments: [
      ("", 0, "a header's length is 0"),
      (#"[]"#, 0, "the JSON is wrong"),
      (#"{"x":{"dtype":"F64","shape":[1]}}"#, 8, "x is wrong: there is no data_offsets"),
      (#"{"x":{"dtype":"F99","shape":[1],"data_offsets":[0,8]}}"#, 8, #"dtype of x is "F99", expected F64, F32"#),
      (
        #"{"x":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}"#, 8,
        "data_offsets of x is 8 bytes, expected 16 for [2] of F64"
      ),
      (#"{"x":{"dtype":"F64","shape":[-1],"data_offsets":[0,8]}}"#, 8, "shape of x is [-1]"),
      (
        #"{"x":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#, 8,
        "shape of x is [4294967296, 4294967296], expected extents that memory can hold"
      ),
      (#"{"x":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}"#, 16, "data_offsets of x is begin at 8, expected 0"),
      (#"{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#, 16, "the file is 16 bytes of arrays, expected 8"),
      (#"{"x":{"dtype":"F64","shape":[1],"data_offsets":[-8,0]}}"#, 8, "data_offsets of x is [-8, 0]"),
      (#"{"x":{"dtype":"F64","shape":[1],"data_offsets":[8,0]}}"#, 8, "data_offsets of x is [8, 0]"),
      (#"{"x":{"dtype":"F64","shape":[1],"data_offsets":[0,99999999999999999999]}}"#, 8, "is wrong"),
      (#"{"x":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}"#, 1, "is wrong"),
      (#"{"__metadata__":{"a":1}}"#, 0, "is wrong"),
      (
        #"{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"x":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}"#,
        8,
        "expected"
      ),
      (
        #"{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#,
        6,
        "data_offsets of y is begin at 2, expected 4"
      ),
    ])
  func refused(header: String, count: Int, text: String) {
    let found = message { _ = try read(Self.bytes(header, data: Array(repeating: 0, count: count))) }
    #expect(found.hasPrefix("a.safetensors: ") && (found.contains(text) || header.isEmpty), "\(found)")
  }

  @Test("with endless nesting or absurd lengths do not end the process")
  func hostile() {
    let nested = #"{"x":"# + String(repeating: "[", count: 100_000)
    #expect(throws: ModelFileError.self) { try read(Self.bytes(nested)) }
    #expect(throws: ModelFileError.self) { try read([255, 255, 255, 255, 255, 255, 255, 255, 123]) }
    #expect(throws: ModelFileError.self) { try read([255, 255, 255, 255, 255, 255, 255, 127, 123]) }
    #expect(throws: ModelFileError.self) { try read([2, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFE]) }
  }
}
