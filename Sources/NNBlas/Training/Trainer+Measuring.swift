// What the measuring tool and the tests ask of a trainer, between two calls of training.

extension Trainer {
  /// The threads that work on a step, once there has been one.
  package var workers: Int { engine?.team.count ?? 1 }

  /// What each worker's time went to since profiling began; nothing before the first step.
  package var phaseTimes: [PhaseTimes] { engine?.phaseTimes ?? [] }

  /// Begins to measure phases, or ends it; the steps compute the same.
  package func setProfiling(_ isOn: Bool) { engine?.setProfiling(isOn) }

  /// The seconds that the products of so many steps take alone, as the engine divides them, on numbers of no meaning; the
  /// network stays as it is. Nothing before the first step.
  package func replayProducts(steps: Int) -> Double {
    BLASThreads.beginSingle()
    defer { BLASThreads.endSingle() }
    return engine?.replayProducts(steps: steps, like: network) ?? 0
  }

  /// Fills all memory of the steps with a number.
  package func fillWorkspace(_ value: S) { engine?.workspace.fill(value) }
}
