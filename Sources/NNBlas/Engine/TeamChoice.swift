/// Decides from what steps took whether all workers take the next ones, or one alone.
///
/// Short steps are not always faster with more workers: another program may have one of the processors, two may be threads of one
/// core, or, where a host places them, far apart. It changes while a program runs. Results depend on none of this, so that
/// whoever trains may try.
struct TeamChoice {
  /// How many windows pass before the other way is looked at: the fewest, after it turned out faster, and the most, after it
  /// turned out slower again and again.
  static let (leastPatience, mostPatience) = (8, 1024)
  /// The other way is taken when its time is below this part of the usual one's.
  static let gain = 0.95

  /// Whether all workers take the next window's steps.
  private(set) var isTogether = true
  /// The seconds of a step as it is usually made now, and the other way when it was last looked at.
  private var (usual, other) = (Double.infinity, Double.infinity)
  /// Whether the window is a look at the other way.
  private var isLooking = false
  /// Whether the first window after a change is not over: caches have to be filled and threads woken.
  private var isFresh = true
  private var patience = leastPatience
  private var windowsUntilLook = leastPatience
  /// Windows, one after another, that took longer than the other way did.
  private var slowWindows = 0

  /// Notes what a step of the window that is over took, and decides on the next one.
  mutating func note(secondsPerStep seconds: Double) {
    if isFresh {
      isFresh = false
    } else if isLooking {
      isLooking = false
      if seconds < usual * Self.gain {
        (usual, other, patience) = (seconds, usual, Self.leastPatience)
      } else {
        (other, patience) = (seconds, min(2 * patience, Self.mostPatience))
        turn()
      }
      (windowsUntilLook, slowWindows) = (patience, 0)
    } else {
      usual = seconds
      slowWindows = seconds > other ? slowWindows + 1 : 0
      windowsUntilLook -= 1
      // A single slow window may be anything.
      if windowsUntilLook == 0 || slowWindows == 3 {
        isLooking = true
        turn()
      }
    }
  }

  private mutating func turn() { (isTogether, isFresh) = (!isTogether, true) }
}
