import NNBlas
import TestSupport
import Testing

@Suite("Rules that end training")
struct TrainingRulesTests {
  @Test("A network that has reached its target is kept, though early stopping looks at something else")
  func target() throws {
    let dataset = try Dataset(inputs: [[-1.0], [1]], labels: [0, 1], classes: 2)
    let network = try Network<Double>(weights: [Matrix([[-0.1], [0.1]])], biases: [[0, 0]])
    let trainer = try Trainer(network, batchSize: 2, optimizer: .sgd(learningRate: 1), seed: 1)
    let outcome = try trainer.train(
      epochs: 1000, on: dataset, evaluating: dataset,
      under: TrainingRules(earlyStopping: EarlyStopping(monitor: .accuracy, patience: 500), targetCost: 0.1))
    // All is right from the first epoch on.
    #expect(outcome.reason == .target && outcome.reports.count > 2 && outcome.epoch == outcome.reports.count)
    #expect(try outcome.network == trainer.network && outcome.network.evaluate(dataset).cost <= 0.1)
  }

  /// The factors of PyTorch 2.13's `ReduceLROnPlateau(factor=0.5, patience=2, threshold=0.1)` after each of these losses, computed
  /// by hand from its definition: better is below 0.9 of the best, and the third epoch that is not lowers the rate.
  @Test("Plateaus lower the rate as PyTorch's rule does")
  func plateau() {
    let rule = PlateauRule(factor: 0.5, patience: 2, minimumImprovement: 0.1, minimumFactor: 0.2)
    var state = PlateauRule.State()
    let losses = [1.0, 0.95, 0.91, 0.92, 0.8, 0.75, 0.74, 0.73, 0.73, .nan, 0.73, 0.1]
    let factors = losses.map { loss in
      state = rule.next(state, observing: loss)
      return state.factor
    }
    #expect(factors == [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2])
    #expect(state.best == 0.1 && !state.hasEnded)
  }

  @Test("The book's halves the rate seven times, then ends")
  func halving() {
    // However long nothing improves, there is a rate.
    var endless = PlateauRule.State()
    for _ in 0..<5000 { endless = PlateauRule(patience: 0).next(endless, observing: 1) }
    #expect(endless.factor > 0 && endless.factor < 1e-290)
    let rule = PlateauRule.halving(patience: 2)
    var state = PlateauRule.State()
    var epochs = 0
    while !state.hasEnded {
      state = rule.next(state, observing: 0.9)
      epochs += 1
    }
    // The first epoch is an improvement over nothing.
    #expect(epochs == 1 + 7 * 2 && state.factor == 1 / 128)
  }

  @Test("Early stopping counts from the best epoch")
  func earlyStopping() {
    let rule = EarlyStopping(monitor: .accuracy, patience: 2, minimumImprovement: 0.01)
    var state = EarlyStopping.State()
    var ends: [Bool] = []
    for accuracy in [.nan, 0.5, 0.504, 0.6, 0.6, 0.59] {
      state = rule.next(state, observing: accuracy)
      ends.append(rule.ends(state))
    }
    #expect(ends == [false, false, false, false, false, true])
    #expect(state.bestEpoch == 4 && state.best == 0.6)
  }

  @Test("A value that is not finite is none")
  func infinite() {
    let rule = EarlyStopping(patience: 2)
    func ends(_ costs: [Double]) -> [Bool] {
      var state = EarlyStopping.State()
      return costs.map {
        state = rule.next(state, observing: $0)
        return rule.ends(state)
      }
    }
    #expect(ends([.infinity, 5, 4, 4, 4]) == [false, false, false, false, true])
    #expect(ends([.infinity, .infinity]) == [false, true])
    #expect(ends([-.infinity, 5, 4, 4, 4]) == [false, false, false, false, true])
  }

  /// The mean of parameters is what is kept, so it is what is looked at.
  @Test("Evaluations are of the mean of parameters where there is one")
  func averaging() throws {
    let (training, test) = try data()
    let trainer = try Trainer(
      Network<Double>(sizes: [784, 20, 10], initializer: .scaledNormal, seed: 1), batchSize: 10, cost: .crossEntropy,
      optimizer: .sgd(learningRate: 0.5), averaging: 0.9, seed: 1)
    var means: [Network<Double>] = []
    let outcome = try trainer.train(
      epochs: 6, on: training, evaluating: test, under: TrainingRules(earlyStopping: EarlyStopping(patience: 6)),
      monitorsTraining: true
    ) { report in
      let mean = try #require(trainer.averagedNetwork)
      means.append(mean)
      #expect(try report.evaluation == mean.evaluate(test, cost: .crossEntropy))
      #expect(try report.training == mean.evaluate(training, cost: .crossEntropy))
      #expect(try report.evaluation != trainer.network.evaluate(test, cost: .crossEntropy))
    }
    #expect(outcome.network == means[outcome.epoch - 1])
    #expect(try trainer.train(epochs: 1, on: training, under: TrainingRules()).network == trainer.averagedNetwork)
  }

  private func data() throws -> (Dataset, Dataset) {
    let digits = try SyntheticDigits(seed: 2, trainingCount: 300, validationCount: 0, testCount: 200)
    return (digits.training, digits.test)
  }

  private func trainer(rate: Double = 0.5) throws -> Trainer<Double> {
    try Trainer(
      Network(sizes: [784, 20, 10], initializer: .scaledNormal, seed: 1), batchSize: 10, cost: .crossEntropy,
      optimizer: .sgd(learningRate: rate), seed: 1)
  }

  @Test("Early stopping keeps the best network, as a run of as many epochs leaves it")
  func best() throws {
    let (training, test) = try data()
    let outcome = try trainer().train(
      epochs: 100, on: training, evaluating: test, under: TrainingRules(earlyStopping: EarlyStopping(patience: 2)))
    #expect(outcome.reason == .noImprovement && outcome.reports.count == outcome.epoch + 2)
    let costs = outcome.reports.compactMap { $0.evaluation?.cost }
    #expect(costs[outcome.epoch - 1] == costs.min())
    let again = try trainer()
    try again.train(epochs: outcome.epoch, on: training)
    #expect(again.network == outcome.network)
  }

  @Test("A target, a time, a request and the last epoch end it, each by its name")
  func reasons() throws {
    let (training, test) = try data()
    let first = try trainer().train(
      epochs: 50, on: training, evaluating: test, under: TrainingRules(targetAccuracy: 0.3))
    #expect(first.reason == .target && (first.reports.last?.evaluation?.accuracy ?? 0) >= 0.3)
    #expect(first.reports.dropLast().allSatisfy { ($0.evaluation?.accuracy ?? 1) < 0.3 })
    let cost = try trainer().train(
      epochs: 50, on: training, evaluating: test, under: TrainingRules(targetCost: 1e9))
    #expect(cost.reason == .target && cost.epoch == 1)
    let time = try trainer().train(epochs: 1_000_000, on: training, under: TrainingRules(maximumSeconds: 0.05))
    #expect(time.reason == .time)
    let all = try trainer().train(epochs: 2, on: training, under: TrainingRules())
    #expect(all.reason == .completed && all.epoch == 2)
    let stopped = try trainer()
    let outcome = try stopped.train(epochs: 5, on: training, under: TrainingRules()) { _ in stopped.requestStop() }
    #expect(outcome.reason == .stopped && outcome.epoch == 1)
    let plateau = try trainer().train(
      epochs: 500, on: training, evaluating: test,
      under: TrainingRules(plateau: PlateauRule(factor: 0.5, patience: 0, minimumFactor: 0.5, endsAtMinimum: true)))
    #expect(plateau.reason == .learningRate)
  }

  @Test("The training data are monitored on demand")
  func monitoring() throws {
    let (training, test) = try data()
    let trainer = try trainer()
    let outcome = try trainer.train(
      epochs: 2, on: training, evaluating: test, under: TrainingRules(), monitorsTraining: true)
    let last = try #require(outcome.reports.last)
    #expect(try last.training == trainer.network.evaluate(training, cost: .crossEntropy))
    #expect(try last.evaluation == trainer.network.evaluate(test, cost: .crossEntropy))
    #expect(last.description.contains("correct, training data \(last.training?.correct ?? 0)/300 correct, cost"))
  }

  @Test("are refused out of their ranges, and without what they look at")
  func refused() throws {
    let (training, test) = try data()
    func refusal(_ rules: TrainingRules, evaluating: Dataset? = nil) -> String {
      message { _ = try trainer().train(epochs: 1, on: training, evaluating: evaluating ?? test, under: rules) }
    }
    #expect(
      refusal(TrainingRules(earlyStopping: EarlyStopping(patience: 0)))
        == "Trainer: earlyStopping's patience is 0, expected at least 1 epoch")
    #expect(
      refusal(TrainingRules(plateau: PlateauRule(factor: 1)))
        == "Trainer: plateau's factor is 1.0, expected a number above 0 and below 1")
    #expect(
      refusal(TrainingRules(targetAccuracy: 97))
        == "Trainer: targetAccuracy is 97.0, expected a number above 0, at most 1; 0.97 is 97 %")
    #expect(
      refusal(TrainingRules(maximumSeconds: 0))
        == "Trainer: maximumSeconds is 0.0, expected a number above 0, at most 1e9; nil for no limit")
    #expect(refusal(TrainingRules(maximumSeconds: .infinity)).contains("maximumSeconds is inf"))
    #expect(
      message { _ = try trainer().train(epochs: 1, on: training, under: TrainingRules(targetCost: 1)) }
        == "Trainer: evaluating is nil, expected data, which the rules look at; split some off the training data")
    let numbers = try Dataset(
      inputs: Matrix<Double>(rows: 5, columns: 784), targets: Matrix<Double>(rows: 5, columns: 10))
    #expect(
      refusal(TrainingRules(targetAccuracy: 0.5), evaluating: numbers)
        == "Trainer: the monitored value is accuracy, of data without labels, expected cost, or data with labels")
  }
}
