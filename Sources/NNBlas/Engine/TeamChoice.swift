/// Decides from what steps took whether all workers take the next ones, or one alone.
///
/// Short steps are not always faster with more workers: another program may have one of the processors, two may be threads of one
/// core, or, where a host places them, far apart. It changes while a program runs. Results depend on none of this, so that
/// whoever trains may try.
package struct TeamChoice {
  /// How many windows pass before the other way is looked at: the fewest, after it turned out faster, and the most, after it
  /// turned out slower again and again.
  package static let (leastPatience, mostPatience) = (8, 1024)
  /// The other way is taken when its time is below this part of the usual one's.
  private static let gain = 0.95
  /// What a window took that has not been yet.
  private static let unknown = Double.infinity

  /// Whether all workers take the next window's steps.
  package private(set) var isTogether = true
  /// The seconds of a step in the last windows, as it is usually made now. Any one of them may have been disturbed; the least
  /// of them counts.
  private var recent = (unknown, unknown, unknown)
  /// The seconds of a step the other way, when that was last looked at.
  private var other = unknown
  /// Whether the window is a look at the other way.
  private var isLooking = false
  /// Whether the first window after a change is not over: caches have to be filled and threads woken.
  private var isFresh = true
  private var patience = leastPatience
  private var windowsUntilLook = leastPatience

  package init() {}

  /// Notes what a step of the window that is over took, and decides on the next one.
  package mutating func note(secondsPerStep seconds: Double) {
    let usual = min(recent.0, recent.1, recent.2)
    if isFresh {
      isFresh = false
    } else if isLooking {
      isLooking = false
      if seconds < usual * Self.gain {
        (recent, other, patience) = ((seconds, seconds, seconds), usual, Self.leastPatience)
      } else {
        (other, patience) = (seconds, min(2 * patience, Self.mostPatience))
        turn()
      }
      windowsUntilLook = patience
    } else {
      recent = (recent.1, recent.2, seconds)
      windowsUntilLook -= 1
      let isSlower = other < min(recent.0, recent.1, recent.2) * Self.gain
      if windowsUntilLook <= 0 || isSlower {
        isLooking = true
        turn()
      }
    }
  }

  private mutating func turn() { (isTogether, isFresh) = (!isTogether, true) }
}
