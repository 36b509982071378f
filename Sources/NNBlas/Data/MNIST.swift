import Foundation

/// The MNIST database of handwritten digits, or any data published in its four files.
///
/// The book's split: the last 10,000 examples of the training file validate, those before them train.
public struct MNIST: Sendable {
  /// The first 50,000 examples of the training file.
  public let training: Dataset
  /// The last 10,000 examples of the training file.
  public let validation: Dataset
  /// The 10,000 examples of the test file.
  public let test: Dataset

  /// Reads the four files `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
  /// `t10k-labels-idx1-ubyte` from a folder, each with or without `.gz`.
  ///
  /// - Parameters:
  ///   - directory: The folder's path.
  ///   - validationCount: How many of the last training examples validate.
  /// - Throws: `DataError` that names the file, the offset, what was expected and what was found.
  public init(directory: String, validationCount: Int = 10_000) throws(DataError) {
    guard validationCount >= 0 else {
      throw .count(operation: "MNIST", name: "validationCount", found: validationCount, expected: "at least 0")
    }
    var isDirectory: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory)
    guard exists, isDirectory.boolValue else {
      let reason = exists ? "not a folder" : "no such folder"
      throw .unreadable(
        file: directory.isEmpty ? "''" : directory, reason: "\(reason); expected one with the four files of MNIST")
    }
    let paths = try Self.fileNames.map { (name) throws(DataError) in try Self.path(of: name, in: directory) }
    let trainingImages = try IDX.images(contentsOf: paths[0])
    let all = try Dataset(images: trainingImages, labels: IDX.labels(contentsOf: paths[1]))
    let testImages = try IDX.images(contentsOf: paths[2])
    guard (testImages.height, testImages.width) == (trainingImages.height, trainingImages.width) else {
      throw .imageSize(
        file: testImages.name, found: "\(testImages.height)×\(testImages.width)",
        expected: "\(trainingImages.height)×\(trainingImages.width)")
    }
    test = try Dataset(images: testImages, labels: IDX.labels(contentsOf: paths[3]))
    guard all.count > validationCount else {
      throw .tooFew(
        name: trainingImages.name, found: all.count, expected: "more than the \(validationCount) that validate")
    }
    training = all[0..<all.count - validationCount]
    validation = all[all.count - validationCount..<all.count]
  }

  private static let fileNames = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
  ]

  private static func path(of name: String, in directory: String) throws(DataError) -> String {
    for candidate in [name, name + ".gz"] {
      let path = (directory as NSString).appendingPathComponent(candidate)
      if FileManager.default.fileExists(atPath: path) { return path }
    }
    throw .missing(file: name, directory: directory)
  }
}
