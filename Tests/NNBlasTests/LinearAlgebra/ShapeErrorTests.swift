import NNBlas
import TestSupport
import Testing

/// The full text of every case of `ShapeError`.
struct ShapeErrorTests {
  static let layer = LayerName(number: 1, inputs: 2, outputs: 1)

  @Test func operand() {
    let found = Shape.matrix(rows: 1, columns: 2)
    func text(
      _ expected: ShapeError.Expectation, _ layer: LayerName? = nil, _ remedy: String? = nil
    ) -> String {
      "\(ShapeError.operand(operation: "f", name: "x", found: found, expected: expected, layer: layer, remedy: remedy))"
    }
    #expect(text(.shape(.matrix(rows: 3, columns: 4))) == "f: x is 1×2, expected 3×4")
    #expect(text(.shape(.vector(3), because: "for y")) == "f: x is 1×2, expected a vector of 3 for y")
    #expect(text(.column(2), Self.layer) == "f: x is 1×2, expected a column of 2 (layer 1, Dense 2 → 1)")
    #expect(
      text(.column(2), Self.layer, "use x.transposed")
        == "f: x is 1×2, expected a column of 2 (layer 1, Dense 2 → 1); use x.transposed")
    #expect(text(.rows(1, because: "for y")) == "f: x is 1×2, expected 1 row for y")
    #expect(text(.rows(2, because: "for y"), nil, "do") == "f: x is 1×2, expected 2 rows for y; do")
    #expect(text(.property("as many columns as rows")) == "f: x is 1×2, expected as many columns as rows")
    #expect(
      "\(ShapeError.operand(operation: "f", name: "v", found: .vector(3), expected: .column(3)))"
        == "f: v is a vector of 3, expected a column of 3")
  }

  @Test func exampleWidth() {
    func text(_ rows: Int, _ columns: Int, expected: Int, remedy: String? = nil) -> String {
      let error = ShapeError.exampleWidth(
        operation: "backpropagate(batch:targets:)", name: "batch", found: .matrix(rows: rows, columns: columns),
        quantity: "input", expected: expected, layer: Self.layer, remedy: remedy)
      return "\(error)"
    }
    #expect(
      text(2, 1, expected: 2, remedy: "use batch.transposed")
        == "backpropagate(batch:targets:): batch is 2×1, read as 2 examples of 1 input, expected 2 inputs "
        + "(layer 1, Dense 2 → 1); use batch.transposed")
    #expect(
      text(1, 3, expected: 1)
        == "backpropagate(batch:targets:): batch is 1×3, read as 1 example of 3 inputs, expected 1 input "
        + "(layer 1, Dense 2 → 1)")
  }

  @Test func exampleCounts() {
    func text(_ found: Int) -> String {
      "\(ShapeError.exampleCounts(operation: "f", name: "targets", found: found, otherName: "batch", expected: 3))"
    }
    #expect(text(1) == "f: targets has 1 example, expected 3, as many as batch")
    #expect(text(2) == "f: targets has 2 examples, expected 3, as many as batch")
  }

  @Test func extent() {
    #expect(
      "\(ShapeError.extent(operation: "gemm", name: "a", found: .matrix(rows: -1, columns: 2)))"
        == "gemm: a is -1×2, expected extents from 0 to 2147483647, the range of BLAS's integers")
    #expect(
      "\(ShapeError.extent(operation: "dot", name: "x", found: .vector(2_147_483_648)))"
        == "dot: x is a vector of 2147483648, expected extents from 0 to 2147483647, the range of BLAS's integers")
  }

  @Test func memory() {
    // 1 GiB is 2³⁰ bytes; sizes are shown in tenths of it.
    func text(_ needed: Double, limit: MemoryLimit = .machine(bytes: 16 * 0x1p30), remedy: String? = nil) -> String {
      let error = ShapeError.memory(
        operation: "Matrix", name: "the result", found: .matrix(rows: 4, columns: 5), neededBytes: needed,
        limit: limit, remedy: remedy)
      return "\(error)"
    }
    #expect(
      text(29.84 * 0x1p30)
        == "Matrix: the result is 4×5 and needs 29.8 GiB, expected at most the 16.0 GiB of this machine's memory")
    // The most that two extents of Int32.max can need, in Double: (2³¹ − 1)² · 8 bytes, 2³⁵ − 2⁵ GiB.
    #expect(
      text(Double(Int32.max) * Double(Int32.max) * 8)
        == "Matrix: the result is 4×5 and needs 34359738336.0 GiB, "
        + "expected at most the 16.0 GiB of this machine's memory")
    #expect(
      text(0x1p30, limit: .process, remedy: "buy more")
        == "Matrix: the result is 4×5 and needs 1.0 GiB, expected at most what the system gives this process; buy more")
  }

  @Test func elementCount() {
    #expect(
      message { try Matrix<Float>(rows: 2, columns: 3, elements: [1]) }
        == "Matrix: 1 element, expected 6 for 2×3")
    #expect(
      message { try Matrix<Float>(rows: 0, columns: 3, elements: [1, 2]) }
        == "Matrix: 2 elements, expected 0 for 0×3")
  }

  @Test func raggedRow() {
    #expect(
      message { try Matrix<Double>([[1, 2], [3, 4], [5]]) }
        == "Matrix: row 2 has 1 element, expected 2, as many as row 0")
    #expect(
      message { try Matrix<Double>([[], [3, 4]]) }
        == "Matrix: row 1 has 2 elements, expected 0, as many as row 0")
  }

  @Test func sizes() {
    func text(_ sizes: [Int]) -> String { "\(ShapeError.sizes(operation: "Network", sizes: sizes))" }
    #expect(text([784, 0, 10]) == "Network: sizes[1] is 0, expected at least 1 neuron")
    #expect(text([-5]) == "Network: sizes[0] is -5, expected at least 1 neuron")
    #expect(
      text([784])
        == "Network: sizes has 1 entry, expected at least 2: the number of inputs, then the neurons of each layer")
    #expect(
      text([])
        == "Network: sizes has 0 entries, expected at least 2: the number of inputs, then the neurons of each layer")
  }

  @Test func layers() {
    let (second, third) = (
      LayerName(number: 2, inputs: 784, outputs: 128), LayerName(number: 3, inputs: 100, outputs: 10)
    )
    #expect(
      "\(ShapeError.layerSequence(operation: "Network", layer: third, previous: second))"
        == "Network: layer 3 Dense(100 → 10) cannot follow layer 2 Dense(784 → 128): 128 outputs, 100 inputs")
    let (one, single) = (LayerName(number: 1, inputs: 3, outputs: 1), LayerName(number: 2, inputs: 1, outputs: 4))
    #expect(
      "\(ShapeError.layerSequence(operation: "Network", layer: single, previous: one))"
        == "Network: layer 2 Dense(1 → 4) cannot follow layer 1 Dense(3 → 1): 1 output, 1 input")
    func counts(_ biases: Int) -> String {
      "\(ShapeError.layerCounts(operation: "Network", weights: 2, biases: biases))"
    }
    #expect(counts(1) == "Network: biases has 1 vector, expected 2, one for each matrix of weights")
    #expect(counts(3) == "Network: biases has 3 vectors, expected 2, one for each matrix of weights")
  }

  @Test func names() {
    #expect("\(Shape.vector(3))" == "a vector of 3" && "\(Shape.matrix(rows: 2, columns: 3))" == "2×3")
    #expect(Shape.vector(3).transposed == .vector(3))
    #expect(Shape.matrix(rows: 2, columns: 3).transposed == .matrix(rows: 3, columns: 2))
    #expect("\(Self.layer)" == "layer 1, Dense 2 → 1")
  }
}
