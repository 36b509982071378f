import Foundation
import NNBlas
import TestSupport
import Testing

/// 100 steps of `mlp-512` against PyTorch, from parameters and data that both sides compute: see `generate_torch.py`.
///
/// In Double they agree strictly. In Float Adam with its usual epsilon does not let any two libraries agree for long: it makes a
/// whole step of every gradient, however small, and so of rounding as well, until a neuron is on one side of its kink here and
/// on the other there. PyTorch itself on two processors parts by 0.03. The steady run differs in epsilon alone, 1e-4 instead of
/// 1e-8, about the size of a gradient: it learns as much, and Float is held to 1e-4 over all 100 steps.
@Suite("100 steps of mlp-512")
struct PyTorchTests {
  private struct Fixture: Decodable {
    let losses: [Double]
    let lossesInDouble: [Double]
    let bytes: [UInt8]
    let labels: [Int]
    /// The first weights of each layer, before and after.
    let initial: [[Double]]
    let finalInDouble: [[Double]]
    let steady: Steady

    struct Steady: Decodable {
      let epsilon: Double
      let losses: [Double]
      let lossesInDouble: [Double]
      let final: [[Double]]
      let finalInDouble: [[Double]]
    }
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

  private static let fixture = Result {
    let url = try #require(
      Bundle.module.url(forResource: "torch-mlp", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }

  private static let dataset = Result {
    let bytes = Self.bytes()
    let labels = Self.labels(bytes)
    let fixture = try Self.fixture.get()
    #expect(Array(bytes.prefix(5)) == fixture.bytes && Array(labels.prefix(5)) == fixture.labels)
    return try Dataset(inputs: ByteMatrix(rows: examples, columns: 784, bytes: bytes), labels: labels, classes: 10)
  }

  @Test("Losses are PyTorch's", .enabled(if: isOptimizedBuild, "takes a minute when not optimized"))
  func losses() throws {
    let fixture = try Self.fixture.get()
    let (double, float) = (try run(as: Double.self), try run(as: Float.self))
    #expect(float.initial == fixture.initial)
    expect(double.losses, fixture.lossesInDouble, within: 1e-11)
    expect(double.final, fixture.finalInDouble, within: 1e-11)
    // Until rounding decides about steps, and after.
    expect(Array(float.losses.prefix(10)), Array(fixture.losses.prefix(10)), within: 1e-5)
    expect(float.losses, fixture.losses, within: 0.05)
  }

  @Test(
    "Losses in Float are PyTorch's within 1e-4, where rounding decides about no step",
    .enabled(if: isOptimizedBuild, "takes a minute when not optimized"))
  func steadyLosses() throws {
    let fixture = try Self.fixture.get().steady
    let double = try run(epsilon: fixture.epsilon, as: Double.self)
    let float = try run(epsilon: fixture.epsilon, as: Float.self)
    expect(double.losses, fixture.lossesInDouble, within: 1e-11)
    expect(double.final, fixture.finalInDouble, within: 1e-11)
    expect(float.losses, fixture.losses, within: 1e-4)
    expect(float.final, fixture.final, within: 1e-6)
    // It does learn: from ln 10 downwards.
    #expect((float.losses.last ?? 3) < 2)
  }

  private func expect(_ found: [Double], _ expected: [Double], within bound: Double) {
    #expect(found.count == expected.count && found.count >= 10)
    let differences = zip(found, expected).map { abs($0 - $1) }
    #expect(differences.allSatisfy { $0 < bound }, "\(differences.max() ?? 0) at most, below \(bound) expected")
  }

  private func expect(_ found: [[Double]], _ expected: [[Double]], within bound: Double) {
    #expect(found.map(\.count) == expected.map(\.count) && found.count == 3)
    for (found, expected) in zip(found.joined(), expected.joined()) { #expect(abs(found - expected) < bound) }
  }

  private struct Run {
    var losses: [Double] = []
    var initial: [[Double]]
    var final: [[Double]] = []
  }

  private func run<S: Scalar>(epsilon: Double = 1e-8, as _: S.Type) throws -> Run {
    func first(_ network: Network<S>) -> [[Double]] {
      network.layers.map { $0.weights.row(0).elements.prefix(3).map { Double($0) } }
    }
    let trainer = try Trainer(
      Self.network(as: S.self), batchSize: 128, cost: .softmaxCrossEntropy,
      optimizer: .adam(learningRate: 1e-3, epsilon: epsilon), seed: 1)
    let dataset = try Self.dataset.get()
    var run = Run(initial: first(trainer.network))
    for _ in 0..<100 { run.losses.append(try trainer.train(steps: 1, on: dataset, order: .sequential).cost) }
    run.final = first(trainer.network)
    return run
  }
}
