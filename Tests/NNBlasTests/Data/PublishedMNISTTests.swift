import Foundation
import NNBlas
import Testing

/// The real files, where there are any.
///
/// The numbers expected are those of this Python, which knows nothing of the package:
///
///     import gzip
///     images = gzip.open("train-images-idx3-ubyte.gz").read()[16:]
///     labels = gzip.open("train-labels-idx1-ubyte.gz").read()[8:]
///     print(sum(images), list(labels[:5]), list(labels[49998:50002]))
///     print([labels[:50000].count(k) for k in range(10)], [labels[50000:].count(k) for k in range(10)])
///     print(sum(images[784 * 49999:784 * 50000]), sum(images[784 * 50000:784 * 50001]))
///
/// and the same of the files that begin with `t10k`.
@Suite(
  .enabled(
    if: ProcessInfo.processInfo.environment["NNBLAS_MNIST"] != nil,
    "set NNBLAS_MNIST to a folder with the four files of MNIST"))
struct PublishedMNISTTests {
  let directory = ProcessInfo.processInfo.environment["NNBLAS_MNIST"] ?? ""

  @Test func labelsAndTheirSplit() throws {
    let digits = try MNIST(directory: directory)
    #expect((digits.training.count, digits.validation.count, digits.test.count) == (50_000, 10_000, 10_000))
    let training = try #require(digits.training.labels)
    let validation = try #require(digits.validation.labels)
    let test = try #require(digits.test.labels)
    #expect(training[..<5] == [5, 0, 4, 1, 9])
    #expect(training[49_998...] == [4, 8])
    #expect(validation[..<2] == [3, 8])
    #expect(test[..<5] == [7, 2, 1, 0, 4])
    #expect(histogram(training) == [4932, 5678, 4968, 5101, 4859, 4506, 4951, 5175, 4842, 4988])
    #expect(histogram(validation) == [991, 1064, 990, 1030, 983, 915, 967, 1090, 1009, 961])
    #expect(histogram(test) == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    // The images on both sides of the split.
    #expect(try pixelSum(digits.training, 49_999) == 26_846)
    #expect(try pixelSum(digits.validation, 0) == 22_386)
    #expect((digits.training.inputWidth, digits.training.targetWidth) == (28 * 28, 10))
  }

  @Test(arguments: [("train", 60_000, 1_567_298_545), ("t10k", 10_000, 264_923_200)])
  func pixels(prefix: String, count: Int, sum: Int) throws {
    let path = directory + "/" + prefix + "-images-idx3-ubyte"
    let name = FileManager.default.fileExists(atPath: path) ? path : path + ".gz"
    let images = try IDX.images(contentsOf: name)
    #expect((images.count, images.height, images.width) == (count, 28, 28))
    // A loop by hand: a debug build spends seconds on a closure for every byte.
    let total = images.pixels.bytes.withUnsafeBufferPointer { bytes in
      var total = 0
      for index in 0..<bytes.count { total &+= Int(bytes[index]) }
      return total
    }
    #expect(total == sum)
  }

  private func histogram(_ labels: [Int]) -> [Int] {
    labels.reduce(into: [Int](repeating: 0, count: 10)) { $0[$1] += 1 }
  }

  private func pixelSum(_ dataset: Dataset, _ index: Int32) throws -> Double {
    let batch = try Batch<Double>([index], of: dataset)
    return batch.inputs.elements.reduce(0) { $0 + ($1 * 255).rounded() }
  }
}
