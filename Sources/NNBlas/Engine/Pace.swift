/// Takes the time of steps, window after window, and decides after each who takes the next ones.
struct Pace {
  /// The seconds of a window, at least.
  private let leastSeconds: Double
  private var choice = TeamChoice()
  /// When the window began, and before which of the epoch's steps; nil where there is none.
  private var window: (start: ContinuousClock.Instant, step: Int)?
  /// How many steps pass until the clock is looked at again.
  private var steps = 1
  /// Before which step.
  private var nextLook = 0

  /// - Parameter leastSeconds: The seconds of a window, at least: enough to time what takes microseconds, and so few that a bad
  ///   choice is cheap.
  init(leastSeconds: Double = 250e-6) { self.leastSeconds = leastSeconds }

  /// Whether all workers take the steps.
  var isTogether: Bool { choice.isTogether }

  /// Begins anew: what passes before the first step of a call is no step's time.
  mutating func start() { window = nil }

  /// Whether it is time to look at the clock, before one of the epoch's steps.
  @inline(__always)
  func isWindowOver(before step: Int) -> Bool { window == nil || step >= nextLook }

  /// Looks at the clock, and where enough time has passed, decides on the next window.
  mutating func endWindow(before step: Int) {
    let now = ContinuousClock.now
    guard let (start, first) = window else { return begin(now, step) }
    let (seconds, taken) = ((now - start) / .seconds(1), step - first)
    guard seconds >= leastSeconds, taken > 0 else {
      steps *= 2
      nextLook = step + steps
      return
    }
    choice.note(secondsPerStep: seconds / Double(taken))
    // About as many steps as a window has, so that the clock is looked at once or twice.
    steps = max(1, Int(Double(taken) * leastSeconds / max(seconds, 1e-9)))
    begin(now, step)
  }

  private mutating func begin(_ now: ContinuousClock.Instant, _ step: Int) {
    window = (now, step)
    nextLook = step + steps
  }
}
