import Foundation
import NNBlas
import TestSupport
import Testing

/// The format, read by what knows nothing of it but the description of safetensors.
@Suite("A checkpoint's file")
struct CheckpointFormatTests {
  private static let name = "checkpoint-0000000004.safetensors"

  private func dataset() throws -> Dataset {
    let inputs = (0..<8).map { (row: Int) -> [Double] in [Double(row) / 8, Double(row % 3)] }
    let targets = (0..<8).map { (row: Int) -> [Double] in [Double(row % 2)] }
    return try Dataset(inputs: inputs, targets: targets)
  }

  private func trainer() throws -> Trainer<Double> {
    let network = try Network<Double>(
      weights: [Matrix([[0.5, -0.25], [1, 0.125]]), Matrix([[0.5, -1]])], biases: [[0, 0.25], [-0.5]])
    return try Trainer(network, batchSize: 3, optimizer: .adam(learningRate: 0.125), accumulation: 2, seed: 3)
  }

  @Test("is a safetensors file with all arrays, and a checksum of what is before it")
  func layout() throws {
    try withTemporaryDirectory { folder in
      let trainer = try trainer()
      trainer.checkpoints = CheckpointRule(folder: folder.path, everySeconds: nil)
      trainer.checkpointNotes = { ["a": "b"] }
      try trainer.train(steps: 4, on: dataset())
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.path(of: Self.name))))
      let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let header = try #require(
        JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length])) as? [String: [String: Any]])
      func array(_ name: String) throws -> (shape: [Int], bytes: ArraySlice<UInt8>) {
        let entry = try #require(header[name], "\(name)")
        let offsets = try #require(entry["data_offsets"] as? [Int])
        return (try #require(entry["shape"] as? [Int]), bytes[8 + length + offsets[0]..<8 + length + offsets[1]])
      }
      let state = trainer.trainingState
      for expected in state.arrays {
        let found = try array(expected.name)
        #expect(found.shape == expected.shape)
        #expect(Array(found.bytes) == expected.elements.elements.flatMap { withUnsafeBytes(of: $0, Array.init) })
      }
      // Of the epoch under way one batch has been added up.
      #expect(header["gradient.0.weight"] != nil)
      #expect(header.count == state.arrays.count + 3)
      #expect(try array("course.reports").shape == [0, 13])
      let sum = try array("nnblas.checksum")
      #expect(sum.shape == [] && sum.bytes.endIndex == bytes.count)
      #expect(sum.bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) } == plainCRC32(bytes.dropLast(4)))
      let text = try #require(header["__metadata__"]?["nnblas.checkpoint"] as? String)
      let record = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(record["version"] as? Int == 1 && record["precision"] as? String == "f64")
      #expect(record["scalars"] as? [String: Double] == state.scalars)
      #expect(record["notes"] as? [String: String] == ["a": "b"])
      #expect((record["plan"] as? [String: Any])?["ending"] as? String == "stored")
      #expect((record["environment"] as? [String: Any])?["openBLASCore"] as? String == BLAS.core)
    }
  }

  /// Written by this test's trainer in the version of the format that is said in its name: what was written once can be read for ever.
  @Test("of version 1 can be resumed from")
  func golden() throws {
    let file = try #require(
      Bundle.module.url(forResource: "checkpoint-1", withExtension: "safetensors", subdirectory: "Fixtures"))
    let trainer = try trainer()
    let resumption = try trainer.resume(from: file.path)
    #expect(resumption.place == "after 1 epoch and 1 step" && resumption.notes == ["a": "b"])
    let fresh = try self.trainer()
    try fresh.train(steps: 4, on: dataset())
    let (found, expected) = (trainer.trainingState, fresh.trainingState)
    #expect(found.scalars == expected.scalars && found.arrays.map(\.name) == expected.arrays.map(\.name))
    for (a, b) in zip(found.arrays, expected.arrays) {
      // Elsewhere sums are rounded otherwise.
      for index in 0..<a.elements.count { #expect(abs(a.elements[index] - b.elements[index]) < 1e-12, "\(a.name)") }
    }
    #expect(try trainer.train(steps: 7, on: dataset()).steps == 7)
  }
}
