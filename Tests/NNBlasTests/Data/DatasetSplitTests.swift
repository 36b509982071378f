import NNBlas
import TestSupport
import Testing

@Suite struct DatasetSplitTests {
  /// Example i has the input i, and the label that a list gives it.
  private func dataset(_ labels: [Int]) throws -> Dataset {
    try Dataset(inputs: labels.indices.map { [Double($0)] }, labels: labels, classes: (labels.max() ?? 0) + 1)
  }

  private func examples(_ dataset: Dataset) throws -> [Int] { try dataset.rows().inputs.map { Int($0[0]) } }

  @Test(arguments: [false, true])
  func everyExampleIsInOnePart(stratified: Bool) throws {
    let labels = (0..<50).map { $0 * $0 % 4 }
    let whole = try dataset(labels)
    for validation in [1, 7, 25, 49] {
      let split = try whole.split(validation: validation, seed: 9, stratified: stratified)
      let (training, validating) = (try examples(split.training), try examples(split.validation))
      #expect(validating.count == validation)
      #expect((training + validating).sorted() == Array(0..<50))
      // In the order of the whole, and each with its label.
      #expect(training == training.sorted() && validating == validating.sorted())
      #expect(split.training.labels == training.map { labels[$0] })
      #expect(split.validation.labels == validating.map { labels[$0] })
    }
  }

  @Test(arguments: [false, true])
  func theSeedDecides(stratified: Bool) throws {
    let whole = try dataset((0..<100).map { $0 % 2 })
    let splits = try [1, 1, 2].map {
      try examples(whole.split(validation: 20, seed: $0, stratified: stratified).validation)
    }
    #expect(splits[0] == splits[1])
    #expect(splits[0] != splits[2])
  }

  /// Every example validates as often as any other: 5 of 20 in each of 4,000 splits.
  @Test func everyExampleIsEquallyLikely() throws {
    let whole = try dataset((0..<20).map { _ in 0 })
    var counts = [Int](repeating: 0, count: 20)
    for seed in 0..<4_000 as Range<UInt64> {
      for example in try examples(whole.split(validation: 5, seed: seed).validation) { counts[example] += 1 }
    }
    // Binomial of 4,000 and 1/4: mean 1,000, deviation √750 ≈ 27.4; six of them are passed by chance 20 · 2·10⁻⁹.
    #expect(counts.allSatisfy { abs($0 - 1_000) < 165 }, "\(counts)")
  }

  @Test func classesGiveTheirShares() throws {
    // Of 60, 30 and 10 examples in a mixed order, 20 of 100: 12, 6 and 2.
    let labels = (0..<100).map { $0 % 10 < 6 ? 0 : $0 % 10 < 9 ? 1 : 2 }
    let validation = try dataset(labels).split(validation: 20, seed: 3, stratified: true).validation
    #expect((0..<3).map { label in validation.labels?.count { $0 == label } } == [12, 6, 2])
  }

  /// 7, 2 and 1 examples, 5 of 10: shares 3.5, 1 and 0.5, and the example that is missing comes from the first that lost 0.5.
  @Test func whatIsLostInRoundingComesFromTheClassesThatLostMost() throws {
    let labels = [0, 0, 0, 0, 0, 0, 0, 1, 1, 2]
    let whole = try dataset(labels)
    for (count, shares) in [(5, [4, 1, 0]), (4, [3, 1, 0]), (9, [6, 2, 1]), (1, [1, 0, 0])] {
      let validation = try whole.split(validation: count, seed: 4, stratified: true).validation
      #expect((0..<3).map { label in validation.labels?.count { $0 == label } } == shares, "\(count)")
    }
  }

  @Test func fractions() throws {
    let whole = try dataset((0..<10).map { _ in 0 })
    for (fraction, count) in [(0.25, 3), (0.24, 2), (0.5, 5), (1e-300, 1), (0.999, 9)] {
      #expect(try whole.split(validation: fraction, seed: 1).validation.count == count)
    }
    // As a number of examples draws them.
    #expect(
      try examples(whole.split(validation: 0.3, seed: 1).validation)
        == examples(whole.split(validation: 3, seed: 1).validation))
    for fraction in [0, 1, -0.5, 20, .nan, .infinity] {
      expectError(
        DataError.self,
        "split(validation:seed:): validation is \(fraction), expected a part of the examples above 0 and below 1, "
          + "or a whole number of them"
      ) { try whole.split(validation: fraction as Double, seed: 1) }
    }
  }

  @Test(arguments: [0, 3, -1, .max, .min])
  func countsOutOfRange(validation: Int) throws {
    let whole = try dataset([0, 0, 0])
    expectError(
      DataError.self,
      "split(validation:seed:): validation is \(validation), expected from 1 to 2 of the 3 examples"
    ) { try whole.split(validation: validation, seed: 1) }
  }

  @Test func tooFewExamples() throws {
    for whole in [try dataset([0])[0..<0], try dataset([0])] {
      for body in [{ try whole.split(validation: 1, seed: 1) }, { try whole.split(validation: 0.5, seed: 1) }] {
        expectError(
          DataError.self, "split(validation:seed:): validation is 1, expected at least 2 examples to split",
        ) { try body() }
      }
    }
  }

  @Test func numbersHaveNoClasses() throws {
    let numbers = try Dataset(inputs: [[1], [2]] as [[Double]], targets: [[1], [2]])
    expectError(
      DataError.self,
      "split(validation:seed:): stratified is true, expected false, or labels: the targets are numbers, which have no classes"
    ) { try numbers.split(validation: 1, seed: 1, stratified: true) }
    #expect(try numbers.split(validation: 1, seed: 1).training.count == 1)
  }
}
