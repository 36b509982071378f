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

/// That the engine chose a single worker where there are processors for more, for all steps or some, in words.
///
/// - Parameters:
///   - workers: How many there are.
///   - aloneShare: Which part of the steps one of several took alone, 0 to 1.
///   - threads: How many were asked for, or nil where the engine chose.
///   - processors: How many it could choose.
/// - Returns: The words, or nil where there are more workers or there was no choice.
package func workersNote(
  _ workers: Int, aloneShare: Double = 0, threads: Int?, processors: Int = Processors.available
) -> String? {
  if workers > 1, aloneShare >= 0.01 {
    return "one worker took \(fixed(100 * aloneShare, 0)) % of the steps, where that was faster"
  }
  guard threads == nil, workers == 1, processors > 1 else { return nil }
  return "one worker, too little work in a step for two"
}
