import Foundation

/// What a learning rate is multiplied by, update after update: a pure function of the number of updates so far, t = 0, 1, ….
public indirect enum LearningRateSchedule: Sendable, Hashable {
  /// 1.
  case constant
  /// factorᵏ with k = ⌊t / every⌋ (PyTorch's `StepLR`).
  case step(every: Int, factor: Double)
  /// factor^(t / every), so that it is the factor after so many updates (PyTorch's `ExponentialLR` for 1).
  case exponential(factor: Double, every: Int = 1)
  /// final + ½ (1 − final) (1 + cos(π t / updates)) up to so many updates, then the final part (Loshchilov and Hutter, "SGDR:
  /// Stochastic Gradient Descent with Warm Restarts", 2017, without restarts; PyTorch's `CosineAnnealingLR`).
  case cosine(updates: Int, final: Double = 0)
  /// (t + 1) / updates for so many updates, then another schedule that counts from there.
  case warmUp(updates: Int, then: LearningRateSchedule = .constant)

  /// The factor of the update after so many.
  public func factor(step t: Int) -> Double {
    switch self {
    case .constant: 1
    case .step(let every, let factor): pow(factor, Double(t / every))
    case .exponential(let factor, let every): pow(factor, Double(t) / Double(every))
    case .cosine(let updates, let final):
      t >= updates ? final : final + (1 - final) / 2 * (1 + cos(.pi * Double(t) / Double(updates)))
    case .warmUp(let updates, let next): t < updates ? Double(t + 1) / Double(updates) : next.factor(step: t - updates)
    }
  }

  /// - Throws: `TrainingError.setting` for a number of updates below 1, a factor that is not above 0 and at most 1, or a final part
  ///   outside 0...1.
  func check() throws(TrainingError) {
    switch self {
    case .constant: break
    case .step(let every, let factor), .exponential(let factor, let every):
      try Self.check("every", every)
      guard factor > 0, factor <= 1 else {
        throw .setting(name: "schedule's factor", found: shown(factor), expected: "a number above 0, at most 1")
      }
    case .cosine(let updates, let final):
      try Self.check("updates", updates)
      guard final >= 0, final <= 1 else {
        throw .setting(name: "schedule's final", found: shown(final), expected: "a number from 0 to 1")
      }
    case .warmUp(let updates, let next):
      try Self.check("updates", updates)
      try next.check()
    }
  }

  private static func check(_ name: String, _ count: Int) throws(TrainingError) {
    guard count >= 1 else { throw .setting(name: "schedule's \(name)", found: "\(count)", expected: "at least 1") }
  }
}
