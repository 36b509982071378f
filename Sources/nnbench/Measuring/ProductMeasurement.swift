import NNBlas

/// How long one operation takes.
struct ProductMeasurement {
  let operation: String
  let shapes: String
  let seconds: Summary
  /// The floating-point operations of one call.
  let operations: Double

  /// The table's columns: operation, shapes, threads, minimum, median, rate at the median.
  var row: [String] {
    [
      operation, shapes, "\(BLAS.threads)", fixed(seconds.min * 1e6, 2), fixed(seconds.median * 1e6, 2),
      fixed(operations / seconds.median / 1e9, 1),
    ]
  }

  /// Square products in both precisions, the outer product and the forward pass of 784-30-10.
  static func standardSet() throws -> [ProductMeasurement] {
    let progress = ProgressLine()
    defer { progress.clear() }
    var results: [ProductMeasurement] = []
    func add(_ measurement: ProductMeasurement) {
      results.append(measurement)
      progress.update("Measuring products: \(results.count)/10")
    }
    for size in [256, 512, 1024] {
      add(try gemm(size, Double.self))
      add(try gemm(size, Float.self))
    }
    add(try ger(rows: 30, columns: 784, Double.self))
    add(try ger(rows: 30, columns: 784, Float.self))
    add(try forward(examples: 10, Double.self))
    add(try forward(examples: 10, Float.self))
    return results
  }

  private static func gemm<S: Scalar>(_ size: Int, _: S.Type) throws -> ProductMeasurement {
    let (a, b) = (try random(size, size, S.self), try random(size, size, S.self))
    var c = try Matrix<S>(rows: size, columns: size)
    let seconds = try secondsPerCall { try BLAS.gemm(a, b, into: &c) }
    return ProductMeasurement(
      operation: name("gemm", S.self), shapes: "\(a.shape) · \(b.shape)", seconds: seconds,
      operations: 2 * Double(size) * Double(size) * Double(size))
  }

  private static func ger<S: Scalar>(rows: Int, columns: Int, _: S.Type) throws -> ProductMeasurement {
    let x = try random(1, rows, S.self).row(0)
    let y = try random(1, columns, S.self).row(0)
    var a = try Matrix<S>(rows: rows, columns: columns)
    let seconds = try secondsPerCall { try BLAS.ger(x, y, into: &a) }
    return ProductMeasurement(
      operation: name("ger", S.self), shapes: "\(x.column.shape) · \(y.row.shape)", seconds: seconds,
      operations: 2 * Double(rows) * Double(columns))
  }

  private static func forward<S: Scalar>(examples: Int, _: S.Type) throws -> ProductMeasurement {
    let network = try Network<S>(sizes: [784, 30, 10], seed: 1)
    let batch = try random(examples, 784, S.self)
    var answers = try Matrix<S>(rows: examples, columns: 10)
    let workspace = PredictionWorkspace<S>()
    let seconds = try secondsPerCall { try network.predict(batch: batch, into: &answers, using: workspace) }
    return ProductMeasurement(
      operation: "forward 784-30-10 \(S.precision)", shapes: "batch of \(examples)", seconds: seconds,
      operations: 2 * Double(examples) * (784 * 30 + 30 * 10))
  }

  /// `dgemm`, `sgemm`.
  private static func name<S: Scalar>(_ operation: String, _: S.Type) -> String {
    (S.precision == .f64 ? "d" : "s") + operation
  }

  /// Numbers in [0, 1), so that no product overflows.
  private static func random<S: Scalar>(_ rows: Int, _ columns: Int, _: S.Type) throws -> Matrix<S> {
    var generator = Philox(seed: 1)
    return try Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in S(generator.nextUnit()) })
  }
}
