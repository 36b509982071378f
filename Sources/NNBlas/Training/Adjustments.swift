/// Penalties that pull weights towards 0: λ₂/2 ‖w‖² and λ₁ Σ |w| are added to the cost that is made smaller, though not to the cost
/// that is reported.
///
/// They are for the weights of dense layers, not for biases, nor for what normalizations learn. With Adam, λ₂ is the coupled weight
/// decay of the original; `Optimizer.adamW` has the decoupled one. The λ of Nielsen's book, divided by the number of training
/// examples, is λ₂.
public struct Regularization: Sendable, Hashable, Codable {
  /// λ₂: λ₂ w is added to the gradient.
  public let l2: Double
  /// λ₁: λ₁ sign(w) is added to the gradient.
  public let l1: Double

  /// No penalties.
  public static let none = Regularization()

  /// Penalties of 0 and more.
  public init(l2: Double = 0, l1: Double = 0) { (self.l2, self.l1) = (l2, l1) }
}

/// A limit on the gradient of a step, before penalties are added.
public enum GradientClipping: Sendable, Hashable {
  /// Every derivative is brought into −limit...limit.
  case value(Double)
  /// Where the norm of the gradient of all parameters is larger than the limit, the gradient is multiplied by limit / norm (Pascanu,
  /// Mikolov and Bengio, "On the Difficulty of Training Recurrent Neural Networks", 2013).
  case norm(Double)
}

/// What is done with gradients and parameters besides the optimizer's step.
package struct Adjustments: Sendable, Equatable {
  var regularization = Regularization.none
  var clipping: GradientClipping?
  /// The batches whose gradients are added up before an update.
  var accumulation = 1
  /// How much of the mean of parameters stays in a step.
  var averaging: Double?

  package init(
    regularization: Regularization = .none, clipping: GradientClipping? = nil, accumulation: Int = 1,
    averaging: Double? = nil
  ) {
    (self.regularization, self.clipping) = (regularization, clipping)
    (self.accumulation, self.averaging) = (accumulation, averaging)
  }

  /// - Throws: `TrainingError.setting` for a number out of its range.
  package func check<S: Scalar>(_ optimizer: Optimizer, for scalar: S.Type) throws(TrainingError) {
    let penalty = "a number from 0 on, finite once rounded to \(S.precision)"
    for (name, value) in [("l2", regularization.l2), ("l1", regularization.l1)] {
      guard value >= 0, S(value).isFinite else { throw .setting(name: name, found: shown(value), expected: penalty) }
    }
    switch clipping {
    case .value(let limit), .norm(let limit):
      guard S(limit) > 0, S(limit).isFinite else {
        throw .setting(
          name: "clipping", found: shown(limit), expected: "a number above 0 and finite once rounded to \(S.precision)")
      }
    case nil: break
    }
    guard (1...Int(Int32.max)).contains(accumulation) else {
      throw .setting(name: "accumulation", found: "\(accumulation)", expected: "1 to \(Int32.max) batches")
    }
    if let averaging, !(averaging >= 0 && averaging < 1) {
      throw .setting(name: "averaging", found: shown(averaging), expected: "a number from 0 to below 1")
    }
  }

  /// How a step of an optimizer ends: the one rounds differently from the other.
  func ending(_ optimizer: Optimizer, hasHook: Bool) -> Plan.Ending {
    if hasHook || accumulation > 1 { return .stored }
    if case .norm = clipping { return .stored }
    let isPlain = optimizer.stateCount == 0 && clipping == nil && regularization.l1 == 0 && averaging == nil
    return isPlain ? .accumulated : .fused
  }

  var clipsNorm: Bool { if case .norm = clipping { true } else { false } }
}
