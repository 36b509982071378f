/// Takes the time of steps, window after window, and decides after each who takes the next ones.
///
/// What a caller does between steps, as in `progress`, is in it.
struct Pace {
  /// The seconds of a window, at least: enough to time what takes microseconds, and so few that a bad choice is cheap.
  var leastSeconds = 250e-6
  private var choice = TeamChoice()
  /// Since when steps are taken, and the seconds of the window before that.
  private var start = ContinuousClock.now
  private var secondsBefore = 0.0
  /// The window's steps so far, and at how many the clock is looked at.
  private var (taken, due) = (0, 1)
  /// How many steps of the windows before one worker took.
  private var stepsAloneBefore = 0

  /// Whether all workers take the steps.
  var isTogether: Bool { choice.isTogether }

  /// How many steps one worker took alone.
  var stepsAlone: Int { stepsAloneBefore + (isTogether ? 0 : taken) }

  /// Whether it is time to look at the clock.
  var isDue: Bool { taken >= due }

  /// Goes on when a call of training begins.
  mutating func resume() { start = .now }

  /// Leaves out what passes until the next call.
  mutating func pause() { secondsBefore += (ContinuousClock.now - start) / .seconds(1) }

  /// Counts a step.
  @inline(__always)
  mutating func count() { taken += 1 }

  /// Looks at the clock, and where enough time has passed, decides on the next window.
  mutating func look() {
    let now = ContinuousClock.now
    let seconds = secondsBefore + (now - start) / .seconds(1)
    guard seconds >= leastSeconds else {
      due *= 2
      return
    }
    stepsAloneBefore = stepsAlone
    choice.note(secondsPerStep: seconds / Double(taken))
    // About as many steps as a window has, so that the clock is looked at once or twice.
    due = max(1, Int(Double(taken) * leastSeconds / max(seconds, 1e-9)))
    (taken, secondsBefore, start) = (0, 0, now)
  }
}
