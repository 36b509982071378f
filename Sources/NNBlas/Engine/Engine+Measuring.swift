// What measuring asks of an engine.

extension Engine {
  /// What the workers' time went to since `resetProfile`, one entry for each.
  var phaseTimes: [PhaseTimes] { Array(UnsafeBufferPointer(start: profile, count: team.count)) }

  /// Begins to measure, or ends it.
  func setProfiling(_ isOn: Bool) {
    profile.update(repeating: PhaseTimes(), count: team.count)
    context.pointee.profile = isOn ? profile : nil
  }

  /// The products of so many steps alone, on numbers of no meaning, after those of one more: the seconds that steps would take
  /// if all else were free.
  func replayProducts(steps: Int, like network: Network<S>) -> Double {
    let parameters = Storage<S>(uninitialized: network.storage.flat.count)
    defer { withExtendedLifetime(parameters) {} }
    network.storage.flat.withElements { parameters.pointer.update(from: $0, count: parameters.count) }
    workspace.fill(S(0.01))
    prepare(batchSize, parameters.pointer, workspace.batches[0])
    // Too small to change anything, and no zero, for which products are not made.
    let rule = context.pointee.rule
    if case .sgd = rule { context.pointee.rule = .sgd(rate: S(1e-12)) }
    context.pointee.isReplay = true
    team.run(self)
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<steps { team.run(self) }
    let seconds = (clock.now - start) / .seconds(1)
    context.pointee.isReplay = false
    context.pointee.rule = rule
    return seconds
  }
}
