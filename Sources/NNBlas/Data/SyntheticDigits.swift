/// Images of handwritten digits, drawn instead of collected: something like MNIST where MNIST is not at hand.
///
/// Strokes of a pen, in several ways for each digit, are shifted, rotated, slanted, scaled and bent at random, and drawn
/// bright on dark in 28×28 pixels, one byte each, row after row from the top. Image i of a part is a pure function of the
/// seed, the part and i, the same bytes on every machine; labels are random, each digit equally likely.
///
/// As hard as it should be: trained as in chapter 1 of Nielsen's book, 30 epochs of batches of 10 at a learning rate of 3, a
/// network 784-10 stays below 93 % of the test images, and 784-30-10 passes 95 %. Accuracies on these images say nothing
/// about MNIST.
public struct SyntheticDigits: Sendable {
  /// The images to learn from (trainingCount × 784), ten classes.
  public let training: Dataset
  /// The images to choose settings by (validationCount × 784), ten classes.
  public let validation: Dataset
  /// The images to judge a network by (testCount × 784), ten classes.
  public let test: Dataset

  /// Draws the images.
  ///
  /// - Parameters:
  ///   - seed: The same seed draws the same images.
  ///   - trainingCount: The number of training images.
  ///   - validationCount: The number of validation images.
  ///   - testCount: The number of test images.
  ///   - progress: Called after every 1000 images and after the last, with the number drawn so far and that of all.
  /// - Throws: `DataError.count` for a number that is negative, beyond 2³⁰, or beyond the memory that there is.
  public init(
    seed: UInt64, trainingCount: Int = 50_000, validationCount: Int = 10_000, testCount: Int = 10_000,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(DataError) {
    let parts = [
      ("trainingCount", trainingCount), ("validationCount", validationCount), ("testCount", testCount),
    ]
    for (name, count) in parts where !(0...Self.mostImages).contains(count) {
      throw Self.countError(name, count, expected: "from 0 to \(Self.mostImages)")
    }
    let total = trainingCount + validationCount + testCount
    let roomInMemory = Int(MemoryLimit.leastBytes) / Canvas.pixelCount
    guard total <= roomInMemory else {
      throw Self.countError(
        "the number of images", total, expected: "at most \(roomInMemory), which fill \(MemoryLimit.least)")
    }
    var done = 0
    var datasets: [Dataset] = []
    for (part, (name, count)) in parts.enumerated() {
      // Parts are far apart among the streams, so that an image does not depend on how many there are.
      let dataset = try Self.draw(count, named: name, seed: seed, firstStream: part * Self.mostImages) {
        done += 1
        if done % 1000 == 0 || done == total { progress(done, total) }
      }
      datasets.append(dataset)
    }
    (training, validation, test) = (datasets[0], datasets[1], datasets[2])
  }

  /// The most images in a part: a quarter of the streams.
  private static let mostImages = 1 << 30

  /// Draws the images of consecutive streams, and calls `progress` after each.
  private static func draw(
    _ count: Int, named name: String, seed: UInt64, firstStream: Int, progress: () -> Void
  ) throws(DataError) -> Dataset {
    let storage = ByteStorage()
    var labels: [Int] = []
    let written = storage.append(upTo: count * Canvas.pixelCount) { buffer in
      guard let pixels = buffer.baseAddress else { return 0 }
      var writer = Writer()
      labels.reserveCapacity(count)
      for index in 0..<count {
        let generator = Philox(seed: seed, stream: .digit(firstStream + index))
        labels.append(writer.write(generator, into: pixels + index * Canvas.pixelCount))
        progress()
      }
      return count * Canvas.pixelCount
    }
    guard written != nil else { throw countError(name, count, expected: "no more than memory can hold") }
    let images = ByteMatrix(storage: storage, rows: count, columns: Canvas.pixelCount)
    return try Dataset(inputs: images, labels: labels, classes: Glyph.all.count)
  }

  private static func countError(_ name: String, _ found: Int, expected: String) -> DataError {
    .count(operation: "SyntheticDigits", name: name, found: found, expected: expected)
  }
}
