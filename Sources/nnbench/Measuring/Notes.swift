import NNBlas

extension SIMDLevel {
  /// What to warn of where `NNBLAS_SIMD` asks for a level that this processor has not, or nil.
  static var warning: String? {
    guard let request = ignoredRequest else { return nil }
    // In place of what is ignored stands the widest that there is.
    let levels = allCases.prefix { $0 != current }.map(\.rawValue) + [current.rawValue]
    return
      "NNBLAS_SIMD is '\(request)', expected \(levels.joined(separator: " or ")), the levels of this processor; "
      + "\(current) is used"
  }
}

/// That the engine chose a single worker where there are processors for more, in words.
///
/// - Parameters:
///   - workers: How many there are.
///   - threads: How many were asked for, or nil where the engine chose.
///   - processors: How many it could choose.
/// - Returns: The words, or nil where there are more workers or there was no choice.
package func workersNote(_ workers: Int, threads: Int?, processors: Int = Processors.available) -> String? {
  guard threads == nil, workers == 1, processors > 1 else { return nil }
  return "one worker, too little work in a step for two"
}
