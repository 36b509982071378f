import Foundation
import NNBlas
import TestSupport
import Testing

@Suite struct MNISTTests {
  /// The names under which the four files are published.
  static let names = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
  ]

  /// Five training and three test images of 2×3; the images differ in all their pixels.
  static let files = [
    IDXFixture.images(count: 5, height: 2, width: 3), IDXFixture.labels([5, 0, 4, 1, 9]),
    IDXFixture.images(count: 3, height: 2, width: 3), IDXFixture.labels([7, 2, 1]),
  ]

  /// Writes the four files; a bit of `compressed` says which are compressed and end in `.gz`.
  private func write(_ files: [[UInt8]] = MNISTTests.files, compressed: Int = 0, to directory: TemporaryDirectory)
    throws
  {
    for (index, file) in files.enumerated() {
      let isCompressed = compressed >> index & 1 == 1
      try directory.write(
        isCompressed ? GzipFixture.stored(file) : file, to: Self.names[index] + (isCompressed ? ".gz" : ""))
    }
  }

  private func inputs(_ dataset: Dataset) throws -> [Double] {
    let batch = try Batch<Double>(Array(0..<Int32(dataset.count)), of: dataset)
    return batch.inputs.elements.map { $0 * 255 }
  }

  // MARK: - What is there

  /// Every mixture of plain and compressed files.
  @Test(arguments: 0..<16)
  func readsAndSplitsTheFourFiles(compressed: Int) throws {
    try withTemporaryDirectory { directory in
      try write(compressed: compressed, to: directory)
      let digits = try MNIST(directory: directory.path, validationCount: 2)
      #expect((digits.training.count, digits.validation.count, digits.test.count) == (3, 2, 3))
      #expect(digits.training.labels == [5, 0, 4])
      #expect(digits.validation.labels == [1, 9])
      #expect(digits.test.labels == [7, 2, 1])
      let pixels = IDXFixture.pixels(5 * 2 * 3).map(Double.init)
      #expect(try inputs(digits.training) == Array(pixels[..<18]))
      #expect(try inputs(digits.validation) == Array(pixels[18...]))
      #expect(try inputs(digits.test) == Array(pixels[..<18]))
      for dataset in [digits.training, digits.validation, digits.test] {
        #expect((dataset.inputWidth, dataset.targetWidth) == (6, 10))
      }
    }
  }

  @Test(arguments: [(0, 5), (1, 4), (4, 1)])
  func validationTakesTheLastExamples(validationCount: Int, trainingCount: Int) throws {
    try withTemporaryDirectory { directory in
      try write(to: directory)
      let digits = try MNIST(directory: directory.path, validationCount: validationCount)
      #expect(digits.training.labels == Array([5, 0, 4, 1, 9][..<trainingCount]))
      #expect(digits.validation.labels == Array([5, 0, 4, 1, 9][trainingCount...]))
    }
  }

  @Test func aPlainFileIsTakenBeforeACompressedOne() throws {
    try withTemporaryDirectory { directory in
      try write(to: directory)
      try directory.write(GzipFixture.stored(IDXFixture.labels([0, 0, 0])), to: Self.names[3] + ".gz")
      #expect(try MNIST(directory: directory.path, validationCount: 0).test.labels == [7, 2, 1])
    }
  }

  @Test func aFolderMayEndInASlash() throws {
    try withTemporaryDirectory { directory in
      try write(to: directory)
      #expect(try MNIST(directory: directory.path + "/", validationCount: 0).training.count == 5)
    }
  }

  // MARK: - What is missing

  @Test(arguments: names)
  func aMissingFile(name: String) throws {
    try withTemporaryDirectory { directory in
      try write(to: directory)
      try FileManager.default.removeItem(atPath: directory.path(of: name))
      expectError(
        DataError.self,
        "\(directory.path): neither \(name) nor \(name).gz is there; expected the four files of MNIST in this folder"
      ) { try MNIST(directory: directory.path, validationCount: 2) }
    }
  }

  @Test func aMissingFolder() throws {
    try withTemporaryDirectory { directory in
      let file = try directory.write([1], to: "file")
      for (path, reason) in [
        (directory.path(of: "none"), "no such folder"), ("", "no such folder"), (file, "not a folder"),
      ] {
        expectError(
          DataError.self, "\(path.isEmpty ? "''" : path): \(reason); expected one with the four files of MNIST"
        ) { try MNIST(directory: path) }
      }
    }
  }

  @Test func aFolderInPlaceOfAFile() throws {
    try withTemporaryDirectory { directory in
      try write(to: directory)
      let path = directory.path(of: Self.names[0])
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      expectError(DataError.self, "\(path): not a regular file") {
        try MNIST(directory: directory.path, validationCount: 2)
      }
    }
  }

  // MARK: - What does not fit

  @Test func imagesOfAnotherSize() throws {
    // As many pixels are not the same size.
    for (height, width) in [(3, 2), (2, 4), (1, 3)] {
      try expectRefusal("t10k-images-idx3-ubyte: images of \(height)×\(width), expected 2×3 as in the training images")
      {
        $0[2] = IDXFixture.images(count: 3, height: height, width: width)
      }
    }
  }

  @Test func anotherNumberOfLabels() throws {
    try expectRefusal("train-labels-idx1-ubyte: 4 examples, expected 5, as many as train-images-idx3-ubyte") {
      $0[1] = IDXFixture.labels([5, 0, 4, 1])
    }
    try expectRefusal("t10k-labels-idx1-ubyte: 4 examples, expected 3, as many as t10k-images-idx3-ubyte") {
      $0[3] = IDXFixture.labels([7, 2, 1, 0])
    }
  }

  @Test func aLabelThatIsNoDigit() throws {
    try expectRefusal("t10k-labels-idx1-ubyte: label 10 in row 2 is outside 0..<10") {
      $0[3] = IDXFixture.labels([7, 2, 10])
    }
  }

  @Test func exchangedFiles() throws {
    try expectRefusal(
      "train-images-idx3-ubyte: magic number at offset 0 is 0x00000801 (labels), expected 0x00000803 (images)"
    ) { $0.swapAt(0, 1) }
  }

  @Test(arguments: [5, 6, 10_000, .max])
  func tooFewForTheValidation(validationCount: Int) throws {
    try expectRefusal(
      "train-images-idx3-ubyte: 5 examples, expected more than the \(validationCount) that validate",
      validationCount: validationCount
    ) { _ in }
  }

  @Test(arguments: [-1, .min])
  func aNegativeValidationCount(validationCount: Int) throws {
    try expectRefusal(
      "MNIST: validationCount is \(validationCount), expected at least 0", validationCount: validationCount
    ) { _ in }
  }

  /// Expects a message for the four files after a change.
  private func expectRefusal(
    _ message: String, validationCount: Int = 2, sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout [[UInt8]]) -> Void
  ) throws {
    var files = Self.files
    change(&files)
    try withTemporaryDirectory { directory in
      try write(files, to: directory)
      expectError(DataError.self, message, sourceLocation: sourceLocation) {
        try MNIST(directory: directory.path, validationCount: validationCount)
      }
    }
  }
}
