// Short steps, which all workers take or one alone, as is faster.

extension Engine {
  /// Whether one worker takes the steps.
  var isAlone: Bool { pace.map { !$0.isTogether } ?? false }

  /// Lets steps be taken by all workers or by one; only between blocks of them.
  func keepPace(_ parameters: UnsafeMutablePointer<S>) {
    guard var next = pace else { return }
    next.look()
    if next.isTogether != isAlone { return pace = next }
    // Those who have made a block's products have its examples, too.
    settle(parameters)
    // Nor has everybody the batch that was fetched.
    fetched = nil
    pace = next
  }

  /// Makes windows of time so short that each step, or block of steps, is one: there are many changes between all workers and one.
  func hurryPace() { pace?.leastSeconds = 0 }
}
