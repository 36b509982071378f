import NNBlas
import Testing

/// Subscripts trap outside their bounds, as an array's do, and say what was asked of what.
struct TrapTests {
  private func expect(
    _ text: String, in result: ExitTest.Result?, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(output.contains(text), sourceLocation: sourceLocation)
  }

  @Test func elementOutsideAMatrix() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      // A block knows its own shape: the element exists in the larger matrix.
      _ = try Matrix<Double>(rows: 3, columns: 3)[rows: 0..<2, columns: 0..<3].transposed[0, 2]
    }
    expect("Matrix: (0, 2) is outside 3×2", in: result)
  }

  @Test func blockOutsideAMatrix() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Matrix<Double>(rows: 3, columns: 4)[rows: 0..<3, columns: 2..<5]
    }
    expect("Matrix: rows 0..<3, columns 2..<5 are outside 3×4", in: result)
  }

  @Test func elementOutsideAVector() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var view = Vector<Float>([1, 2, 3, 4])[1..<3]
      view[2] = 0
    }
    expect("Vector: index 2 is outside 0..<2", in: result)
    let before = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Vector<Float>([1, 2, 3, 4])[1..<3][-1]
    }
    expect("Vector: index -1 is outside 0..<2", in: before)
  }

  @Test func rangeOutsideAVector() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Vector<Float>([1, 2, 3, 4])[0..<3][1..<4]
    }
    expect("Vector: 1..<4 is outside 0..<3", in: result)
  }

  /// A lent window must come back as itself, or the lender would lose its elements.
  @Test func lentMatrixThatIsReplaced() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var flat: Vector<Double> = [1, 2, 3, 4]
      var kept: [Matrix<Double>] = []
      flat.withMutableMatrix(at: 0, rows: 1, columns: 2) { window in
        kept.append(window)
        window = Vector([5, 6]).row
      }
    }
    expect("NNBlas: internal invariant broken: a lent window was replaced", in: result)
  }

  @Test func lentSliceThatIsReplaced() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var flat: Vector<Double> = [1, 2, 3, 4]
      var kept: [Vector<Double>] = []
      flat.withMutableSlice(0..<2) { window in
        kept.append(window)
        window = [5, 6]
      }
    }
    expect("NNBlas: internal invariant broken: a lent window was replaced", in: result)
  }

  /// When nobody keeps the lent memory it is freed, and the replacement may even be given its address.
  @Test func lentMemoryThatIsFreed() async {
    await #expect(processExitsWith: .failure) {
      var flat: Vector<Double> = [1, 2, 3, 4]
      flat.withMutableSlice(0..<2) { $0 = [5, 6] }
    }
    await #expect(processExitsWith: .failure) {
      var flat: Vector<Double> = [1, 2, 3, 4]
      flat.withMutableMatrix(at: 0, rows: 1, columns: 2) { $0 = Vector([5, 6]).row }
    }
  }
}
