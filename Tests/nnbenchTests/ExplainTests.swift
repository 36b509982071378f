import Testing

@Suite("nnbench explain")
struct ExplainTests {
  /// The lines with shapes, without those with values.
  private func shapes(_ arguments: String...) throws -> [Substring] {
    let result = try Tool.run(arguments: ["explain"] + arguments)
    #expect((result.status, result.errors) == (0, ""))
    return result.output.split(separator: "\n").filter { !$0.hasPrefix("      = ") }
  }

  @Test("One example: every operation with its shapes, the weight gradients as outer products")
  func example() throws {
    let lines = try shapes("2,1,2", "--x", "1,2", "--y", "3,4")
    #expect(lines.count == 18)
    #expect(lines[0] == "Network 2-1-2, sigmoid, f64, 7 parameters")
    #expect(lines[1] == "x is a vector of 2, y is a vector of 2: one example, a column each")
    for line in [
      "  z1 = W1 (1×2) · a0 (2×1) + b1 (1×1) → (1×1)   gemv",
      "  z2 = W2 (2×1) · a1 (1×1) + b2 (2×1) → (2×1)   gemv",
      "  δ2 = (a2 (2×1) − y (2×1)) ⊙ σ′(z2) (2×1) → (2×1)",
      "  ∇W2 = δ2 (2×1) · a1ᵀ (1×1) → (2×1)   ger",
      "  δ1 = W2ᵀ (1×2) · δ2 (2×1) ⊙ σ′(z1) (1×1) → (1×1)   gemv",
      "  ∇W1 = δ1 (1×1) · a0ᵀ (1×2) → (1×2)   ger",
    ] { #expect(lines.contains(Substring(line)), "\(line)") }
    // The same example in columns is the same walk, and the numbers of the seed are the default.
    #expect(try shapes("2,1,2", "--x", "1;2", "--y", "3;4").dropFirst(2) == lines.dropFirst(2))
    #expect(try shapes("2,1,2") == lines)
  }

  @Test("A batch: one product a layer")
  func batch() throws {
    let lines = try shapes("2,1,2", "--x", "1,2;3,4;5,6", "--y", "3,4;5,6;7,8")
    #expect(lines[1] == "batch is 3×2, targets are 3×2: 3 examples, one a row")
    for line in [
      "  Z1 = A0 (3×2) · W1ᵀ (2×1) + b1ᵀ to every row → (3×1)   gemm",
      "  ∇W2 = δ2ᵀ (2×3) · A1 (3×1) / 3 → (2×1)   gemm",
      "  δ1 = δ2 (3×2) · W2 (2×1) ⊙ σ′(Z1) (3×1) → (3×1)   gemm",
      "  ∇W1 = δ1ᵀ (1×3) · A0 (3×2) / 3 → (1×2)   gemm",
    ] { #expect(lines.contains(Substring(line)), "\(line)") }
    #expect(try shapes("2,1,2", "--x", "1,2;", "--y", "3,4;", "--batch")[1].hasPrefix("batch is 1×2"))
  }

  /// Every value was computed anew by NumPy, from the weights and biases that are printed, to the digits that those have.
  @Test("The whole text of the seed's example, with its values")
  func wholeExample() throws {
    let text = """
      Network 2-1-2, sigmoid, f64, 7 parameters
      x is a vector of 2, y is a vector of 2: one example, a column each

      Forward
        a0 = x (2×1)
            = [1, 2]
        W1 (1×2), b1 (1×1)
            = [[-0.26195, -0.296683]], [-0.695861]
        z1 = W1 (1×2) · a0 (2×1) + b1 (1×1) → (1×1)   gemv
            = [-1.55118]
        a1 = σ(z1) → (1×1)
            = [0.174916]
        W2 (2×1), b2 (2×1)
            = [[-1.19534], [0.456623]], [-0.888522, 0.0873428]
        z2 = W2 (2×1) · a1 (1×1) + b2 (2×1) → (2×1)   gemv
            = [-1.09761, 0.167214]
        a2 = σ(z2) → (2×1)
            = [0.250188, 0.541706]
        C = ½‖a2 − y‖² = 9.76063

      Backward
        δ2 = (a2 (2×1) − y (2×1)) ⊙ σ′(z2) (2×1) → (2×1)
            = [-0.515849, -0.858558]
        ∇b2 = δ2 → (2×1)
            = [-0.515849, -0.858558]
        ∇W2 = δ2 (2×1) · a1ᵀ (1×1) → (2×1)   ger
            = [[-0.0902304], [-0.150176]]
        δ1 = W2ᵀ (1×2) · δ2 (2×1) ⊙ σ′(z1) (1×1) → (1×1)   gemv
            = [0.0324115]
        ∇b1 = δ1 → (1×1)
            = [0.0324115]
        ∇W1 = δ1 (1×1) · a0ᵀ (1×2) → (1×2)   ger
            = [[0.0324115, 0.064823]]

      """
    #expect(try Tool.run("explain", "2,1,2").output == text)
  }

  /// Checked as the example is.
  @Test("The whole text of a batch, with its values")
  func wholeBatch() throws {
    let text = """
      Network 2-1-2, sigmoid, f64, 7 parameters
      batch is 2×2, targets are 2×2: 2 examples, one a row

      Forward
        A0 = batch (2×2)
            = [[1, 2], [3, 4]]
        W1 (1×2), b1 (1×1)
            = [[-0.26195, -0.296683]], [-0.695861]
        Z1 = A0 (2×2) · W1ᵀ (2×1) + b1ᵀ to every row → (2×1)   gemm
            = [[-1.55118], [-2.66844]]
        A1 = σ(Z1) → (2×1)
            = [[0.174916], [0.0648614]]
        W2 (2×1), b2 (2×1)
            = [[-1.19534], [0.456623]], [-0.888522, 0.0873428]
        Z2 = A1 (2×1) · W2ᵀ (1×2) + b2ᵀ to every row → (2×2)   gemm
            = [[-1.09761, 0.167214], [-0.966054, 0.11696]]
        A2 = σ(Z2) → (2×2)
            = [[0.250188, 0.541706], [0.275668, 0.529207]]
        C = mean over 2 examples of −Σ (y ln a2 + (1 − y) ln(1 − a2)) = 1.44219

      Backward
        δ2 = (A2 (2×2) − targets (2×2)) → (2×2)
            = [[0.250188, -0.458294], [-0.724332, 0.0292067]]
        ∇b2 = δ2ᵀ (2×2) · 1 (2×1) / 2 → (2×1)   gemv
            = [-0.237072, -0.214544]
        ∇W2 = δ2ᵀ (2×2) · A1 (2×1) / 2 → (2×1)   gemm
            = [[-0.00160956], [-0.0391343]]
        δ1 = δ2 (2×2) · W2 (2×1) ⊙ σ′(Z1) (2×1) → (2×1)   gemm
            = [[-0.0733623], [0.0533251]]
        ∇b1 = δ1ᵀ (1×2) · 1 (2×1) / 2 → (1×1)   gemv
            = [-0.0100186]
        ∇W1 = δ1ᵀ (1×2) · A0 (2×2) / 2 → (1×2)   gemm
            = [[0.0433065, 0.0332878]]

      """
    let result = try Tool.run(
      "explain", "2,1,2", "--x", "1,2;3,4", "--y", "0,1;1,0.5", "--cost", "cross-entropy")
    #expect(result.output == text)
  }

  @Test("What is not given follows what is: as many examples, and the numbers after it")
  func defaults() throws {
    #expect(try shapes("2,1,2", "--x", "1,2;3,4")[1] == "batch is 2×2, targets are 2×2: 2 examples, one a row")
    #expect(
      try Tool.run("explain", "2,1,2", "--x", "1,2;3,4").output
        == Tool.run("explain", "2,1,2", "--x", "1,2;3,4", "--y", "5,6;7,8").output)
    #expect(try shapes("2,1,2", "--y", "1,2;", "--batch")[1] == "batch is 1×2, targets are 1×2: 1 example, one a row")
    #expect(try shapes("2,1,2", "--y", "3;4")[1] == "x is a vector of 2, y is a column, 2×1: one example")
  }

  @Test("Values are those of the pass, and left out where the network is large")
  func values() throws {
    let small = try Tool.run("explain", "1,1", "--x", "0", "--y", "0", "--cost", "cross-entropy").output
    // Where x is 0 the weight's gradient is 0.
    #expect(small.contains("∇W1 = δ1 (1×1) · a0ᵀ (1×1) → (1×1)   ger\n      = [[0]]\n"))
    #expect(small.contains("  δ1 = (a1 (1×1) − y (1×1)) → (1×1)\n"))
    let large = try Tool.run("explain", "784,30,10").output
    #expect(large.contains("∇W1 = δ1 (30×1) · a0ᵀ (1×784) → (30×784)   ger\n"))
    #expect(!large.contains("\n      = "))
  }
}
