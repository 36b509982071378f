import Foundation
import NNBlas

extension SelfCheck {
  /// A line for each level that the processor has, and each scalar.
  package static var kernelChecks: [SelfCheck] {
    SIMDLevel.available.flatMap { level in
      [
        SelfCheck("kernels \(level) f32") { try level.using { try checkKernels(Float.self) } },
        SelfCheck("kernels \(level) f64") { try level.using { try checkKernels(Double.self) } },
      ]
    }
  }

  private static func checkKernels<S: Scalar>(_: S.Type) throws -> String {
    // Less, as much and more than registers hold, alone and in rows with gaps.
    let shapes = [(1, 1, 1), (1, 7, 7), (1, 16, 16), (1, 17, 17), (3, 33, 40), (5, 10, 10), (2, 67, 70)]
    for (rows, columns, stride) in shapes {
      let case_ = KernelCase<S>(rows: rows, columns: columns, stride: stride)
      try case_.activations()
      try case_.derivatives()
      try case_.magnitudes()
      try case_.costs()
      try case_.sums()
      try case_.descents()
      try case_.gathering()
    }
    return "12 of them, \(shapes.count) shapes, odd lengths and gaps"
  }
}

/// All kernels on one shape, each against its formula in double precision.
private struct KernelCase<S: Scalar> {
  let rows: Int
  let columns: Int
  let stride: Int

  private typealias Numbers = KernelNumbers<S>
  private var shape: _BlockShape { _BlockShape(rows: rows, columns: columns, stride: stride) }
  private var place: String { "\(rows)×\(columns)" }
  private var count: Int { rows * columns }

  private func numbers(_ seed: UInt64, _ range: ClosedRange<Double>) -> Numbers {
    Numbers(rows: rows, columns: columns, stride: stride, seed: seed, range)
  }

  private func row(_ seed: UInt64) -> Numbers {
    Numbers(rows: 1, columns: columns, stride: columns, seed: seed, -1...1)
  }

  // MARK: The formulas

  private static func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

  /// f and f′, which is written in a = f(z).
  private var functions: [(f: _ElementwiseFunction, value: (Double) -> Double, slope: (Double) -> Double)] {
    [
      (.identity, { $0 }, { _ in 1 }), (.sigmoid, Self.sigmoid, { $0 * (1 - $0) }),
      (.relu, { max($0, 0) }, { $0 > 0 ? 1 : 0 }),
    ]
  }

  // MARK: The kernels

  func activations() throws {
    for (f, value, _) in functions {
      var z = numbers(1, -8...8)
      let (before, bias) = (z, row(2))
      z.update { z in bias.read { S._activate(f, z, shape, bias: $0) } }
      try z.expect("activate \(f)", place) { value(before[$0, $1] + bias[0, $1]) }
    }
  }

  func derivatives() throws {
    for (f, _, slope) in functions {
      var error = numbers(3, -1...1)
      let (before, a) = (error, numbers(4, -0.5...1))
      let largest = error.update { error in a.read { S._multiplyByDerivative(f, error, a: $0, shape) } }
      try error.expect("multiplyByDerivative \(f)", place) { before[$0, $1] * slope(a[$0, $1]) }
      try expectLargest(Double(largest.error), of: error, "multiplyByDerivative \(f), errors")
      try expectLargest(Double(largest.a), of: a, "multiplyByDerivative \(f), activations")
    }
  }

  /// Exact, and neither blind to what is no number, wherever it stands, nor to what is infinite.
  func magnitudes() throws {
    var x = numbers(22, -1...1)
    func largest(_ x: Numbers) -> Double { x.read { Double(S._largestMagnitude($0, shape)) } }
    try expectLargest(largest(x), of: x, "largestMagnitude")
    for index in 0..<count {
      let (row, column) = (index / columns, index % columns)
      for value in [-S.infinity, -S.nan] {
        var x = x
        x.update { $0[row * stride + column] = value }
        let found = largest(x)
        guard value.isNaN ? found.isNaN : found == .infinity else {
          throw Mismatch("largestMagnitude, \(place): \(value) at (\(row), \(column)) gives \(found)")
        }
      }
    }
    x = numbers(23, -0.0...(-0.0))
    try expectLargest(largest(x), of: x, "largestMagnitude, -0")
  }

  private func expectLargest(_ found: Double, of x: Numbers, _ what: String) throws {
    let expected = (0..<count).reduce(0) { max($0, abs(x[$1 / columns, $1 % columns])) }
    guard found == expected, found.sign == .plus else {
      throw Mismatch("\(what), \(place): the largest magnitude is \(found), expected \(expected)")
    }
  }

  func costs() throws {
    let y = numbers(6, 0...1)
    for (f, _, slope) in functions {
      let a = numbers(5, -0.5...1)
      var error = numbers(7, 0...0)
      let cost = error.update { e in a.read { a in y.read { S._quadratic(f, scale: 1, error: e, a: a, y: $0, shape) } }
      }
      try error.expect("quadratic \(f)", place) { (a[$0, $1] - y[$0, $1]) * slope(a[$0, $1]) }
      try expectSum(cost, "quadratic \(f)") { pow(a[$0, $1] - y[$0, $1], 2) / 2 }
    }
    try sigmoidCrossEntropy(y)
    try softmaxCrossEntropy(y)
  }

  private func sigmoidCrossEntropy(_ y: Numbers) throws {
    let z = numbers(8, -8...8)
    var (a, error) = (z, numbers(9, 0...0))
    let cost = a.update { a in
      error.update { e in y.read { S._sigmoidCrossEntropy(a, storesAnswers: true, error: e, y: $0, shape) } }
    }
    try a.expect("sigmoidCrossEntropy, a", place) { Self.sigmoid(z[$0, $1]) }
    try error.expect("sigmoidCrossEntropy", place, scale: 1) { Self.sigmoid(z[$0, $1]) - y[$0, $1] }
    try expectSum(cost, "sigmoidCrossEntropy") { i, j in
      max(z[i, j], 0) - z[i, j] * y[i, j] + log1p(exp(-abs(z[i, j])))
    }
  }

  private func softmaxCrossEntropy(_ y: Numbers) throws {
    let z = numbers(10, -8...8)
    var error = numbers(11, 0...0)
    let cost = error.update { e in
      z.read { z in y.read { S._softmaxCrossEntropy(error: e, z: z, y: $0, smoothing: (1, 0), shape) } }
    }
    let totals = (0..<rows).map { i in (0..<columns).reduce(0) { $0 + exp(z[i, $1]) } }
    // Targets that do not add up to 1 weigh their example.
    let weights = (0..<rows).map { i in (0..<columns).reduce(0) { $0 + y[i, $1] } }
    try error.expect("softmaxCrossEntropy", place, scale: Double(columns)) { i, j in
      exp(z[i, j]) / totals[i] * weights[i] - y[i, j]
    }
    try expectSum(cost, "softmaxCrossEntropy") { i, j in y[i, j] * (log(totals[i]) - z[i, j]) }
  }

  func sums() throws {
    let x = numbers(12, -1...1)
    var sums = row(13)
    let before = sums
    sums.update { sums in x.read { S._columnSums(sums, alpha: -0.5, beta: 2, $0, shape) } }
    try sums.expect("columnSums", place, scale: Double(rows)) { _, j in
      2 * before[0, j] - 0.5 * (0..<rows).reduce(0) { $0 + x[$1, j] }
    }
    // As many outer products as there are rows, of d with 3 columns.
    let d = Numbers(rows: rows, columns: 3, stride: 5, seed: 14, -1...1)
    var w = Numbers(rows: 3, columns: columns, stride: columns, seed: 15, -1...1)
    let old = w
    w.update { w in
      d.read { d in
        x.read {
          S._addOuterProducts(w, rows: 3, columns: columns, d: (d, stride: 5), x: ($0, stride: stride), count: rows)
        }
      }
    }
    try w.expect("addOuterProducts", place, scale: Double(rows)) { i, j in
      old[i, j] + (0..<rows).reduce(0) { $0 + d[$1, i] * x[$1, j] }
    }
  }

  /// Without gaps, as parameters lie.
  func descents() throws {
    func flat(_ seed: UInt64, _ range: ClosedRange<Double> = -1...1) -> Numbers {
      Numbers(rows: 1, columns: count, stride: count, seed: seed, range)
    }
    let (g, start) = (flat(16), flat(17))
    // Rounded as the kernel has them.
    let (rate, momentum) = (0.125, 0.75)
    var w = start
    w.update { w in g.read { S._descend(w, $0, count, rate: S(rate)) } }
    try w.expect("descend, plain", place, scale: 1) { start[$0, $1] - rate * g[$0, $1] }

    let velocity = flat(18)
    var v = velocity
    w = start
    w.update { w in v.update { v in g.read { S._descend(w, v: v, $0, count, rate: S(rate), momentum: S(momentum)) } } }
    try v.expect("descend with momentum, v", place, scale: 1) { momentum * velocity[$0, $1] + g[$0, $1] }
    try w.expect("descend with momentum", place, scale: 1) { i, j in
      start[i, j] - rate * (momentum * velocity[i, j] + g[i, j])
    }

    let (firsts, seconds) = (flat(19), flat(20, 0...1))
    var (m, s) = (firsts, seconds)
    w = start
    let factors = _AdamFactors<S>(
      beta1: 0.875, beta2: 0.9375, rest1: 0.125, rest2: 0.0625, step: 0.25, correction: 1.5, epsilon: 0.0078125,
      decay: 1)
    w.update { w in m.update { m in s.update { s in g.read { S._descend(w, m: m, v: s, $0, count, factors) } } } }
    func first(_ j: Int) -> Double { 0.875 * firsts[0, j] + 0.125 * g[0, j] }
    func second(_ j: Int) -> Double { 0.9375 * seconds[0, j] + 0.0625 * g[0, j] * g[0, j] }
    try m.expect("Adam, m", place, scale: 1) { first($1) }
    try s.expect("Adam, v", place, scale: 1) { second($1) }
    // m / √v enlarges what m is off where v is small: at least 0.0078 below the fraction.
    try w.expect("Adam", place, scale: 64) {
      start[0, $1] - 0.25 * first($1) / (second($1).squareRoot() * 1.5 + 0.0078125)
    }
  }

  func gathering() throws {
    let bytes = (0..<4 * columns).map { UInt8(truncatingIfNeeded: $0 * 37 % 251) }
    let indices: [Int32] = [3, 0, 2]
    var target = Numbers(rows: 3, columns: columns, stride: columns, seed: 21, 0...0)
    target.update { S._gatherBytes($0, bytes, width: columns, indices, 3) }
    try target.expect("gatherBytes", place) { i, j in Double(S(bytes[Int(indices[i]) * columns + j]) / 255) }
  }

  /// A cost is the sum of its elements', within the same roundings.
  private func expectSum(_ sum: Double, _ what: String, _ term: (Int, Int) -> Double) throws {
    var (expected, size) = (0.0, 0.0)
    for i in 0..<rows {
      for j in 0..<columns {
        expected += term(i, j)
        size += abs(term(i, j)) + 8
      }
    }
    guard abs(sum - expected) <= Numbers.allowed * size else {
      throw Mismatch("\(what), \(place): the cost is \(sum), expected \(expected)")
    }
  }
}
