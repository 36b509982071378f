// What the measuring tool and the tests ask of a trainer, between two calls of training.

extension Trainer {
  /// The threads that work on a step, once there has been one.
  package var workers: Int { engine?.team.count ?? 1 }

  /// Whether one of them may take steps alone, where that is faster.
  package var mayBeAlone: Bool { engine?.pace != nil }

  /// How many steps one of them has taken so.
  package var stepsAlone: Int { engine?.pace?.stepsAlone ?? 0 }

  /// Makes steps change between all threads and one as often as can be, where they may.
  package func hurryPace() { engine?.hurryPace() }

  /// What each worker's time went to since profiling began; nothing before the first step.
  package var phaseTimes: [PhaseTimes] { engine?.phaseTimes ?? [] }

  /// Begins to measure phases, or ends it; the steps compute the same.
  package func setProfiling(_ isOn: Bool) { engine?.setProfiling(isOn) }

  /// The products of so many steps by themselves, as the engine divides them, on numbers of no meaning; the network stays as it
  /// is.
  ///
  /// - Parameters:
  ///   - steps: How many.
  ///   - isAlone: Whether one worker makes them all.
  /// - Returns: Seconds, 0 before the first step.
  package func replayProducts(steps: Int, alone isAlone: Bool = false) -> Double {
    BLASThreads.beginSingle()
    defer { BLASThreads.endSingle() }
    guard let engine else { return 0 }
    // One of its own: between steps nothing is written to what they keep.
    let team = isAlone ? Team(workers: 1) : engine.team
    let replica = Engine(
      network, batchSize: engine.batchSize, shortBatchSize: 0, cost: cost, purpose: .training(ending), team: team,
      threads: team.count, options: engine.options)
    return replica.replayProducts(steps: steps, rule: state.rule(optimizer, factor: 1, adjustments), like: network)
  }

  /// Fills all memory of the steps with a number, but for what a block of steps under way keeps.
  package func fillWorkspace(_ value: S) {
    engine?.workspace.fill(value)
    engine?.lookahead?.fill(value)
  }
}
