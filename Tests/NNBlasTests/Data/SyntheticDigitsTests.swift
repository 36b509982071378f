import Foundation
import NNBlas
import TestSupport
import Testing

@Suite struct SyntheticDigitsTests {
  /// A thousand training images of seed 1, drawn once for the tests that only look at them.
  private static let sample = Result { try images(of: SyntheticDigits(seed: 1, 1000, 0, 0).training) }

  // MARK: - A pure function of the seed

  /// The checksum was made by this code, on x86-64: it guards that no machine, compiler or later version draws other
  /// images. A change that is meant to alter the images has to make it anew.
  @Test func theBytesOfASeedNeverChange() throws {
    let images = try Self.sample.get().prefix(100)
    let bytes = images.flatMap { [UInt8($0.label)] + $0.pixels }
    #expect(bytes.count == 100 * (1 + pixelCount))
    #expect(fnv1a(bytes) == 0xF479_D63F_1DE8_88E5)
  }

  @Test func anotherSeedDrawsOtherImages() throws {
    let first = try Self.sample.get().prefix(20)
    // The seeds differ from 1 in their low and in their high 32 bits.
    for seed: UInt64 in [2, 1 + (1 << 32)] {
      let other = try images(of: SyntheticDigits(seed: seed, 20, 0, 0).training)
      #expect(zip(first, other).allSatisfy { $0.pixels != $1.pixels })
      #expect(first.map(\.label) != other.map(\.label))
    }
  }

  @Test func anImageDependsOnNoCount() throws {
    let some = try SyntheticDigits(seed: 5, 12, 20, 9)
    let others = try SyntheticDigits(seed: 5, 20, 7, 30)
    for part in [\SyntheticDigits.training, \.validation, \.test] {
      let (a, b) = (try images(of: some[keyPath: part]), try images(of: others[keyPath: part]))
      let shared = min(a.count, b.count)
      #expect(shared >= 7)
      #expect(a.prefix(shared) == b.prefix(shared))
    }
  }

  @Test func noTwoImagesAreTheSame() throws {
    let digits = try SyntheticDigits(seed: 1, 100, 100, 100)
    let all = try [digits.training, digits.validation, digits.test].flatMap { try images(of: $0).map(\.pixels) }
    #expect(all.count == 300)
    #expect(Set(all).count == 300)
  }

  // MARK: - Counts

  @Test(arguments: [(30, 20, 10), (0, 1, 0), (0, 0, 0)])
  func partsHaveTheCountsAskedFor(training: Int, validation: Int, test: Int) throws {
    let digits = try SyntheticDigits(seed: 1, training, validation, test)
    for (part, count) in [(digits.training, training), (digits.validation, validation), (digits.test, test)] {
      #expect(part.count == count)
      #expect(part.labels?.count == count)
      #expect(part.inputBytes?.rows == count)
      #expect(part.inputWidth == pixelCount)
      #expect(part.targetWidth == 10)
    }
  }

  @Test(arguments: [-1, Int.min, (1 << 30) + 1, Int.max])
  func anImpossibleCountIsAnError(count: Int) {
    func error(_ name: String) -> DataError {
      .count(operation: "SyntheticDigits", name: name, found: count, expected: "from 0 to 1073741824")
    }
    #expect(throws: error("trainingCount")) { try SyntheticDigits(seed: 1, count, 1, 1) }
    #expect(throws: error("validationCount")) { try SyntheticDigits(seed: 1, 1, count, 1) }
    #expect(throws: error("testCount")) { try SyntheticDigits(seed: 1, 1, 1, count) }
    #expect(error("testCount").description == "SyntheticDigits: testCount is \(count), expected from 0 to 1073741824")
  }

  /// Three parts of 2³⁰ images take 2.5 TB.
  @Test(.enabled(if: ProcessInfo.processInfo.physicalMemory < 1 << 41, "the images would fit this machine"))
  func moreImagesThanMemoryHoldsAreAnError() {
    #expect {
      try SyntheticDigits(seed: 1, 1 << 30, 1 << 30, 1 << 30)
    } throws: { error in
      "\(error)".hasPrefix("SyntheticDigits: the number of images is 3221225472, expected at most ")
    }
  }

  @Test func progressIsToldEveryThousandImagesAndAtTheEnd() throws {
    var told: [[Int]] = []
    _ = try SyntheticDigits(seed: 1, trainingCount: 900, validationCount: 700, testCount: 500) {
      told.append([$0, $1])
    }
    #expect(told == [[1000, 2100], [2000, 2100], [2100, 2100]])
  }

  // MARK: - What the images look like

  @Test func everyDigitIsAsLikelyInNoParticularOrder() throws {
    let labels = try Self.sample.get().map(\.label)
    for digit in 0..<10 {
      // 100 expected, with a deviation of √(1000 · 0.1 · 0.9) ≈ 9.5: four of those either way.
      #expect((62...138).contains(labels.count { $0 == digit }), "digit \(digit)")
    }
    for lag in 1...20 {
      // Independent labels agree with those some places later as often.
      let agreements = zip(labels, labels.dropFirst(lag)).count { $0 == $1 }
      #expect((62...138).contains(agreements), "lag \(lag)")
    }
  }

  @Test func imagesAreBrightOnDarkAndUseTheRangeOfAByte() throws {
    let images = try Self.sample.get()
    #expect(images.allSatisfy { $0.pixels.contains(0) })
    // The faintest ink is a byte of 195, of which grain may take three tenths: 136 are left.
    #expect(images.allSatisfy { ($0.pixels.max() ?? 0) > 136 })
    #expect(images.contains { ($0.pixels.max() ?? 0) >= 250 })
    #expect(Set(images.joinedPixels).count >= 250)
    // MNIST inks 19 % of its pixels.
    let inked = images.joinedPixels.count { $0 > 0 }
    #expect((0.1...0.3).contains(Double(inked) / Double(images.count * pixelCount)))
  }

  @Test func digitsStayInsideTheFrame() throws {
    let images = try Self.sample.get()
    let edge = (0..<pixelCount).filter { [0, 27].contains($0 / 28) || [0, 27].contains($0 % 28) }
    let touching = images.count { image in edge.contains { image.pixels[$0] > 0 } }
    #expect(touching < images.count / 20)
  }

  /// Two halves of one digit's images show how far apart means lie by chance; any two digits must be further apart.
  @Test func theMeansOfTheDigitsAreDistinct() throws {
    let images = try Self.sample.get()
    let groups = (0..<10).map { digit in images.filter { $0.label == digit }.map(\.pixels) }
    let means = groups.map(mean)
    let byChance = groups.map { group in
      distance(mean(Array(group.prefix(group.count / 2))), mean(Array(group.dropFirst(group.count / 2))))
    }
    for first in 0..<10 {
      for second in 0..<first {
        let apart = distance(means[first], means[second])
        #expect(apart > 1.5 * max(byChance[first], byChance[second]), "\(first) and \(second)")
      }
    }
  }

  // MARK: - How hard they are

  /// The book's settings: 30 epochs at a rate of 3 in batches of 10. Weights of small variance start no neuron saturated,
  /// which is the best case for a network without a hidden layer; from the book's own it gets stuck lower.
  @Test(.enabled(if: isOptimizedBuild, "training takes minutes in a debug build"))
  func aHiddenLayerIsNeededToLearnThem() throws {
    let digits = try SyntheticDigits(seed: 1, validationCount: 0)
    for initializer in Initializer.allCases {
      let shallow = try bestAccuracy(
        of: Network(sizes: [784, 10], initializer: initializer, seed: 1), epochs: 30, on: digits)
      #expect(shallow < 0.93, "\(initializer)")
      // It learns all the same, and is not just broken.
      #expect(shallow > 0.5, "\(initializer)")
    }
    let deep = try bestAccuracy(of: Network(sizes: [784, 30, 10], seed: 1), epochs: 8, on: digits)
    #expect(deep > 0.95)
  }

  private func bestAccuracy(of network: Network<Double>, epochs: Int, on digits: SyntheticDigits) throws -> Double {
    let trainer = try Trainer(network, batchSize: 10, optimizer: .sgd(learningRate: 3), seed: 1)
    var best = 0.0
    try trainer.train(epochs: epochs, on: digits.training, evaluating: digits.test) {
      best = max(best, $0.evaluation?.accuracy ?? 0)
    }
    return best
  }
}

/// Images are 28×28.
private let pixelCount = 28 * 28

private struct LabeledImage: Equatable {
  let label: Int
  let pixels: [UInt8]
}

extension SyntheticDigits {
  fileprivate init(seed: UInt64, _ training: Int, _ validation: Int, _ test: Int) throws(DataError) {
    try self.init(seed: seed, trainingCount: training, validationCount: validation, testCount: test)
  }
}

extension [LabeledImage] {
  fileprivate var joinedPixels: [UInt8] { flatMap(\.pixels) }
}

private func images(of dataset: Dataset) throws -> [LabeledImage] {
  let (labels, bytes) = (try #require(dataset.labels), try #require(dataset.inputBytes).bytes)
  return labels.indices.map {
    LabeledImage(label: labels[$0], pixels: Array(bytes[$0 * pixelCount..<($0 + 1) * pixelCount]))
  }
}

private func mean(_ images: [[UInt8]]) -> [Double] {
  var sums = [Double](repeating: 0, count: pixelCount)
  for image in images {
    for index in sums.indices { sums[index] += Double(image[index]) }
  }
  return sums.map { $0 / Double(images.count) }
}

/// The root of the mean squared difference, in bytes.
private func distance(_ a: [Double], _ b: [Double]) -> Double {
  (zip(a, b).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / Double(a.count)).squareRoot()
}

/// The 64-bit checksum FNV-1a of Fowler, Noll and Vo.
private func fnv1a(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
}
