import NNBlas

extension SelfCheck {
  /// A line for each level that the processor has, and each scalar.
  static var layerChecks: [SelfCheck] {
    SIMDLevel.available.flatMap { level in
      [
        SelfCheck("layers \(level) f32") { try level.using { try checkLayers(Float.self) } },
        SelfCheck("layers \(level) f64") { try level.using { try checkLayers(Double.self) } },
      ]
    }
  }

  /// Every layer, cost and optimizer of which `KernelCase` has no formula, at the level under way: gradients against central
  /// differences, or against those of double precision on the plainest level, and a few updates against the same there.
  private static func checkLayers<S: Scalar>(_: S.Type) throws -> String {
    var random = Philox(seed: 5)
    // More examples and columns than registers hold, and odd ones.
    let x = try Matrix(rows: 7, columns: 6, elements: (0..<42).map { _ in random.nextUnit() - 0.5 })
    let y = try Matrix(rows: 7, columns: 4, elements: (0..<28).map { [0.1, 0.2, 0.3, 0.4][$0 % 4] })
    for cost in Cost.allCases {
      let network = try layers()
      let (found, exact): (Vector<S>, Vector<Double>) = (
        try network.converted(to: S.self).backpropagate(batch: converted(x), targets: converted(y), cost: cost)
          .parameters,
        try SIMDLevel.portable.using { try network.backpropagate(batch: x, targets: y, cost: cost).parameters }
      )
      try expect(found, exact, "the gradient of all layers, \(cost)")
      guard S.self == Double.self else { continue }
      let check = try network.gradientCheck(batch: x, targets: y, cost: cost, most: 60)
      guard check.distance < 1e-8 else { throw Mismatch("\(cost): \(check), allowed 1e-8") }
    }
    for optimizer in optimizers {
      try expect(
        updated(as: S.self, x, y, optimizer),
        SIMDLevel.portable.using { try updated(as: Double.self, x, y, optimizer) },
        "three updates of \(optimizer)")
    }
    return "gradients of \(Cost.allCases.count) costs, updates of \(optimizers.count) optimizers"
  }

  /// Functions without kinks, where differences and rounding agree.
  private static func layers() throws -> Network<Double> {
    try Network(inputs: 6, seed: 7) {
      Dense(17, activation: .gelu)
      BatchNorm()
      Dense(18, activation: .silu)
      Dropout(0.25)
      LayerNorm()
      Dense(9, activation: .softplus)
      Dense(5, activation: .tanh)
      Dense(4)
    }
  }

  private static let optimizers: [Optimizer] = [
    .sgd(learningRate: 0.1), .momentum(learningRate: 0.1), .nesterov(learningRate: 0.1), .rmsProp(learningRate: 0.01),
    .adam(learningRate: 0.01), .adamW(learningRate: 0.01),
  ]

  private static func updated<S: Scalar>(
    as _: S.Type, _ x: Matrix<Double>, _ y: Matrix<Double>, _ optimizer: Optimizer
  ) throws -> Vector<S> {
    let trainer = try Trainer(
      layers().converted(to: S.self), batchSize: 7, optimizer: optimizer,
      regularization: Regularization(l2: 0.01, l1: 0.01), clipping: .norm(1), averaging: 0.5, seed: 3, threads: 1)
    try trainer.train(steps: 3, on: Dataset(inputs: x, targets: y))
    return (trainer.averagedNetwork ?? trainer.network).parameters
  }

  private static func converted<S: Scalar>(_ matrix: Matrix<Double>) throws -> Matrix<S> {
    try Matrix(rows: matrix.rows, columns: matrix.columns, elements: matrix.elements.map { S($0) })
  }

  /// ‖a − b‖ ≤ 1000 u ‖b‖: what layers and steps make of roundings is tens of them, and a wrong kernel's is more.
  private static func expect<S: Scalar>(_ found: Vector<S>, _ exact: Vector<Double>, _ what: String) throws {
    let distance = norm(zip(found.elements, exact.elements).map { Double($0) - $1 }) / norm(exact.elements)
    let allowed = 1000 * Double(S.ulpOfOne)
    guard distance <= allowed else {
      throw Mismatch("\(what): \(significant(distance)) off, allowed \(significant(allowed))")
    }
  }
}
