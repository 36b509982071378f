import Testing

@Suite("nnbench explain")
struct ExplainTests {
  /// The lines with shapes, without those with values, which other tests check.
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
