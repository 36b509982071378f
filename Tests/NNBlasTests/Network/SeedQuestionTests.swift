import NNBlas
import TestSupport
import Testing

/// The question that started the project: `Network([2, 1, 2]).backprop([1, 2], [3, 4])` in NumPy multiplies shapes that do
/// not fit, because `(2,)` is neither a row nor a column. Here every way of asking either works or says what to do.
@Suite("The seed: backpropagation through 2-1-2")
struct SeedQuestionTests {
  let golden: Golden.Single
  let network: Network<Double>
  let x = Vector<Double>([1, 2])
  let y = Vector<Double>([3, 4])

  init() throws {
    golden = try #require(try Golden.load().single["quadratic"])
    network = try golden.initial.network()
  }

  /// The NumPy result, to 1e-15 of its norm: a few roundings of sums of at most two products.
  private func expectGolden(_ gradient: Gradient<Double>) throws {
    try expectClose(gradient.layers, golden.gradient, relative: 1e-15)
    #expect(abs(gradient.cost - golden.cost) <= 1e-15 * golden.cost)
    #expect(gradient.layers.map(\.weights.shape) == [.matrix(rows: 1, columns: 2), .matrix(rows: 2, columns: 1)])
    #expect(gradient.layers.map(\.biases.shape) == [.vector(1), .vector(2)])
  }

  @Test("(1) vectors work, literals too")
  func vectors() throws {
    try expectGolden(network.backpropagate(x: x, y: y))
    try expectGolden(network.backpropagate(x: [1, 2], y: [3, 4]))
  }

  @Test("(2) columns work, with the same gradient")
  func columns() throws {
    let gradient = try network.backpropagate(x: x.column, y: y.column)
    try expectGolden(gradient)
    #expect(try gradient == network.backpropagate(x: x, y: y))
    #expect(try gradient == network.backpropagate(x: x.row.transposed, y: y.row.transposed))
  }

  @Test("(3) rows as x:y: throw, with the remedy")
  func rowsAsColumns() {
    #expect(
      message { _ = try network.backpropagate(x: x.row, y: y.row) }
        == "backpropagate(x:y:): x is 1×2, expected a column of 2 (layer 1, Dense 2 → 1); "
        + "use x.transposed, or batch: for one row")
    #expect(
      message { _ = try network.backpropagate(x: x.column, y: y.row) }
        == "backpropagate(x:y:): y is 1×2, expected a column of 2 (layer 2, Dense 1 → 2); "
        + "use y.transposed, or batch:targets: for one row")
  }

  @Test("(4) rows as a batch work, a batch of one")
  func rowsAsBatch() throws {
    try expectGolden(network.backpropagate(batch: x.row, targets: y.row))
  }

  @Test("(5) columns as a batch throw, saying how they were read")
  func columnsAsBatch() {
    #expect(
      message { _ = try network.backpropagate(batch: x.column, targets: y.column) }
        == "backpropagate(batch:targets:): batch is 2×1, read as 2 examples of 1 input, expected 2 inputs "
        + "(layer 1, Dense 2 → 1); use batch.transposed, a batch's examples are rows")
    #expect(
      message { _ = try network.backpropagate(batch: x.row, targets: y.column) }
        == "backpropagate(batch:targets:): targets is 2×1, read as 2 examples of 1 target, expected 2 targets "
        + "(layer 2, Dense 1 → 2); use targets.transposed, a batch's examples are rows")
  }

  @Test("(6) wrong lengths throw, naming the argument")
  func wrongLengths() throws {
    #expect(
      message { _ = try network.backpropagate(x: [1, 2, 3], y: y) }
        == "backpropagate(x:y:): x is a vector of 3, expected a vector of 2 (layer 1, Dense 2 → 1)")
    #expect(
      message { _ = try network.backpropagate(x: x, y: [3]) }
        == "backpropagate(x:y:): y is a vector of 1, expected a vector of 2 (layer 2, Dense 1 → 2)")
    let wide = try Matrix<Double>([[1, 2, 3], [4, 5, 6]])
    #expect(
      message { _ = try network.backpropagate(batch: wide, targets: wide) }
        == "backpropagate(batch:targets:): batch is 2×3, read as 2 examples of 3 inputs, expected 2 inputs "
        + "(layer 1, Dense 2 → 1); use batch.transposed, a batch's examples are rows")
    #expect(
      message { _ = try network.backpropagate(batch: y.row, targets: Matrix([[1]])) }
        == "backpropagate(batch:targets:): targets is 1×1, read as 1 example of 1 target, expected 2 targets "
        + "(layer 2, Dense 1 → 2)")
    let square = try Matrix<Double>([[1, 2], [3, 4]])
    #expect(
      message { _ = try network.backpropagate(x: square, y: y.column) }
        == "backpropagate(x:y:): x is 2×2, expected a column of 2 (layer 1, Dense 2 → 1); "
        + "use batch: for rows of examples")
    #expect(
      message { _ = try network.backpropagate(x: wide, y: y.column) }
        == "backpropagate(x:y:): x is 2×3, expected a column of 2 (layer 1, Dense 2 → 1); "
        + "use batch: with x.transposed for a batch of examples")
  }

  @Test("(6) different numbers of examples throw, naming both arguments")
  func differentCounts() throws {
    let three = try Matrix<Double>([[1, 2], [3, 4], [5, 6]])
    #expect(
      message { _ = try network.backpropagate(batch: three, targets: y.row) }
        == "backpropagate(batch:targets:): targets has 1 example, expected 3, as many as batch")
    let none = try Matrix<Double>(rows: 0, columns: 2)
    #expect(
      message { _ = try network.backpropagate(batch: none, targets: none) }
        == "backpropagate(batch:targets:): batch is 0×2, expected at least 1 example")
  }

  @Test("The type needs no words where it is Double")
  func defaultType() throws {
    #expect(try Network(sizes: [2, 1, 2]).backpropagate(x: [1, 2], y: [3, 4]).layers.count == 2)
  }
}
