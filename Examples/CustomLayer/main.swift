// A layer of one's own: a gated linear unit, y = (x W + b) ⊙ σ(x V + c), here of what a dense layer makes (Dauphin, Fan, Auli and
// Grangier, "Language Modeling with Gated Convolutional Networks", 2017). One half of the inputs is let through by the other.
//
//     swift run -c release example-custom-layer

import Foundation
import NNBlas

/// What it makes of how many inputs.
struct Gate: Layer {
  func outputs(inputs: Int) throws(ShapeError) -> Int { inputs / 2 }

  func computation<S: Scalar>(inputs: Int, as scalar: S.Type) -> (any LayerComputation<S>)? {
    // It is written for Double; for a network of Float this is nil, and the network says so.
    GateComputation() as? any LayerComputation<S>
  }
}

/// How it is computed, for blocks of examples, on the engine's threads.
struct GateComputation: LayerComputation {
  /// An output needs inputs of its own example from other places.
  var reach: LayerReach { .row }
  /// What σ made is kept for the way back.
  var keeps: Bool { true }

  func forward(_ pass: LayerPass<Double>) {
    for row in 0..<pass.input.rows {
      let (x, y) = (pass.input[row], pass.output[row])
      for j in 0..<pass.width {
        let gate = 1 / (1 + exp(-x[pass.width + j]))
        y[j] = x[j] * gate
        // There is nothing to come back to where nobody trains.
        if let kept = pass.kept { kept[row][j] = gate }
      }
    }
  }

  func backward(_ pass: LayerPass<Double>, errors: MatrixBlock<Double>, inputErrors: MutableMatrixBlock<Double>) {
    guard let kept = pass.kept else { return }
    for row in 0..<errors.rows {
      let (x, error, result, gates) = (pass.input[row], errors[row], inputErrors[row], kept[row])
      for j in 0..<pass.width {
        result[j] = error[j] * gates[j]
        result[pass.width + j] = error[j] * x[j] * gates[j] * (1 - gates[j])
      }
    }
  }
}

let network = try Network<Double>(inputs: 2, initializer: .glorotUniform, seed: 1) {
  Dense(32)
  Gate()
  Dense(1)
}
print(network.summary)

// Two inputs, and their product to learn.
var random = Philox(seed: 1)
let points = (0..<500).map { _ in
  [Double.random(in: -1...1, using: &random), Double.random(in: -1...1, using: &random)]
}
let dataset = try Dataset(inputs: points, targets: points.map { [$0[0] * $0[1]] })

let check = try network.gradientCheck(
  batch: Matrix(Array(points.prefix(5))), targets: Matrix(points.prefix(5).map { [$0[0] * $0[1]] }))
print("Gradient: \(check)")

let trainer = try Trainer(network, batchSize: 20, optimizer: .adam(learningRate: 0.01), seed: 1)
try trainer.train(epochs: 40, on: dataset)
let (_, metrics) = try trainer.network.metrics(on: dataset)
print("After 40 epochs: \(metrics)")
