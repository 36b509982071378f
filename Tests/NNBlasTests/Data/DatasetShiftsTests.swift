import NNBlas
import TestSupport
import Testing

/// The shifts of Nielsen's `expand_mnist.py`.
@Suite struct DatasetShiftsTests {
  /// What `np.roll` and a line of zeros make of this image of 2 lines and 3 columns, in the order of `expand_mnist.py`:
  ///
  ///     1 2 3    0 0 0    4 5 6    0 1 2    2 3 0
  ///     4 5 6    1 2 3    0 0 0    0 4 5    5 6 0
  private let image = [1, 2, 3, 4, 5, 6]
  private let shifted = [
    [1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 2, 3], [4, 5, 6, 0, 0, 0], [0, 1, 2, 0, 4, 5], [2, 3, 0, 5, 6, 0],
  ]

  @Test func bytes() throws {
    let bytes = try ByteMatrix(rows: 2, columns: 6, bytes: (image + image.map { 10 * $0 }).map { UInt8($0) })
    // Of a view, so that its start is not that of the storage.
    let dataset = try Dataset(inputs: bytes, labels: [4, 7], classes: 10)[1..<2]
    let expanded = try dataset.expandedByShifts(imageWidth: 3)
    #expect(expanded.labels == [7, 7, 7, 7, 7])
    #expect(try expanded.rows().inputs == shifted.map { $0.map { Double(10 * $0) / 255 } })
  }

  @Test func numbersOfBothPrecisions() throws {
    try expectShifts(Float.self)
    try expectShifts(Double.self)
  }

  private func expectShifts<S: Scalar>(_ type: S.Type) throws {
    let dataset = try Dataset(
      inputs: [image.map { S($0) }, image.map { -S($0) }], targets: [[0.5, 1], [0.25, 2]])
    let (inputs, targets) = try dataset.expandedByShifts(imageWidth: 3).rows()
    #expect(inputs == shifted.map { $0.map { Double($0) } } + shifted.map { $0.map { -Double($0) } })
    #expect(targets == Array(repeating: [0.5, 1], count: 5) + Array(repeating: [0.25, 2], count: 5))
  }

  @Test func theWidthOfSquareImagesIsKnown() throws {
    let dataset = try Dataset(inputs: [[1, 2, 3, 4]] as [[Double]], labels: [0], classes: 1)
    #expect(
      try dataset.expandedByShifts().rows().inputs
        == [[1, 2, 3, 4], [0, 0, 1, 2], [3, 4, 0, 0], [0, 1, 0, 3], [2, 0, 4, 0]])
  }

  @Test func imagesOfOnePixelVanish() throws {
    let dataset = try Dataset(inputs: [[3]] as [[Double]], labels: [0], classes: 1)
    #expect(try dataset.expandedByShifts().rows().inputs == [[3], [0], [0], [0], [0]])
    #expect(try dataset[0..<0].expandedByShifts().count == 0)
  }

  @Test func namesOfClassesStay() throws {
    let dataset = try Dataset(inputs: [[3]] as [[Double]], labels: [0], classes: 1).naming(classes: ["three"])
    #expect(try dataset.expandedByShifts().classNames == ["three"])
  }

  @Test func widthsThatAreNone() throws {
    let dataset = try Dataset(inputs: [[1, 2, 3, 4, 5, 6]] as [[Double]], labels: [0], classes: 1)
    expectError(
      DataError.self,
      "expandedByShifts(imageWidth:): the number of values in an input is 6, expected that of a square image; "
        + "pass imageWidth: for one that is not square"
    ) { try dataset.expandedByShifts() }
    for width in [4, 0, -3, 12, .max, .min] {
      expectError(
        DataError.self,
        "expandedByShifts(imageWidth:): imageWidth is \(width), expected a width that divides the 6 values of an input"
      ) { try dataset.expandedByShifts(imageWidth: width) }
    }
    let empty = try Dataset(inputs: [] as [[Double]], labels: [], classes: 1)
    #expect(throws: DataError.self) { try empty.expandedByShifts() }
  }
}
