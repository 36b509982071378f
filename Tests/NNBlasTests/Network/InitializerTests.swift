import NNBlas
import TestSupport
import Testing

@Suite("Initial parameters")
struct InitializerTests {
  private func network<S: Scalar>(
    _ initializer: Initializer, _ sizes: [Int] = [400, 300, 300], as _: S.Type
  ) throws -> Network<S> { try Network(sizes: sizes, initializer: initializer, seed: 3) }

  private static func deviation(_ initializer: Initializer, _ inputs: Double, _ outputs: Double) -> Double {
    switch initializer {
    case .standardNormal: 1
    case .scaledNormal: 1 / inputs.squareRoot()
    case .glorotUniform, .glorotNormal: (2 / (inputs + outputs)).squareRoot()
    case .heUniform, .heNormal: (2 / inputs).squareRoot()
    case .orthogonal: 1 / max(inputs, outputs).squareRoot()
    case .zeros: 0
    }
  }

  @Test("have the mean and deviation of their distribution", arguments: Initializer.allCases)
  func moments(_ initializer: Initializer) throws {
    for layer in try network(initializer, as: Double.self).layers {
      let deviation = Self.deviation(initializer, Double(layer.name.inputs), Double(layer.name.outputs))
      var parts = [(layer.weights.elements, deviation)]
      if [.standardNormal, .scaledNormal].contains(initializer) {
        parts.append((layer.biases.elements, 1))
      } else {
        #expect(layer.biases.elements.allSatisfy { $0 == 0 })
      }
      if initializer == .zeros {
        #expect(layer.weights.elements.allSatisfy { $0 == 0 })
        continue
      }
      for (values, deviation) in parts {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        // Five standard errors: σ/√n of the mean, σ²·√(2/n) of a normal variance, of others less.
        #expect(abs(mean) < 5 * deviation / count.squareRoot())
        #expect(abs(variance / (deviation * deviation) - 1) < 5 * (2 / count).squareRoot())
      }
    }
  }

  @Test("that are orthogonal do not depend on OpenBLAS's threads")
  func orthogonalOnThreads() async {
    // The number is the whole process's.
    await #expect(processExitsWith: .success) {
      var found: [Vector<Double>] = []
      for threads in [1, 2] {
        BLAS.threads = threads
        found.append(try Network<Double>(sizes: [784, 512], initializer: .orthogonal, seed: 3).parameters)
      }
      guard found[0] == found[1] else { fatalError("other weights on two threads") }
    }
  }

  /// The share within one deviation is 68.27 % of a normal distribution, and 1/√3 = 57.74 % of a uniform one; a standard error of
  /// 120,000 numbers is 0.14 %.
  @Test("are normal or uniform, as the name says", arguments: Initializer.allCases)
  func shape(_ initializer: Initializer) throws {
    guard initializer != .zeros else { return }
    let weights = try network(initializer, as: Double.self).layers[0].weights.elements
    let deviation = Self.deviation(initializer, 400, 300)
    let inside = Double(weights.filter { abs($0) < deviation }.count) / Double(weights.count)
    let isUniform = [.glorotUniform, .heUniform].contains(initializer)
    #expect(abs(inside - (isUniform ? 0.5774 : 0.6827)) < 0.007)
    let largest = weights.map { abs($0) }.max() ?? 0
    #expect(
      isUniform ? largest <= deviation * 3.0.squareRoot() && largest > deviation * 1.73 : largest > deviation * 3.5)
    if isUniform {
      // In ten classes, as many in each: χ² of nine degrees of freedom exceeds 27.9 once in a thousand.
      var counts = [Int](repeating: 0, count: 10)
      for weight in weights { counts[min(9, Int((weight / (deviation * 3.0.squareRoot()) + 1) * 5))] += 1 }
      let expected = Double(weights.count) / 10
      #expect(counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected } < 27.9)
    }
  }

  @Test(
    "that are orthogonal have orthonormal rows or columns, whichever are fewer",
    arguments: [
      [40, 300], [300, 40], [50, 50], [1, 7], [7, 1], [1, 1],
    ])
  func orthogonal(sizes: [Int]) throws {
    try checkOrthogonal(sizes, within: 1e-14, as: Double.self)
    try checkOrthogonal(sizes, within: 1e-6, as: Float.self)
  }

  private func checkOrthogonal<S: Scalar>(_ sizes: [Int], within limit: Double, as _: S.Type) throws {
    let weights = try network(.orthogonal, sizes, as: S.self).layers[0].weights
    let lines = weights.rows <= weights.columns ? weights : weights.transposed
    for i in 0..<lines.rows {
      for j in 0...i {
        let product = (0..<lines.columns).reduce(0.0) { $0 + Double(lines[i, $1]) * Double(lines[j, $1]) }
        #expect(abs(product - (i == j ? 1 : 0)) < limit)
      }
    }
  }

  @Test("that are orthogonal point anywhere: the first one is as often negative")
  func signs() throws {
    let negative = try (0..<200).filter {
      try Network<Double>(sizes: [3, 3], initializer: .orthogonal, seed: UInt64($0)).layers[0].weights[0, 0] < 0
    }
    // 100 and five standard errors of 7.
    #expect((65...135).contains(negative.count))
  }

  @Test("can be drawn in another way in one layer")
  func ofOneLayer() throws {
    let network = try Network<Double>(inputs: 5, initializer: .heUniform, seed: 1) {
      Dense(4)
      Dense(3, initializer: .zeros)
    }
    #expect(network.layers[1].weights.elements.allSatisfy { $0 == 0 })
    #expect(network.layers[0].weights.elements.allSatisfy { $0 != 0 })
  }

  @Test("are refused where their factorization does not fit memory")
  func memory() {
    let text = message {
      _ = try Network<Float>(sizes: [40_000, 40_000], initializer: .orthogonal, seed: 1)
    }
    #expect(text.contains("the factorization for the weights of layer 1 is 40000×40000 and needs 47.7 GiB"))
  }
}
