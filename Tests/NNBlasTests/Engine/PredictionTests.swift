import NNBlas
import TestSupport
import Testing

@Suite("Predictions")
struct PredictionTests {
  @Test("agree with a plain loop for every activation, one by one and in batches of any size", arguments: 0..<12)
  func agree(seed: UInt64) throws {
    let example = EngineCase(seed: seed)
    for rows in [1, 2, 255, 256, 257, 600] {
      try check(example, rows: rows, tolerance: 1e-12, as: Double.self)
      try check(example, rows: rows, tolerance: 2e-5, as: Float.self)
    }
  }

  private func check<S: Scalar>(_ example: EngineCase, rows: Int, tolerance: Double, as _: S.Type) throws {
    let network: Network<S> = try example.network()
    let naive = NaiveNetwork(try example.network())
    var random = RandomValues(seed: example.seed)
    let batch = try Matrix<S>(
      rows: rows, columns: example.inputs, elements: random.numbers(rows * example.inputs, in: -1...1))
    let workspace = PredictionWorkspace<S>()
    let outputs = network.sizes[network.sizes.count - 1]
    // NaN where nothing is written.
    var answers = try Matrix<S>(rows: rows, columns: outputs, repeating: .nan)
    try network.predict(batch: batch, into: &answers, using: workspace)
    #expect(try network.predict(batch: batch) == answers)
    for row in [0, rows / 2, rows - 1] {
      let expected = naive.answer(batch.row(row).elements.map { Double($0) })
      var answer = try Vector<S>(repeating: .nan, count: outputs)
      try network.predict(batch.row(row), into: &answer, using: workspace)
      for found in [answer, answers.row(row), try network.predict(batch.row(row))] {
        let difference = norm(zip(found.elements, expected).map { Double($0) - $1 })
        // Weights of float precision differ from those of the loop by their rounding.
        #expect(difference <= tolerance * max(1, norm(expected)), "row \(row) of \(rows)")
      }
    }
  }

  @Test("of views are those of their elements")
  func views() throws {
    let network = try Network<Double>(sizes: [3, 4, 2], seed: 1)
    let wide = try Matrix<Double>(rows: 5, columns: 6, elements: (0..<30).map { Double($0) / 30 })
    for view in [
      wide[rows: 1..<4, columns: 2..<5], wide[rows: 2..<5, columns: 1..<6].transposed,
      wide[rows: 0..<3, columns: 0..<1].transposed,
    ] {
      let copy = try Matrix(rows: view.rows, columns: view.columns, elements: view.elements)
      let (found, expected) = (try network.predict(batch: view), try network.predict(batch: copy))
      for (a, b) in zip(found.elements, expected.elements) { #expect(abs(a - b) < 1e-14) }
    }
    // A destination that somebody shares stays theirs.
    var answers = try Matrix<Double>(rows: 5, columns: 2)
    let shared = answers
    try network.predict(batch: wide[rows: 0..<5, columns: 0..<3], into: &answers, using: PredictionWorkspace())
    #expect(shared.elements.allSatisfy { $0 == 0 } && answers.elements.allSatisfy { $0 != 0 })
  }

  @Test("of transposed batches are those of their elements, for more examples than are made at once")
  func largeTransposed() throws {
    try checkTransposed(tolerance: 1e-13, as: Double.self)
    try checkTransposed(tolerance: 1e-5, as: Float.self)
  }

  private func checkTransposed<S: Scalar>(tolerance: Double, as _: S.Type) throws {
    let network = try Network<S>(sizes: [40, 30, 7], seed: 1)
    var random = RandomValues(seed: 1)
    // 600 examples side by side, among columns that are none.
    let wide = try Matrix<S>(rows: 40, columns: 610, elements: random.numbers(40 * 610, in: -1...1))
    let batch = wide[rows: 0..<40, columns: 5..<605].transposed
    let copy = try Matrix(rows: 600, columns: 40, elements: batch.elements)
    let (found, expected) = (try network.predict(batch: batch), try network.predict(batch: copy))
    let wrong = zip(found.elements, expected.elements).count { abs(Double($0) - Double($1)) > tolerance }
    #expect(wrong == 0 && found.rows == 600)
  }

  @Test("into memory of another shape throw")
  func wrongDestinations() throws {
    let network = try Network<Double>(sizes: [3, 2], seed: 1)
    let workspace = PredictionWorkspace<Double>()
    var (answer, answers) = (Vector<Double>([0, 0, 0]), try Matrix<Double>(rows: 4, columns: 2))
    #expect(
      message { try network.predict([1, 2, 3], into: &answer, using: workspace) }
        == "predict: answer is a vector of 3, expected a vector of 2 (layer 1, Dense 3 → 2)")
    #expect(
      message { try network.predict(batch: Matrix([[1, 2, 3]]), into: &answers, using: workspace) }
        == "predict(batch:): answers has 4 examples, expected 1, as many as batch")
    answers = try Matrix(rows: 1, columns: 3)
    #expect(
      message { try network.predict(batch: Matrix([[1, 2, 3]]), into: &answers, using: workspace) }
        == "predict(batch:): answers is 1×3, read as 1 example of 3 targets, expected 2 targets (layer 1, Dense 3 → 2)")
  }

  @Test("Workspaces serve networks of any size, one after another")
  func workspaces() throws {
    let workspace = PredictionWorkspace<Double>()
    for sizes in [[3, 4, 2], [3, 100, 100, 2], [3, 2], [3, 5, 2]] {
      let network = try Network<Double>(sizes: sizes, seed: 1)
      var answer = try Vector<Double>(count: 2)
      try network.predict([1, 2, 3], into: &answer, using: workspace)
      #expect(try answer == network.predict([1, 2, 3]))
    }
  }
}
