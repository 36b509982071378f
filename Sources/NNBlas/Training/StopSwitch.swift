import Synchronization

/// Ends the training under way after its current step, from any thread.
public final class StopSwitch: Sendable {
  private let request = Atomic(false)

  /// Asks the training under way to end after its current step; without effect where there is none.
  public func requestStop() { request.store(true, ordering: .relaxed) }

  var isRequested: Bool { request.load(ordering: .relaxed) }

  func clear() { request.store(false, ordering: .relaxed) }
}
