import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("Saved models")
struct ModelTests {
  private func network<S: Scalar>(as _: S.Type) throws -> Network<S> {
    try Network(inputs: 6, seed: 4) {
      Dropout(0.1)
      Dense(7, activation: .gelu, initializer: .orthogonal)
      BatchNorm(momentum: 0.3, epsilon: 1e-3)
      Activation(.leakyReLU(slope: 0.2))
      Dense(5)
      LayerNorm(epsilon: 1e-4)
      Dense(3, activation: .softmax)
    }
  }

  private func batch<S: Scalar>(as _: S.Type) throws -> Matrix<S> {
    var random = RandomValues(seed: 3)
    return try Matrix(rows: 40, columns: 6, elements: random.numbers(240, in: 5...9))
  }

  private func withFile(_ body: (String, TemporaryDirectory) throws -> Void) throws {
    try withTemporaryDirectory { try body($0.path + "/model.safetensors", $0) }
  }

  @Test("predict the same bits, and say all that they said")
  func roundTrip() throws {
    try checkRoundTrip(Float.self)
    try checkRoundTrip(Double.self)
  }

  private func checkRoundTrip<S: Scalar>(_: S.Type) throws {
    let x = try batch(as: S.self)
    let dataset = try Dataset(inputs: x, labels: (0..<40).map { $0 % 3 }, classes: 3)
    let standardizer = try Standardizer(fitting: dataset)
    let trainer = try Trainer(
      network(as: S.self), batchSize: 8, cost: .smoothedSoftmaxCrossEntropy(labelSmoothing: 0.1),
      optimizer: .adam(learningRate: 0.01), seed: 1)
    try trainer.train(epochs: 3, on: standardizer.standardizingInputs(of: dataset))
    var trained = trainer.network
    trained.freeze([1, 2])
    let model = Model(
      trained, cost: trainer.cost, inputStandardizer: standardizer, inputNames: (0..<6).map { "column \($0)" },
      classNames: ["a", "b, \"c\"", "ü"], task: .classification)
    try withFile { path, folder in
      try model.save(to: path)
      let again = try Model<S>(contentsOf: path)
      #expect(again == model)
      #expect(try again.predict(batch: x) == model.predict(batch: x))
      #expect(try again.predict(batch: x) == trained.predict(batch: standardizer.standardized(x)))
      // The same model is the same file.
      try again.save(to: folder.path + "/again.safetensors")
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: path))
          == Data(contentsOf: URL(fileURLWithPath: folder.path + "/again.safetensors")))
      #expect(try Network<S>(contentsOf: path) == trained)
    }
  }

  @Test("of regressions restore their targets")
  func regression() throws {
    let x = try batch(as: Double.self)
    let y = try Matrix<Double>(rows: 40, columns: 1, elements: (0..<40).map { 1000 + 10 * Double($0) })
    let data = try Dataset(inputs: x, targets: y)
    let model = Model(
      try Network<Double>(inputs: 6, seed: 1) { Dense(1) }, cost: .meanSquaredError,
      targetStandardizer: try Standardizer(fittingTargetsOf: data))
    let plain = try model.network.predict(batch: x)
    let answers = try model.predict(batch: x)
    let deviation = (0..<40).reduce(0.0) { $0 + pow(10 * Double($1) - 195, 2) / 40 }.squareRoot()
    #expect((0..<40).allSatisfy { abs(answers[$0, 0] - (1195 + deviation * plain[$0, 0])) < 1e-9 })
  }

  @Test("of PyTorch are read with layers given, and predict what it predicts")
  func pyTorch() throws {
    struct Answers: Decodable {
      let inputs: [[Double]]
      let answers: [[Double]]
    }
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let answers = try JSONDecoder().decode(
      Answers.self, from: Data(contentsOf: folder.appendingPathComponent("torch-sequential.json")))
    let path = folder.appendingPathComponent("torch-sequential.safetensors").path
    let layers: [any Layer] = [
      Dense(6, activation: .gelu), BatchNorm(), Dropout(0.5), Dense(5), LayerNorm(), Activation.tanh,
      Dense(3, activation: .softmax),
    ]
    let network = try Network<Double>(contentsOf: path, inputs: 4, layers: layers)
    let found = try network.predict(batch: Matrix(answers.inputs)).elements
    #expect(zip(found, answers.answers.joined()).allSatisfy { abs($0 - $1) < 1e-13 })
    #expect(
      message { _ = try Network<Double>(contentsOf: path) }
        == "torch-sequential.safetensors: the metadata is without nnblas, expected a file that NNBlas saved; of another one, "
        + "give inputs and layers")
    #expect(
      message { _ = try Network<Double>(contentsOf: path, inputs: 4, layers: [Dense(6)]) }.contains(
        "2.bias is an array of no layer, expected those of 4-6, identity, f64, 30 parameters"))
    #expect(
      message { _ = try Network<Double>(contentsOf: path, inputs: 4, layers: [Dense(7)]) }
        == "torch-sequential.safetensors: shape of 0.weight is [6, 4], expected [7, 4] for layer 1, Dense 4 → 7")
    #expect(
      message { _ = try Network<Double>(contentsOf: path, inputs: 4, layers: [Activation.relu, Dense(6)]) }
        == "torch-sequential.safetensors: 1.weight is missing, expected 6×4 for layer 2, Dense 4 → 6")
    #expect(
      message { _ = try Network<Float>(contentsOf: path, inputs: 4, layers: layers) }
        == "torch-sequential.safetensors: dtype of 0.weight is F64, expected F32; read it as Double, then convert it")
  }

  private struct Own: Layer {
    func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
      Activation.tanh.computation(inputs: inputs, as: scalar)
    }
  }

  @Test("with layers of a program's own are read with its layers")
  func own() throws {
    let layers: [any Layer] = [Dense(4), Own(), Dense(2)]
    let network = try Network<Double>(inputs: 3, layers: layers, seed: 1)
    try withFile { path, _ in
      try network.save(to: path)
      #expect(try Model<Double>(contentsOf: path, layers: layers).network == network)
      #expect(
        message { _ = try Network<Double>(contentsOf: path) }
          == "model.safetensors: layer 2 is Own of a program's own, expected layers: with it")
    }
  }

  @Test("are read with no other layers than those that they were saved with")
  func otherLayers() throws {
    let network = try Network<Double>(inputs: 3, seed: 1) {
      Dense(4, activation: .relu)
      Dense(2, activation: .relu)
    }
    try withFile { path, _ in
      try network.save(to: path)
      func refusal(_ layers: [any Layer]) -> String {
        message { _ = try Model<Double>(contentsOf: path, layers: layers) }
      }
      #expect(refusal([Dense(4, activation: .relu)]).contains("layers is 2 of them, expected the 1 that are given"))
      // How weights were drawn decides nothing.
      let drawn: [any Layer] = [Dense(4, activation: .relu, initializer: .zeros), Dense(2, activation: .relu)]
      #expect(try Model<Double>(contentsOf: path, layers: drawn).network.parameters == network.parameters)
      #expect(
        refusal([Dense(4, activation: .tanh), Dense(2, activation: .relu)])
          == "model.safetensors: layer 1 is dense, 4, relu, expected the one that is given, dense, 4, tanh")
    }
  }

  private struct Twice: Layer {
    func parameters(inputs: Int) -> [LayerArray] {
      [LayerArray("a", .vector(inputs), start: .constant(1)), LayerArray("a", .vector(1), start: .constant(1))]
    }
    func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
      Activation.tanh.computation(inputs: inputs, as: scalar)
    }
  }

  @Test("cannot be of layers with two arrays of one name")
  func twoOfOneName() {
    #expect(
      message { _ = try Network<Double>(inputs: 3, layers: [Twice()], seed: 1) }
        == "Network: layer 1, Twice 3 → 3: two of its arrays have one name, of [\"a\", \"a\"]; give each a name of its own"
    )
  }

  @Test("whose parts do not fit are not written")
  func misfits() throws {
    let network = try Network<Double>(sizes: [3, 4, 2], seed: 1)
    try withFile { path, _ in
      func refusal(_ model: Model<Double>) -> String { message { try model.save(to: path) } }
      #expect(
        refusal(Model(network, classNames: ["a"]))
          .hasSuffix("cannot be written: classNames is of 1, expected 2, as in the network"))
      #expect(refusal(Model(network, targetNames: ["a"])).contains("targetNames is of 1"))
      #expect(
        refusal(Model(network, cost: .huber(threshold: .infinity)))
          .hasSuffix("the parameter of the cost huber(inf) is out of its range"))
      #expect(refusal(Model(network, inputNames: [])).contains("inputNames is of 0"))
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  private struct Own2: CostFunction {
    let name = "quadratic"
    func evaluate(
      _ answer: UnsafeBufferPointer<Double>, _ target: UnsafeBufferPointer<Double>,
      derivative: UnsafeMutableBufferPointer<Double>
    ) -> Double { 0 }
  }

  @Test("say no cost that is a program's own, and not what there is not")
  func costs() throws {
    let network = try Network<Double>(sizes: [3, 2], seed: 1)
    try withFile { path, folder in
      try Model(network, cost: .custom(Own2())).save(to: path)
      #expect(try Model<Double>(contentsOf: path).cost == nil)
      try Model(network, cost: .quadratic).save(to: path)
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      let place = try #require(bytes.range(of: Data("quadratic".utf8)))
      bytes.replaceSubrange(place, with: Data("quadratik".utf8))
      try folder.write(Array(bytes), to: "other.safetensors")
      #expect(
        message { _ = try Model<Double>(contentsOf: folder.path + "/other.safetensors") }
          == "other.safetensors: cost is \"quadratik\", expected one of quadratic, cross-entropy, softmax-cross-entropy, "
          + "mean-squared-error, mean-absolute-error, huber(1.0)")
    }
  }

  @Test("in another precision keep what they say, and standardize before they round")
  func precision() throws {
    // 1e9 and so on, a few apart: in Float they are all the same.
    let x = try Matrix<Double>(rows: 8, columns: 1, elements: (0..<8).map { 1e9 + Double($0) })
    let data = try Dataset(inputs: x, targets: x)
    let standardizer = try Standardizer(fitting: data)
    let model = Model(
      try Network<Double>(inputs: 1, seed: 1) { Dense(1) }, cost: .meanSquaredError, inputStandardizer: standardizer,
      inputNames: ["a"], targetNames: ["b"], task: .regression)
    let other = try model.converted(to: Float.self)
    #expect(other.cost == model.cost && other.inputNames == ["a"] && other.targetNames == ["b"])
    #expect(other.task == .regression && other.inputStandardizer == standardizer)
    let (expected, found) = (try model.predict(batch: x).elements, try other.predict(batch: x).elements)
    #expect(zip(expected, found).allSatisfy { abs($0 - Double($1)) < 1e-6 * max(1, abs($0)) })
    #expect(Set(found).count == 8)
    let restoring = Model(other.network, inputStandardizer: standardizer, targetStandardizer: standardizer)
    #expect(Set(try restoring.predict(batch: x, as: Double.self).elements).count == 8)
    let plain = Model(other.network)
    #expect(
      message { _ = try plain.predict(batch: Matrix<Double>([[1], [1e300]])) }
        == "the batch in f32: inf in row 1, column 0, expected a finite number; clean or impute the data first")
  }

  @Test("that are not finite are not written, and not read")
  func notFinite() throws {
    var network = try Network<Double>(sizes: [1, 1], seed: 1)
    try network.setParameters([.nan, 1])
    try withFile { path, _ in
      #expect(
        message { try network.save(to: path) }.hasSuffix("cannot be written: a number of the network is nan"))
      try network.setParameters([1, 2])
      try network.save(to: path)
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      // The bias, the last eight bytes.
      bytes.replaceSubrange(bytes.count - 8..<bytes.count, with: [0, 0, 0, 0, 0, 0, 0xF0, 0x7F])
      try bytes.write(to: URL(fileURLWithPath: path))
      #expect(
        message { _ = try Network<Double>(contentsOf: path) }
          == "model.safetensors: element 0 of 0.bias is inf, expected a finite number")
    }
  }

  @Test("damaged anywhere are refused, or are models with other numbers")
  func damaged() throws {
    let network = try network(as: Float.self)
    try withFile { path, folder in
      try network.save(to: path)
      let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      var generator = Philox(seed: 9)
      for index in 0..<1000 {
        var bytes = whole
        if index % 2 == 0 {
          bytes.removeLast(Int.random(in: 1...whole.count, using: &generator))
        } else {
          // In the header most of all.
          bytes[Int.random(in: 0..<min(1800, bytes.count), using: &generator)] ^= 1 << UInt8(index / 2 % 8)
        }
        try folder.write(bytes, to: "damaged.safetensors")
        do {
          let found = try Model<Float>(contentsOf: folder.path + "/damaged.safetensors")
          #expect(index % 2 == 1 && found.network.parameterCount > 0)
        } catch is ModelFileError {}
      }
    }
  }

  @Test("into no folder, or none of one's own, are not written")
  func unwritable() throws {
    let network = try Network<Float>(sizes: [2, 2], seed: 1)
    #expect(
      message { try network.save(to: "/nowhere/model.safetensors") }
        == "/nowhere/model.safetensors: cannot be written: its folder does not exist or is not writable")
    #expect(message { _ = try Network<Float>(contentsOf: "/nowhere") } == "/nowhere: No such file or directory")
  }
}
