/// Columns shifted and scaled to mean 0 and standard deviation 1, as most training needs its inputs: z = (x − mean) / scale.
///
/// It is fitted to the examples that train, and applied to those that validate, test or are predicted as well. Save it beside the
/// network, which is of no use without it: it is `Codable`.
///
/// ```swift
/// let standardizer = try Standardizer(fitting: split.training)
/// let training = try standardizer.standardizingInputs(of: split.training)
/// let validation = try standardizer.standardizingInputs(of: split.validation)
/// ```
public struct Standardizer: Sendable, Equatable {
  /// The mean of each column.
  public let means: [Double]
  /// The standard deviation of each column, of the examples as the whole population (divided by n, not n − 1); 1 where a
  /// column's values are all equal, so that they become 0.
  public let scales: [Double]

  init(means: [Double], scales: [Double]) {
    (self.means, self.scales) = (means, scales)
  }

  /// A matrix whose columns are shifted and scaled.
  ///
  /// - Parameter matrix: As many columns as in the data that this was fitted to.
  /// - Returns: z = (x − mean) / scale, computed in `Double` and rounded once.
  /// - Throws: `DataError.argument` for another number of columns, `DataError.notFinite` for an element that is not finite, or
  ///   does not stay so, `DataError.memory` when the result does not fit.
  public func standardized<S: Scalar>(_ matrix: Matrix<S>) throws(DataError) -> Matrix<S> {
    try standardized(matrix, as: S.self)
  }

  /// The same in another precision, rounded once: what is small beside its mean is not lost.
  ///
  /// - Parameters:
  ///   - matrix: As many columns as in the data that this was fitted to.
  ///   - scalar: The precision.
  /// - Returns: z = (x − mean) / scale.
  /// - Throws: What `standardized(_:)` throws.
  public func standardized<S: Scalar, Result: Scalar>(
    _ matrix: Matrix<S>, as scalar: Result.Type
  ) throws(DataError) -> Matrix<Result> {
    try applied(to: NativeMatrix(matrix), Self.standardize)
  }

  /// A matrix as it was before its columns were shifted and scaled, such as predictions of standardized targets.
  ///
  /// - Parameter matrix: As many columns as in the data that this was fitted to.
  /// - Returns: x = z · scale + mean, computed in `Double` and rounded once.
  /// - Throws: What `standardized(_:)` throws.
  public func restored<S: Scalar>(_ matrix: Matrix<S>) throws(DataError) -> Matrix<S> {
    try restored(matrix, as: S.self)
  }

  /// The same in another precision, rounded once: what is small beside its mean is not lost.
  ///
  /// - Parameters:
  ///   - matrix: As many columns as in the data that this was fitted to.
  ///   - scalar: The precision.
  /// - Returns: x = z · scale + mean.
  /// - Throws: What `standardized(_:)` throws.
  public func restored<S: Scalar, Result: Scalar>(
    _ matrix: Matrix<S>, as scalar: Result.Type
  ) throws(DataError) -> Matrix<Result> {
    try applied(to: NativeMatrix(matrix), Self.restore)
  }

  /// The examples with standardized inputs.
  ///
  /// - Parameters:
  ///   - dataset: The examples.
  ///   - precision: That of the new inputs; nil for the precision of the old ones, which is `f32` for bytes.
  /// - Returns: The examples.
  /// - Throws: What `standardized(_:)` throws.
  public func standardizingInputs(of dataset: Dataset, precision: Precision? = nil) throws(DataError) -> Dataset {
    dataset.replacing(
      inputs: try applied(to: dataset.inputs, precision), targets: dataset.targets, weights: dataset.weights)
  }

  /// The examples with standardized targets, for regression; `restored(_:)` makes of predictions what they were before.
  ///
  /// - Parameters:
  ///   - dataset: The examples, whose targets are numbers.
  ///   - precision: That of the new targets; nil for the precision of the old ones.
  /// - Returns: The examples.
  /// - Throws: `DataError.argument` where targets are labels, and what `standardized(_:)` throws.
  public func standardizingTargets(of dataset: Dataset, precision: Precision? = nil) throws(DataError) -> Dataset {
    dataset.replacing(
      inputs: dataset.inputs, targets: .numbers(try applied(to: Self.numbers(of: dataset), precision)),
      weights: dataset.weights)
  }

  /// The targets of a data set for regression.
  static func numbers(of dataset: Dataset) throws(DataError) -> NativeMatrix {
    guard case .numbers(let matrix) = dataset.targets else {
      throw .argument(operation: "Standardizer", name: "the kind of targets", found: "labels", expected: "numbers")
    }
    return matrix
  }

  private func applied(to matrix: NativeMatrix, _ precision: Precision?) throws(DataError) -> NativeMatrix {
    let isDouble =
      switch (precision, matrix) {
      case (.f64, _), (nil, .doubles): true
      default: false
      }
    return isDouble
      ? .doubles(try applied(to: matrix, Self.standardize)) : .floats(try applied(to: matrix, Self.standardize))
  }

  /// What happens to a row in place.
  private typealias Change = (
    _ row: UnsafeMutablePointer<Double>, _ means: UnsafePointer<Double>, _ scales: UnsafePointer<Double>, _ count: Int
  ) -> Void

  private static func standardize(
    _ row: UnsafeMutablePointer<Double>, _ means: UnsafePointer<Double>, _ scales: UnsafePointer<Double>, _ count: Int
  ) {
    for column in 0..<count { row[column] = (row[column] - means[column]) / scales[column] }
  }

  private static func restore(
    _ row: UnsafeMutablePointer<Double>, _ means: UnsafePointer<Double>, _ scales: UnsafePointer<Double>, _ count: Int
  ) {
    for column in 0..<count { row[column] = row[column] * scales[column] + means[column] }
  }

  /// Block by block, so that nothing is held but the result.
  private func applied<S: Scalar>(to matrix: NativeMatrix, _ change: Change) throws(DataError) -> Matrix<S> {
    let columns = matrix.columns
    guard columns == means.count else {
      throw .argument(
        operation: "Standardizer", name: "the number of columns", found: "\(columns)",
        expected: "\(means.count) as in the data that it was fitted to")
    }
    let result: Matrix<S> = try NativeMatrix.filled(rows: matrix.rows, columns: columns, in: "Standardizer") { target in
      let target = target.assumingMemoryBound(to: S.self)
      means.withUnsafeBufferPointer { means in
        scales.withUnsafeBufferPointer { scales in
          guard let means = means.baseAddress, let scales = scales.baseAddress else { return }
          matrix.forEachBlock { first, count, block in
            for row in 0..<count { change(block + row * columns, means, scales, columns) }
            S._convert(block, into: target + first * columns, count * columns)
          }
        }
      }
    }
    try Dataset.checkFinite("Standardizer's result", result)
    return result
  }
}

extension Standardizer: Codable {
  private enum CodingKeys: CodingKey {
    case means, scales
  }

  /// Reads `means` and `scales`.
  ///
  /// - Throws: `DecodingError` where there are not as many of the one as of the other, a mean is not finite, or a scale is not
  ///   finite and positive.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    means = try container.decode([Double].self, forKey: .means)
    scales = try container.decode([Double].self, forKey: .scales)
    guard means.count == scales.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .scales, in: container,
        debugDescription: "\(counted(scales.count, "scale")), expected \(means.count) as there are means")
    }
    if let column = means.firstIndex(where: { !$0.isFinite }) {
      throw DecodingError.dataCorruptedError(
        forKey: .means, in: container, debugDescription: "mean \(column) is \(means[column]), expected a finite number")
    }
    if let column = scales.firstIndex(where: { !($0.isFinite && $0 > 0) }) {
      throw DecodingError.dataCorruptedError(
        forKey: .scales, in: container,
        debugDescription: "scale \(column) is \(scales[column]), expected a finite number above 0")
    }
  }
}
