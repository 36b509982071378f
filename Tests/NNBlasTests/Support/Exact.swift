import Foundation
import NNBlas

// Numbers to measure errors against: of 64 binary digits where the processor has them.
#if arch(x86_64)
  typealias Exact = Float80
#else
  typealias Exact = Double
#endif

extension Exact {
  /// What a reference may itself be off, in ulps of the scalar: nothing worth counting, or, where doubles are measured by
  /// doubles, the roundings of a short formula.
  static func doubt<S: Scalar>(_: S.Type) -> Exact { S.self == Double.self && Exact.self == Double.self ? 4 : 0 }
}

extension Scalar {
  /// Half a unit in the last place of 1: the relative error of one rounding.
  static var u: Exact { Exact(Self.ulpOfOne) / 2 }
}

/// The largest error seen, and where.
struct Worst {
  /// In units of what is allowed.
  private(set) var error: Exact = 0
  private(set) var place = "nowhere"

  /// A NaN that was not expected counts as infinitely wrong.
  mutating func note<S: Scalar>(
    _ value: S, _ reference: Exact, allowed: Exact, _ place: @autoclosure () -> String
  ) {
    if value == S(reference) || (value.isNaN && reference.isNaN) { return }
    let difference = abs(Exact(value) - reference) / allowed
    note(difference.isNaN ? .infinity : difference) { "\(value) instead of \(reference), \(place())" }
  }

  /// In units in the last place of the reference; results below the normal numbers are not asked for all their digits.
  mutating func noteUlps<S: Scalar>(_ value: S, _ reference: Exact, _ place: @autoclosure () -> String) {
    guard reference.isNaN || abs(reference) >= Exact(S.leastNormalMagnitude) else { return }
    note(value, reference, allowed: Exact(S(reference).ulp), place())
  }

  private mutating func note(_ error: Exact, _ place: () -> String) {
    guard error > self.error else { return }
    (self.error, self.place) = (error, place())
  }
}
