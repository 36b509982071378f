import Foundation
import NNBlas
import TestSupport
import Testing

/// 100 steps of `mlp-512` against PyTorch, from parameters and data that both sides compute: see `generate_torch.py`.
@Suite("100 steps of mlp-512")
struct PyTorchTests {
  private struct Fixture: Decodable {
    let losses: [Double]
    let lossesInDouble: [Double]
    let bytes: [UInt8]
    let labels: [Int]
    /// The first weights of each layer, before and after.
    let initial: [[Double]]
    let final: [[Double]]
    let finalInDouble: [[Double]]
  }

  /// The generator's numbers in [0, 1), multiples of 2⁻²⁴: SplitMix64 of a counter (Steele, Lea, Flood, "Fast Splittable
  /// Pseudorandom Number Generators", 2014).
  private static func unit(_ index: Int, stream: UInt64) -> Double {
    var z = UInt64(index) &+ stream &* 0x9E37_79B9_7F4A_7C15
    z = z &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Double(z >> 40) / 0x1p24
  }

  private static let sizes = [784, 512, 512, 10]
  private static let examples = 12_800

  private static func network<S: Scalar>(as _: S.Type) throws -> Network<S> {
    let shapes = Array(zip(sizes, sizes.dropFirst()))
    return try Network(
      weights: shapes.enumerated().map { layer, shape in
        let (inputs, outputs) = shape
        return try Matrix(
          rows: outputs, columns: inputs,
          elements: (0..<inputs * outputs).map {
            S((2 * unit($0, stream: UInt64(1 + layer)) - 1) / Double(inputs).squareRoot())
          })
      },
      biases: shapes.map { try Vector(repeating: 0, count: $0.1) }, activations: [.relu, .relu, .identity])
  }

  private static func bytes() -> [UInt8] {
    (0..<examples * 784).map {
      let u = unit($0, stream: 100)
      return UInt8(256 * u * u)
    }
  }

  private static func labels(_ bytes: [UInt8]) -> [Int] {
    (0..<examples).map { row in
      var sums = [Int](repeating: 0, count: 10)
      for column in 0..<784 { sums[column % 10] += Int(bytes[row * 784 + column]) }
      return sums.firstIndex(of: sums.max() ?? 0) ?? 0
    }
  }

  @Test("Losses are PyTorch's", .enabled(if: isOptimizedBuild, "takes a minute when not optimized"))
  func losses() throws {
    let url = try #require(
      Bundle.module.url(forResource: "torch-mlp", withExtension: "json", subdirectory: "Fixtures"))
    let fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    let bytes = Self.bytes()
    let labels = Self.labels(bytes)
    #expect(Array(bytes.prefix(5)) == fixture.bytes && Array(labels.prefix(5)) == fixture.labels)
    let dataset = try Dataset(
      inputs: ByteMatrix(rows: Self.examples, columns: 784, bytes: bytes), labels: labels, classes: 10)

    let double = try run(on: dataset, as: Double.self)
    let float = try run(on: dataset, as: Float.self)
    #expect(float.initial == fixture.initial)
    #expect(double.losses.count == 100 && fixture.losses.count == 100 && fixture.lossesInDouble.count == 100)
    for (found, expected) in zip(double.losses, fixture.lossesInDouble) { #expect(abs(found - expected) < 1e-11) }
    for (found, expected) in zip(double.final.joined(), fixture.finalInDouble.joined()) {
      #expect(abs(found - expected) < 1e-11)
    }
    // In Float a neuron near the kink of its ReLU has a gradient or none by the rounding of a sum, and Adam makes a whole step
    // of it: any two libraries agree for some steps, and part within some percent of the loss.
    for (found, expected) in zip(float.losses, fixture.losses).prefix(10) { #expect(abs(found - expected) < 1e-5) }
    for (found, expected) in zip(float.losses, fixture.losses) { #expect(abs(found - expected) < 0.05) }
  }

  private struct Run {
    var losses: [Double] = []
    var initial: [[Double]]
    var final: [[Double]] = []
  }

  private func run<S: Scalar>(on dataset: Dataset, as _: S.Type) throws -> Run {
    func first(_ network: Network<S>) -> [[Double]] {
      network.layers.map { $0.weights.row(0).elements.prefix(3).map { Double($0) } }
    }
    let trainer = try Trainer(
      Self.network(as: S.self), batchSize: 128, cost: .softmaxCrossEntropy, optimizer: .adam(learningRate: 1e-3),
      seed: 1)
    var run = Run(initial: first(trainer.network))
    for _ in 0..<100 { run.losses.append(try trainer.train(steps: 1, on: dataset, order: .sequential).cost) }
    run.final = first(trainer.network)
    return run
  }
}
