import Dispatch
import Foundation
import NNBlas
import Synchronization

/// What the process does, while a network trains, when somebody asks it to end: the first SIGINT or SIGTERM ends training after its step,
/// another SIGINT the process at once, which no file minds. Also where the parent has SIGINT ignored, as scripts have for what they start
/// in the background: nothing is lost by an end, and who sends it means it.
final class Signals {
  private let sources: [any DispatchSourceSignal]
  private let shared: SharedNumber

  /// - Parameters:
  ///   - stopper: Ends the training.
  ///   - line: What a terminal shows meanwhile.
  init(_ stopper: StopSwitch, _ line: ProgressLine) {
    let (first, isShown) = (SharedNumber(), line.isShown)
    shared = first
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: DispatchQueue(label: "nnbench signals"))
      source.setEventHandler {
        if first.value.compareExchange(expected: 0, desired: number, ordering: .relaxed).exchanged {
          stopper.requestStop()
          Console.diagnose(
            (isShown ? "\r\u{1B}[K" : "") + "nnbench: ending after this step; another SIGINT ends at once")
        } else if number == SIGINT {
          if isShown { Console.diagnose("\r\u{1B}[K") }
          _exit(128 + number)
        }
      }
      source.resume()
      return source
    }
  }

  /// The signal that came first, or nil.
  var received: Int32? {
    let number = shared.value.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Gives the signals their usual meaning.
  func end() {
    sources.forEach { $0.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }

  private final class SharedNumber: Sendable {
    let value = Atomic<Int32>(0)
  }
}
