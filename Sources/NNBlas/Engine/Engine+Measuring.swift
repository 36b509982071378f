// What is asked of an engine besides steps: what they computed, and how long they took.

extension Engine {
  /// A layer's activations or errors for all examples of a batch (examples × neurons), copied.
  func matrix(_ part: KeyPath<Workspace<S>.Layer, UnsafeMutablePointer<S>>, layer index: Int) -> Matrix<S> {
    let layer = workspace.layers[index]
    let result = Matrix<S>(uninitializedRows: batchSize, columns: layer.width)
    for row in 0..<batchSize {
      (result.storage.pointer + row * layer.width).update(
        from: layer[keyPath: part] + row * layer.stride, count: layer.width)
    }
    return result
  }

  /// What the workers' time went to since `resetProfile`, one entry for each.
  var phaseTimes: [PhaseTimes] { PhaseTimes.filled((0..<team.count).map { profile[$0] }) }

  /// Begins to measure, or ends it.
  func setProfiling(_ isOn: Bool) {
    profile.update(repeating: PhaseTimes(), count: team.count)
    context.pointee.profile = isOn ? profile : nil
  }

  /// The products of so many steps alone, on numbers of no meaning, after those of one more: the seconds that steps would take
  /// if all else were free. Afterwards the engine is of no use for steps.
  ///
  /// - Parameters:
  ///   - steps: How many; where steps look ahead, whole blocks are made, and their time divided.
  ///   - rule: How parameters change, with what is kept for each of them; none of it is touched.
  ///   - network: Whose parameters the products are made with, or a copy of them.
  /// - Returns: Seconds.
  func replayProducts(steps: Int, rule: UpdateRule<S>, like network: Network<S>) -> Double {
    let parameters = Storage<S>(uninitialized: network.storage.flat.count)
    defer { withExtendedLifetime(parameters) {} }
    network.storage.flat.withElements { parameters.pointer.update(from: $0, count: parameters.count) }
    workspace.fill(S(0.01))
    lookahead?.fill(S(1e-6))
    prepare(batchSize, parameters.pointer, workspace.batches[0])
    // Too small to change anything, and no zero, for which products are not made.
    if case .sgd = rule.method { context.pointee.rule = .sgd(rate: S(1e-12)) } else { context.pointee.rule = rule }
    context.pointee.isReplay = true
    let stepsInRound = lookahead?.steps ?? 1
    func round() { if let lookahead { replay(parameters.pointer, lookahead) } else { team.run(self) } }
    round()
    let clock = ContinuousClock()
    let start = clock.now
    let rounds = (steps + stepsInRound - 1) / stepsInRound
    for _ in 0..<rounds { round() }
    return (clock.now - start) / .seconds(1) * Double(steps) / Double(rounds * stepsInRound)
  }
}
