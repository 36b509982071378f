/// How close answers come to numbers.
public struct RegressionMetrics: Sendable, Hashable, Codable {
  /// The sums of one output.
  private struct Output: Sendable, Hashable, Codable {
    var squares = 0.0
    var distances = 0.0
    var mean = 0.0
    /// Σ (y − mean)², kept by Welford's recurrence ("Note on a Method for Calculating Corrected Sums of Squares and Products", 1962).
    var spread = 0.0

    mutating func add(answer: Double, target: Double, count: Int) {
      let error = answer - target
      squares += error * error
      distances += abs(error)
      let difference = target - mean
      mean += difference / Double(count)
      spread += difference * (target - mean)
    }

    /// 1 − Σ (a − y)² / Σ (y − mean)²; of targets that are all the same, 1 where every answer is right and else 0, as in scikit-learn.
    var r2: Double { spread > 0 ? 1 - squares / spread : squares == 0 ? 1 : 0 }
  }

  private var outputs: [Output]
  /// The number of examples.
  public private(set) var count = 0

  /// Metrics of so many outputs without examples.
  public init(outputs: Int) { self.outputs = Array(repeating: Output(), count: max(outputs, 0)) }

  /// Metrics of some answers.
  ///
  /// - Parameters:
  ///   - batch: The answers, one example a row.
  ///   - targets: What they should be, of the same shape: nothing is repeated to fit.
  /// - Throws: `ShapeError.operand` where the shapes differ.
  public init<S: Scalar>(batch: Matrix<S>, targets: Matrix<S>) throws(ShapeError) {
    guard batch.shape == targets.shape else {
      throw .operand(
        operation: "RegressionMetrics", name: "targets", found: targets.shape,
        expected: .shape(batch.shape, because: "as the answers"))
    }
    self.init(outputs: batch.columns)
    let (answers, targets) = (batch.flattened, targets.flattened)
    answers.withElements { answers in
      targets.withElements { targets in
        for row in 0..<batch.rows { add(answers + row * batch.columns, targets + row * batch.columns) }
      }
    }
  }

  /// Counts an example.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  mutating func add<S: Scalar>(_ answer: UnsafePointer<S>, _ target: UnsafePointer<S>) {
    count += 1
    for index in outputs.indices {
      outputs[index].add(answer: Double(answer[index]), target: Double(target[index]), count: count)
    }
  }

  /// The same for answers and targets that are each multiplied by a number of their output: in the units of before, of what was
  /// standardized.
  ///
  /// - Parameter scales: One for each output.
  /// - Returns: The metrics.
  /// - Throws: `ShapeError.operand` where there are not as many as outputs.
  public func scaled(by scales: [Double]) throws(ShapeError) -> RegressionMetrics {
    guard scales.count == outputs.count else {
      throw .operand(
        operation: "scaled(by:)", name: "scales", found: .vector(scales.count), expected: .shape(.vector(outputs.count))
      )
    }
    var result = self
    for (index, scale) in scales.enumerated() {
      result.outputs[index].squares *= scale * scale
      result.outputs[index].distances *= abs(scale)
      result.outputs[index].spread *= scale * scale
      result.outputs[index].mean *= scale
    }
    return result
  }

  /// √ of the mean of (a − y)² over examples and outputs.
  public var rmse: Double { (mean(\.squares)).squareRoot() }
  /// The mean of |a − y| over examples and outputs.
  public var mae: Double { mean(\.distances) }
  /// The mean of the outputs' R².
  public var r2: Double { outputs.isEmpty ? 0 : outputs.reduce(0) { $0 + $1.r2 } / Double(outputs.count) }

  /// R² of each output.
  public var r2OfOutputs: [Double] { outputs.map(\.r2) }
  /// RMSE of each output.
  public var rmseOfOutputs: [Double] { outputs.map { ($0.squares / Double(max(count, 1))).squareRoot() } }
  /// MAE of each output.
  public var maeOfOutputs: [Double] { outputs.map { $0.distances / Double(max(count, 1)) } }

  private func mean(_ part: KeyPath<Output, Double>) -> Double {
    outputs.reduce(0) { $0 + $1[keyPath: part] } / Double(max(count * outputs.count, 1))
  }
}
