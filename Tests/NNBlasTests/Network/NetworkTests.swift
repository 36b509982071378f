import NNBlas
import TestSupport
import Testing

@Suite("Networks")
struct NetworkTests {
  @Test("The same seed draws the same network, another seed another, each layer its own numbers")
  func seeds() throws {
    let network = try Network<Double>(sizes: [5, 4, 4], seed: 7)
    #expect(try network == Network<Double>(sizes: [5, 4, 4], seed: 7))
    #expect(try network != Network<Double>(sizes: [5, 4, 4], seed: 8))
    // Two layers of one shape, which would be equal if they shared their numbers.
    let square = try Network<Double>(sizes: [4, 4, 4], seed: 7)
    #expect(square.layers[0].weights != square.layers[1].weights)
  }

  @Test("Every way of feeding forward agrees with a plain loop", arguments: [[3, 2], [1, 1], [4, 7, 5, 2]])
  func feedForward(sizes: [Int]) throws {
    let network = try Network<Double>(sizes: sizes, seed: 11)
    let naive = NaiveNetwork(network)
    var generator = Philox(seed: 1)
    let inputs = (0..<5).map { _ in (0..<sizes[0]).map { _ in Double.random(in: -2...2, using: &generator) } }
    let batch = try network.predict(batch: Matrix(inputs))
    for (row, x) in inputs.enumerated() {
      let expected = naive.answer(x)
      let answers = try [
        network.feedForward(Vector(x)).elements, network.feedForward(Vector(x).column).elements,
        batch.row(row).elements,
      ]
      for answer in answers { #expect(norm(zip(answer, expected).map { $0 - $1 }) < 1e-14) }
    }
    #expect(
      try network.predict(batch: Matrix(rows: 0, columns: sizes[0])).shape
        == .matrix(rows: 0, columns: sizes[sizes.count - 1]))
  }

  @Test("Wrong inputs throw, naming the layer")
  func wrongInputs() throws {
    let network = try Network<Float>(sizes: [3, 2], seed: 1)
    #expect(
      message { _ = try network.feedForward([1, 2]) }
        == "feedForward: x is a vector of 2, expected a vector of 3 (layer 1, Dense 3 → 2)")
    #expect(
      message { _ = try network.feedForward(Matrix([[1, 2, 3]])) }
        == "feedForward: x is 1×3, expected a column of 3 (layer 1, Dense 3 → 2); "
        + "use x.transposed, or predict(batch:) for one row")
    #expect(
      message { _ = try network.predict(batch: Matrix([[1], [2], [3]])) }
        == "predict(batch:): batch is 3×1, read as 3 examples of 1 input, expected 3 inputs "
        + "(layer 1, Dense 3 → 2); use batch.transposed, a batch's examples are rows")
  }

  @Test("Sizes that make no network throw")
  func wrongSizes() {
    #expect(
      message { _ = try Network<Double>(sizes: [784], seed: 1) }
        == "Network: sizes has 1 entry, expected at least 2: the number of inputs, then the neurons of each layer")
    #expect(
      message { _ = try Network<Double>(sizes: [784, 0, 10], seed: 1) }
        == "Network: sizes[1] is 0, expected at least 1 neuron")
    #expect(
      message { _ = try Network<Double>(sizes: [.max, .max], seed: 1) }
        == "Network: the weight matrix of layer 1 is \(Int.max)×\(Int.max), expected extents from 0 to 2147483647, "
        + "the range of BLAS's integers")
    #expect(throws: ShapeError.self) { try Network<Double>(sizes: [2_000_000_000, 2_000_000_000], seed: 1) }
  }

  @Test("Layers that do not follow one another throw")
  func wrongLayers() throws {
    let first = try Matrix<Double>(rows: 128, columns: 784)
    let second = try Matrix<Double>(rows: 10, columns: 100)
    #expect(
      message {
        _ = try Network(weights: [first, second], biases: [Vector(count: 128), Vector(count: 10)])
      } == "Network: layer 2 Dense(100 → 10) cannot follow layer 1 Dense(784 → 128): 128 outputs, 100 inputs")
    #expect(
      message { _ = try Network(weights: [first], biases: [Vector(count: 127)]) }
        == "Network: biases[0] is a vector of 127, expected a vector of 128 (layer 1, Dense 784 → 128)")
    #expect(
      message { _ = try Network(weights: [first], biases: []) }
        == "Network: biases has 0 vectors, expected 1, one for each matrix of weights")
    #expect(throws: ShapeError.sizes(operation: "Network", sizes: [])) { try Network<Double>(weights: [], biases: []) }
  }

  @Test("A network from parameters has them, views included")
  func fromParameters() throws {
    let weights = try Matrix<Double>([[1, 2, 3], [4, 5, 6]])
    let network = try Network(weights: [weights.transposed], biases: [[7, 8, 9]])
    #expect(network.sizes == [2, 3])
    #expect(network.parameters == [1, 4, 2, 5, 3, 6, 7, 8, 9])
    #expect(try network.layers[0].weights == Matrix([[1, 4], [2, 5], [3, 6]]))
    #expect(network.layers[0].biases == [7, 8, 9])
  }

  @Test("Operations are counted as the measurements define them")
  func operations() throws {
    // 6·(784·30 + 30·10) − 2·784·30
    #expect(try Network<Double>(sizes: [784, 30, 10], seed: 1).trainingOperationsPerExample == 95_880)
    #expect(try "\(Network<Float>(sizes: [784, 30, 10], seed: 1))" == "784-30-10, sigmoid, f32, 23860 parameters")
  }

  @Test("Many threads predict with one network and get the same answers, in memory of their own and in new memory")
  func concurrentPrediction() async throws {
    let network = try Network<Double>(sizes: [20, 30, 10], seed: 1)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<8 {
        // Inputs of its own, so that nobody's answer could be another's.
        let batch = try Matrix<Double>(
          rows: 8, columns: 20, elements: (0..<160).map { Double($0 + 100 * task) / 1000 })
        let x = batch.row(3)
        let (expected, expectedOfOne) = (try network.predict(batch: batch), try network.predict(x))
        group.addTask {
          let workspace = PredictionWorkspace<Double>()
          return try (0..<5000).allSatisfy { _ in
            // NaN where nothing is written.
            var answers = try Matrix<Double>(rows: 8, columns: 10, repeating: .nan)
            var answer = try Vector<Double>(repeating: .nan, count: 10)
            try network.predict(batch: batch, into: &answers, using: workspace)
            try network.predict(x, into: &answer, using: workspace)
            let isSame = answers == expected && answer == expectedOfOne
            return try isSame && network.predict(batch: batch) == expected && network.predict(x) == expectedOfOne
          }
        }
      }
      var tasks = 0
      for try await isEqual in group {
        #expect(isEqual)
        tasks += 1
      }
      #expect(tasks == 8)
    }
  }
}
