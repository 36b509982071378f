// Reports in a checkpoint: a row of numbers each, for there may be a million of them.

extension TrainingReport {
  /// How many numbers a report has.
  static let width = 13

  /// The report in numbers; what is not there is not a number.
  var numbers: [Double] {
    let (epoch, of): (Double, Double) =
      switch scope {
      case .epoch(let number, let last): (Double(number), Double(last))
      case .steps: (.nan, .nan)
      }
    func numbers(_ evaluation: Evaluation?) -> [Double] {
      guard let evaluation else { return [.nan, .nan, .nan] }
      return [Double(evaluation.count), evaluation.correct.map(Double.init) ?? .nan, evaluation.cost]
    }
    return [epoch, of, Double(steps), Double(examples), cost, seconds, operations]
      + numbers(evaluation) + numbers(training)
  }

  /// A report of an epoch from numbers, or nil where they are none of one.
  init?(numbers: ArraySlice<Double>) {
    let numbers = Array(numbers)
    guard numbers.count == Self.width else { return nil }
    func count(_ index: Int) -> Int? { Int(exactly: numbers[index]).flatMap { $0 >= 0 ? $0 : nil } }
    func evaluation(_ start: Int) -> Evaluation? {
      count(start).map { Evaluation(count: $0, correct: count(start + 1), cost: numbers[start + 2]) }
    }
    guard let epoch = count(0), let last = count(1), let steps = count(2), let examples = count(3) else { return nil }
    self.init(
      scope: .epoch(epoch, of: last), steps: steps, examples: examples, cost: numbers[4], seconds: numbers[5],
      operations: numbers[6], evaluation: evaluation(7), training: evaluation(10))
  }
}
