import Foundation
import NNBlas
import TestSupport
import Testing

/// Against scikit-learn's numbers, from `generate_metrics.py`.
@Suite("Metrics")
struct MetricsTests {
  private struct Fixture: Decodable {
    let classification: [Classification]
    let regression: [Regression]

    struct Classification: Decodable {
      let logits: [[Double]]
      let labels: [Int]
      let confusion: [[Int]]
      let accuracy: Double
      let top2: Double
      let logLoss: Double
      let precision: [Double]
      let recall: [Double]
      let f1: [Double]
      let macro: [Double]
      let balanced: [Double]?
    }

    struct Regression: Decodable {
      let answers: [[Double]]
      let targets: [[Double]]
      let rmse: Double
      let mae: Double
      let r2: Double
      let r2OfOutputs: [Double]
    }

    static func load() throws -> Fixture {
      let url = try #require(Bundle.module.url(forResource: "metrics", withExtension: "json", subdirectory: "Fixtures"))
      return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
    }
  }

  private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * max(1, abs(b)) }

  @Test("of classes are scikit-learn's")
  func classification() throws {
    for example in try Fixture.load().classification {
      let logits = try Matrix(example.logits)
      let found = try ClassificationMetrics(batch: logits, labels: example.labels, answers: .logits, topK: [1, 2])
      let (confusion, classes) = (found.confusion, logits.columns)
      #expect((0..<classes).map { actual in (0..<classes).map { confusion[actual, $0] } } == example.confusion)
      #expect(near(found.accuracy, example.accuracy) && near(found.topAccuracy(1) ?? 0, example.accuracy))
      #expect(near(found.topAccuracy(2) ?? 0, example.top2) && found.topAccuracy(3) == nil)
      #expect(near(try #require(found.logLoss), example.logLoss))
      for label in 0..<classes {
        #expect(near(confusion.precision(label), example.precision[label]))
        #expect(near(confusion.recall(label), example.recall[label]) && near(confusion.f1(label), example.f1[label]))
      }
      let macro = [confusion.macroPrecision, confusion.macroRecall, confusion.macroF1]
      #expect(zip(macro, example.macro).allSatisfy { near($0, $1) })
      // Probabilities say the same.
      let probabilities = try Matrix(
        example.logits.map { row in
          let total = row.reduce(0) { $0 + exp($1) }
          return row.map { exp($0) / total }
        })
      let other = try ClassificationMetrics(batch: probabilities, labels: example.labels, answers: .probabilities)
      #expect(near(try #require(other.logLoss), example.logLoss) && other.confusion == confusion)
      if let balanced = example.balanced {
        #expect(try zip(ClassWeights.balanced(example.labels, classes: classes), balanced).allSatisfy { near($0, $1) })
      }
    }
  }

  @Test("of numbers are scikit-learn's, far from 0 as well")
  func regression() throws {
    for example in try Fixture.load().regression {
      let found = try RegressionMetrics(batch: Matrix(example.answers), targets: Matrix(example.targets))
      // Of numbers near 1000 a few digits are lost to rounding of the targets themselves.
      #expect(near(found.rmse, example.rmse) && near(found.mae, example.mae))
      #expect(abs(found.r2 - example.r2) < 1e-9)
      #expect(zip(found.r2OfOutputs, example.r2OfOutputs).allSatisfy { abs($0 - $1) < 1e-9 })
    }
  }

  @Test("of a single output are of two classes")
  func single() throws {
    let logits = try Matrix<Float>([[2], [-1], [0.5], [-3]])
    let found = try ClassificationMetrics(batch: logits, labels: [1, 1, 0, 0], answers: .logits, topK: [1])
    #expect(found.accuracy == 0.5 && found.confusion[1, 0] == 1 && found.confusion[0, 1] == 1)
    let expected = [2.0, -1, -0.5, 3].reduce(0) { $0 + log(1 + exp(-$1)) } / 4
    #expect(abs((found.logLoss ?? 0) - expected) < 1e-12)
    #expect(found.topAccuracy(1) == 0.5)
  }

  @Test("count what is no number as wrong, and of equal outputs the first")
  func unusual() throws {
    let found = try ClassificationMetrics(
      batch: Matrix<Double>([[1, 1, 0], [.nan, 1, 2], [0, 3, 3]]), labels: [0, 2, 2], answers: .scores, topK: [2])
    #expect(found.confusion.correct == 1 && found.confusion.total == 3 && found.confusion.unanswered == [0, 0, 1])
    #expect(found.confusion[2, 1] == 1 && found.logLoss == nil)
    #expect(found.topAccuracy(2) == 1)
  }

  @Test("count a single output that is no number as wrong, whatever k")
  func singleNaN() throws {
    let found = try ClassificationMetrics(
      batch: Matrix<Double>([[.nan], [1]]), labels: [0, 1], answers: .logits, topK: [0, 1, 2])
    #expect(found.topCorrect == [1: 1, 2: 1] && found.accuracy == 0.5 && found.logLoss?.isNaN == true)
    let scores = try ClassificationMetrics(batch: Matrix<Double>([[.nan], [1]]), labels: [0, 1], answers: .scores)
    #expect(try JSONDecoder().decode(ClassificationMetrics.self, from: JSONEncoder().encode(scores)) == scores)
  }

  @Test("of many classes take memory for the pairs that there are")
  func manyClasses() throws {
    var matrix = ConfusionMatrix(classes: 1_000_000)
    for (actual, predicted) in [(999_999, 3), (999_999, 3), (7, 7), (3, 3)] {
      matrix.add(actual: actual, predicted: predicted)
    }
    matrix.add(actual: 3, predicted: nil)
    #expect(matrix.description == "999999 taken for 3: 2" && matrix.accuracy == 0.4 && matrix.total == 5)
    #expect(matrix.recall(3) == 0.5 && matrix.precision(3) == 1 / 3.0 && matrix[999_999, 3] == 2 && matrix[0, 0] == 0)
  }

  @Test("are encoded and decoded, but not what is no confusion matrix")
  func coding() throws {
    var matrix = ConfusionMatrix(classes: 3)
    for (actual, predicted) in [(0, 1), (0, 1), (2, 2), (1, nil)] { matrix.add(actual: actual, predicted: predicted) }
    let data = try JSONEncoder().encode(matrix)
    #expect(try JSONDecoder().decode(ConfusionMatrix.self, from: data) == matrix)
    for text in [
      #"{"classes":3,"pairs":[[0,3,1]],"unanswered":[0,0,0]}"#, #"{"classes":2,"pairs":[],"unanswered":[0]}"#,
      #"{"classes":2,"pairs":[],"unanswered":[0,-1]}"#,
      #"{"classes":2,"pairs":[[0,0,-1]],"unanswered":[0,0]}"#,
      #"{"classes":2,"pairs":[[0,1,0]],"unanswered":[0,0]}"#, #"{"classes":-1,"pairs":[],"unanswered":[]}"#,
      #"{"classes":2,"pairs":[[0,0,1],[0,0,1]],"unanswered":[0,0]}"#,
      #"{"classes":2,"pairs":[[0]],"unanswered":[0,0]}"#,
    ] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(ConfusionMatrix.self, from: Data(text.utf8)) }
    }
  }

  @Test("refuse labels that are no classes, and shapes that differ")
  func refused() throws {
    let answers = try Matrix<Double>(rows: 3, columns: 2)
    #expect(
      message { _ = try ClassificationMetrics(batch: answers, labels: [0, 1], answers: .scores) }
        == "labels: 2 examples, expected 3, as many as the answers")
    #expect(
      message { _ = try ClassificationMetrics(batch: answers, labels: [0, 2, 1], answers: .scores) }
        == "labels: label 2 in row 1 is outside 0..<2")
    #expect(
      message {
        _ = try ClassificationMetrics(batch: Matrix<Double>(rows: 1, columns: 0), labels: [0], answers: .scores)
      } == "ClassificationMetrics: the number of answers of an example is 0, expected at least 1")
    #expect(
      message { _ = try RegressionMetrics(batch: answers, targets: Matrix<Double>(rows: 3, columns: 1)) }
        == "RegressionMetrics: targets is 3×1, expected 3×2 as the answers")
    #expect(
      message { _ = try ClassWeights.balanced([0, 0, 2], classes: 3) }
        == "class 1: 0 examples, expected at least 1, for a weight")
  }

  @Test("are told as a table of classes, or as the pairs that are confused most")
  func tables() {
    var few = ConfusionMatrix(classes: 2)
    for (actual, predicted) in [(0, 0), (0, 1), (1, 1), (1, 1)] { few.add(actual: actual, predicted: predicted) }
    #expect(
      few.table(names: ["cat", "dog"])
        == "actual \\ predicted  cat  dog\ncat                   1    1\ndog                   0    2")
    var many = ConfusionMatrix(classes: 20)
    #expect(many.description == "no class was taken for another")
    for _ in 0..<3 { many.add(actual: 4, predicted: 9) }
    many.add(actual: 3, predicted: 5)
    many.add(actual: 7, predicted: 7)
    #expect(many.description == "4 taken for 9: 3\n3 taken for 5: 1")
  }

  @Test("of classes that there are none of count for nothing in means, as in scikit-learn")
  func absentClasses() {
    var matrix = ConfusionMatrix(classes: 4)
    for (actual, predicted) in [(0, 0), (0, 2), (2, 2)] { matrix.add(actual: actual, predicted: predicted) }
    #expect(near(matrix.macroPrecision, 0.75) && near(matrix.macroRecall, 0.75) && near(matrix.macroF1, 2.0 / 3))
    #expect(ConfusionMatrix(classes: 3).macroF1 == 0)
  }

  @Test("count classes that there are, and trap for others")
  func noClass() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var matrix = ConfusionMatrix(classes: 3)
      matrix.add(actual: 0, predicted: nil)
      matrix.add(actual: 2, predicted: 3)
    }
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains("ConfusionMatrix: class 3 is outside 0..<3"))
  }

}
