import Foundation
import NNBlas
import TestSupport
import Testing

/// Of answers of networks, whatever they end in.
@Suite("Metrics of networks")
struct NetworkMetricsTests {
  private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * max(1, abs(b)) }

  @Test("of a network are those of its answers, whatever ends in what", arguments: [Activation.identity, .softmax])
  func network(last: Activation) throws {
    var random = RandomValues(seed: 3)
    let x = try Matrix<Double>(rows: 1203, columns: 5, elements: random.numbers(1203 * 5, in: -1...1))
    let labels = (0..<1203).map { $0 * 7 % 4 }
    let dataset = try Dataset(inputs: x, labels: labels, classes: 4)
    let network = try Network<Double>(inputs: 5, seed: 2) {
      Dense(9, activation: .tanh)
      Dropout(0.5)
      Dense(4, activation: last)
    }
    let (evaluation, metrics) = try network.metrics(on: dataset, cost: .softmaxCrossEntropy, topK: [2])
    guard case .classification(let found) = metrics else { return #expect(Bool(false)) }
    let expected = try ClassificationMetrics(
      batch: network.predict(batch: x), labels: labels, answers: last == .softmax ? .probabilities : .logits, topK: [2])
    #expect(found.confusion == expected.confusion && found.topCorrect == expected.topCorrect)
    #expect(abs((found.logLoss ?? 0) - (expected.logLoss ?? 1)) < 1e-12)
    #expect(abs((found.logLoss ?? 0) - evaluation.cost) < 1e-12)
    #expect(evaluation.correct == found.confusion.correct)
  }

  @Test("of a sigmoid behind a normalization are of its logits")
  func separateSigmoid() throws {
    var random = RandomValues(seed: 5)
    let x = try Matrix<Double>(rows: 30, columns: 3, elements: random.numbers(90, in: -1...1))
    let targets = try Matrix<Double>(rows: 30, columns: 1, elements: (0..<30).map { $0 % 2 == 0 ? 1 : 0 })
    let network = try Network<Double>(inputs: 3, seed: 2) {
      Dense(1)
      LayerNorm()
      Activation(.sigmoid)
    }
    let (evaluation, metrics) = try network.metrics(
      on: Dataset(inputs: x, targets: targets), cost: .crossEntropy)
    guard case .classification(let found) = metrics else { return #expect(Bool(false)) }
    #expect(abs((found.logLoss ?? 0) - evaluation.cost) < 1e-12)
    let answers = try network.predict(batch: x)
    #expect(found.confusion.correct == (0..<30).filter { (answers[$0, 0] > 0.5) == (targets[$0, 0] == 1) }.count)
  }

  @Test("of several sigmoids have no log-loss, however they are written")
  func severalSigmoids() throws {
    var random = RandomValues(seed: 5)
    let x = try Matrix<Double>(rows: 30, columns: 3, elements: random.numbers(90, in: -1...1))
    let dataset = try Dataset(inputs: x, labels: (0..<30).map { $0 % 3 }, classes: 3)
    let one = try Network<Double>(inputs: 3, seed: 2) { Dense(3, activation: .sigmoid) }
    let two = try Network<Double>(inputs: 3, seed: 2) {
      Dense(3)
      Dropout(0.1)
      Activation.sigmoid
    }
    for network in [one, two] {
      guard case .classification(let found) = try network.metrics(on: dataset, cost: .crossEntropy).metrics else {
        return #expect(Bool(false))
      }
      #expect(found.logLoss == nil && found.confusion.total == 30)
    }
  }

  /// Softmax of the inputs themselves: whatever is a logit must not become a probability twice.
  @Test("of a network that is a softmax alone are those of its inputs as logits")
  func softmaxAlone() throws {
    var random = RandomValues(seed: 6)
    let x = try Matrix<Double>(rows: 20, columns: 3, elements: random.numbers(60, in: -3...3))
    let labels = (0..<20).map { $0 * 7 % 3 }
    let network = try Network<Double>(inputs: 3, layers: [Activation.softmax], seed: 1)
    let (evaluation, metrics) = try network.metrics(
      on: Dataset(inputs: x, labels: labels, classes: 3), cost: .softmaxCrossEntropy)
    let costs = labels.indices.map { row -> Double in
      let logits = x.row(row).elements
      return log(logits.reduce(0) { $0 + exp($1) }) - logits[labels[row]]
    }
    let mean = costs.reduce(0, +) / 20
    guard case .classification(let found) = metrics else { return #expect(Bool(false)) }
    #expect(near(evaluation.cost, mean) && near(found.logLoss ?? .nan, mean))
    #expect(try found == ClassificationMetrics(batch: x, labels: labels, answers: .logits))
  }

  /// Whatever computes them: an activation of the last layer, one of its own, or nobody, where the network ends in logits.
  @Test("of answers to distributions are those of probabilities")
  func probabilities() throws {
    var random = RandomValues(seed: 7)
    let x = try Matrix<Double>(rows: 20, columns: 3, elements: random.numbers(60, in: -2...2))
    let distributions = (0..<20).map { row in [0.2, 0.3, 0.5].map { row % 2 == 0 ? $0 : (1 - $0) / 2 } }
    let targets = try Matrix(distributions)
    let logits = try Network<Double>(inputs: 3, seed: 2) { Dense(3) }
    for (cost, activation) in [(Cost.softmaxCrossEntropy, Activation.softmax), (.crossEntropy, .sigmoid)] {
      let networks = try [
        logits, Network(inputs: 3, layers: [Dense(3, activation: activation)], seed: 2),
        Network(inputs: 3, layers: [Dense(3), Dropout(0.5), activation], seed: 2),
      ]
      let expected = try RegressionMetrics(batch: networks[1].predict(batch: x), targets: targets)
      #expect(expected.rmse < 1)
      for network in networks {
        let metrics = try network.metrics(on: Dataset(inputs: x, targets: targets), cost: cost).metrics
        guard case .regression(let found) = metrics else { return #expect(Bool(false)) }
        #expect(near(found.rmse, expected.rmse) && near(found.mae, expected.mae) && near(found.r2, expected.r2))
      }
    }
  }

  @Test("of a network with one output follow the targets")
  func oneOutput() throws {
    var random = RandomValues(seed: 4)
    let x = try Matrix<Double>(rows: 60, columns: 3, elements: random.numbers(180, in: -1...1))
    let targets = try Matrix<Double>(rows: 60, columns: 1, elements: (0..<60).map { $0 % 3 == 0 ? 1 : 0 })
    let network = try Network<Double>(inputs: 3, seed: 2) { Dense(1, activation: .sigmoid) }
    let dataset = try Dataset(inputs: x, targets: targets)
    guard case .classification(let found) = try network.metrics(on: dataset, cost: .crossEntropy).metrics else {
      return #expect(Bool(false))
    }
    #expect(found.confusion.support(1) == 20 && found.confusion.total == 60)
    guard case .regression(let numbers) = try network.metrics(on: dataset, cost: .quadratic).metrics else {
      return #expect(Bool(false))
    }
    #expect(try numbers == RegressionMetrics(batch: network.predict(batch: x), targets: targets))
  }
}
