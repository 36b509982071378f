import Foundation
import TestSupport
import Testing

/// The examples as a reader runs them.
@Suite("Examples")
struct ExampleTests {
  @Test("A network for digits learns, and is measured")
  func digits() throws {
    let result = try Tool.run(program: "example-mnist", "1")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("Epoch 1/1: ") && result.output.contains("actual \\ predicted"))
    let accuracy = result.output.firstMatch(of: /on the test images: accuracy ([\d.]+)/).flatMap { Double($0.1) }
    #expect((accuracy ?? 0) > 0.5, "\(result.output)")
  }

  /// The digits are MNIST's in small: what is looked at is the file.
  @Test("The configuration for MNIST is one, and takes its data from where the environment says")
  func configuration() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Examples/mnist.json").path
    try withSmallMNIST { folder in
      let printed = try Tool.run(
        arguments: ["train", "--config", file, "--print-config"], environment: ["NNBLAS_MNIST": folder.path])
      #expect(printed.status == 0 && printed.output.contains(#""data": "\#(folder.path)""#), "\(printed.errors)")
      #expect(printed.output.contains(#""layers": "784,512:relu,dropout(0.2),512:relu,dropout(0.2),10:identity""#))
    }
  }

  @Test("A regression learns a table, and its saved model predicts in the table's units")
  func regression() throws {
    let result = try Tool.run(program: "example-regression")
    #expect(result.status == 0, "\(result.errors)")
    let r2 = result.output.firstMatch(of: /R² ([\d.]+)/).flatMap { Double($0.1) }
    #expect((r2 ?? 0) > 0.95, "\(result.output)")
    let prices = result.output.firstMatch(of: /three rows: \[(\d+), (\d+), (\d+)\]/).flatMap { Int($0.1) }
    #expect((prices ?? 0) > 1000, "\(result.output)")
  }

  @Test("A layer of one's own has the right gradient, and learns a product")
  func customLayer() throws {
    let result = try Tool.run(program: "example-custom-layer")
    #expect(result.status == 0, "\(result.errors)")
    let distance = result.output.firstMatch(of: /Gradient: ([\d.e-]+) from/).flatMap { Double($0.1) }
    #expect((distance ?? 1) < 1e-8, "\(result.output)")
    let r2 = result.output.firstMatch(of: /R² ([\d.]+)/).flatMap { Double($0.1) }
    #expect((r2 ?? 0) > 0.95, "\(result.output)")
  }
}
