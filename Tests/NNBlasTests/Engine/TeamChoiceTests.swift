import NNBlas
import Testing

@Suite("The choice between a team and one worker")
struct TeamChoiceTests {
  /// What a step takes, together and alone, at some time.
  typealias Speeds = (together: Double, alone: Double)

  /// How many of so many windows were the team's.
  private func shareOfTeam(_ choice: inout TeamChoice, windows: Int, _ speeds: (Int) -> Speeds) -> Double {
    var together = 0
    for window in 0..<windows {
      let speeds = speeds(window)
      together += choice.isTogether ? 1 : 0
      choice.note(secondsPerStep: choice.isTogether ? speeds.together : speeds.alone)
    }
    return Double(together) / Double(windows)
  }

  @Test("is for the team where it is faster, but for a look now and then")
  func together() {
    var choice = TeamChoice()
    #expect(choice.isTogether)
    let beginning = shareOfTeam(&choice, windows: 100) { _ in (1, 1.6) }
    #expect((0.85..<1).contains(beginning))
    let later = shareOfTeam(&choice, windows: 20_000) { _ in (1, 1.6) }
    #expect((0.997..<1).contains(later))
  }

  @Test("is for one where that is faster, soon, and then but for a look now and then")
  func alone() {
    var choice = TeamChoice()
    let beginning = shareOfTeam(&choice, windows: 100) { _ in (2, 1) }
    #expect(beginning < 0.3)
    let later = shareOfTeam(&choice, windows: 20_000) { _ in (2, 1) }
    #expect((1e-4..<0.003).contains(later))
  }

  @Test("follows when the team becomes slow, and when it is fast again")
  func changes() {
    var choice = TeamChoice()
    _ = shareOfTeam(&choice, windows: 20_000) { _ in (1, 1.6) }
    // Three slow windows, a fresh one, a look.
    #expect(shareOfTeam(&choice, windows: 100) { _ in (3, 1.6) } < 0.15)
    _ = shareOfTeam(&choice, windows: 20_000) { _ in (3, 1.6) }
    // As long as it may be without a look.
    #expect(shareOfTeam(&choice, windows: 4 * TeamChoice.mostPatience) { _ in (1, 1.6) } > 0.7)
  }

  @Test("stays where the difference is small, and where single windows are slow")
  func steady() {
    var choice = TeamChoice()
    #expect(shareOfTeam(&choice, windows: 20_000) { _ in (1, 0.97) } > 0.99)
    choice = TeamChoice()
    #expect(shareOfTeam(&choice, windows: 20_000) { ($0 % 10 == 9 ? 50 : 1, 1.6) } > 0.9)
  }

  @Test("is right in both kinds of stretches when they take turns")
  func turns() {
    var (choice, cost, best) = (TeamChoice(), 0.0, 0.0)
    for window in 0..<100_000 {
      let speeds: Speeds = window / 3000 % 2 == 0 ? (1, 1.6) : (2.5, 1.6)
      let seconds = choice.isTogether ? speeds.together : speeds.alone
      choice.note(secondsPerStep: seconds)
      (cost, best) = (cost + seconds, best + min(speeds.together, speeds.alone))
    }
    // The team alone takes 1.35 times as long as it could, one worker 1.23 times.
    #expect(cost < 1.12 * best, "\(cost / best)")
  }
}
