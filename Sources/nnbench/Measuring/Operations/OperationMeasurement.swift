import NNBlas

/// How operations are timed.
package struct OperationSettings {
  /// The seconds that all samples of one operation take together at least.
  package var seconds: Double
  /// Whether every call finds its operands in memory, out of the caches.
  package var isCold: Bool

  package init(seconds: Double = 0.2, isCold: Bool = false) {
    (self.seconds, self.isCold) = (seconds, isCold)
  }
}

/// Times operations, after holding the result of each against plain loops.
///
/// What has the same extents is timed in turns: precisions, transposes and numbers of threads are fair to each other then. The
/// ceilings that percents refer to are measured before and after; the better counts.
///
/// - Parameters:
///   - cases: What is timed.
///   - settings: How long, and whether cold.
/// - Returns: A result for each, in order.
/// - Throws: `ShapeError` for what does not fit this machine, `WrongResult` for what does not compute what it should.
func measureOperations(_ cases: [OperationCase], _ settings: OperationSettings) throws -> [OperationResult] {
  let progress = ProgressLine()
  defer { progress.clear() }
  let threadsBefore = BLAS.threads
  defer { BLAS.threads = threadsBefore }

  for (_, places) in Dictionary(grouping: cases.indices, by: { Group(cases[$0].operation) }) {
    try OperationCase.checkMemory(places.map { cases[$0] }, isCold: settings.isCold)
  }
  let ceilings = OperationCeilings(cases, isCold: settings.isCold) {
    progress.update("Measuring the processor's peak: \($0)")
  }
  var results: [Int: OperationResult] = [:]
  let groups = Dictionary(grouping: cases.indices) { Group(cases[$0].operation) }
  for (group, places) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
    // OpenBLAS's threads need a while to rest: so few changes of their number as can be.
    let places = places.sorted { (cases[$0].threads, $0) < (cases[$1].threads, $1) }
    let timed = try places.map { try TimedOperation(cases[$0], settings) }
    let samples = try samplesInTurns(timed.map(\.variant), SamplingPlan(total: settings.seconds)) { place in
      progress.update("\(group.name) (\(results.count + 1) of \(cases.count)): \(timed[place].name)")
    }
    for (place, (timed, samples)) in zip(places, zip(timed, samples)) {
      results[place] = timed.result(samples: samples.map { $0 * 1e6 })
    }
  }
  ceilings.measureAgain()
  return cases.indices.compactMap { place in
    results[place].map { $0.with(ceilings.ceiling(of: cases[place])) }
  }
}

/// What operations that are timed in turns have in common.
private struct Group: Hashable {
  let name: String
  let extents: [Int]

  init(_ operation: Operation) {
    name = "Timing \(operation.kind.rawValue) \(operation.extents.map(String.init).joined(separator: "×"))"
    extents = operation.extents
  }
}

/// An operation with its operands, verified.
private struct TimedOperation {
  let operation: OperationCase
  let name: String
  let residual: Double
  let isCold: Bool
  let variant: Variant

  /// - Throws: `WrongResult` where the first call's result is beyond what rounding explains.
  init(_ operation: OperationCase, _ settings: OperationSettings) throws {
    let isCold = settings.isCold
    name =
      "\(operation.operation.name(operation.precision)), \(counted(operation.threads, "thread"))"
      + (isCold ? ", cold" : "")
    (self.operation, self.isCold) = (operation, isCold)
    let sets = try (0..<operation.sets(isCold: isCold)).map { _ in
      try operation.operands()
    }
    BLAS.threads = operation.threads
    try sets[0].call(times: 1)
    residual = try sets[0].residual()
    try checkResidual(residual, operation.precision, name: name)

    let threads = operation.threads
    var next = 0
    variant = Variant {
      if !isCold { next = (next + 1) % sets.count }
      if BLAS.threads != threads {
        BLAS.threads = threads
        // OpenBLAS's threads look for more to do for some 25 ms, on the processors of what is timed next.
        Machine.waitUntilIdle()
      }
      // Into the caches.
      if !isCold { try sets[next].call(times: 1) }
    } calls: { count in
      if !isCold { return try sets[next].call(times: count) }
      for _ in 0..<count {
        try sets[next].call(times: 1)
        next = (next + 1) % sets.count
      }
    }
  }

  func result(samples: [Double]) -> OperationResult {
    OperationResult(name: name, case: operation, isCold: isCold, samples: samples, residual: residual)
  }
}

/// Eight units of least precision of the sum of the absolute values: in sums of random numbers roundings cancel, so that their error
/// grows as the square root of how many there are, and relative to that sum falls (Higham, "Accuracy and Stability of Numerical
/// Algorithms", 2002, section 2.8). The worst case of n units would let a product pass that leaves out its last summands.
///
/// - Throws: `WrongResult` for a residual beyond them.
package func checkResidual(_ residual: Double, _ precision: Precision, name: String) throws(WrongResult) {
  let allowed = 8 * (precision == .f32 ? Double(Float.ulpOfOne) : Double.ulpOfOne)
  guard residual <= allowed else {
    throw WrongResult(
      description:
        "\(name): the residual is \(significant(residual)), allowed \(significant(allowed)): the product is wrong, and its "
        + "speed means nothing; see 'nnbench selftest'")
  }
}

extension OperationCase {
  /// One set of operands.
  fileprivate func operands() throws -> any OperandSet {
    switch precision {
    case .f32: try operands(Float.self)
    case .f64: try operands(Double.self)
    }
  }

  private func operands<S: Scalar>(_: S.Type) throws -> any OperandSet {
    switch operation {
    case .gemm(let m, let k, let n, let transposes): try GemmOperands<S>(m: m, k: k, n: n, transposes)
    case .gemv(let rows, let columns, let isTransposed):
      try GemvOperands<S>(rows: rows, columns: columns, isTransposed: isTransposed)
    case .ger(let rows, let columns): try GerOperands<S>(rows: rows, columns: columns)
    }
  }

  /// Bytes of the operands, which fit memory.
  var bytes: Int { Int(operation.elements) * (precision == .f32 ? 4 : 8) }

  /// How many sets of operands there are.
  fileprivate func sets(isCold: Bool) -> Int { isCold ? setsBeyondCaches : placements }

  /// All operands of what is timed in turns, and one of them in double precision for its residual, fit the machine's memory.
  fileprivate static func checkMemory(_ group: [OperationCase], isCold: Bool) throws(ShapeError) {
    guard let first = group.first else { return }
    let extents = first.operation.extents.sorted()
    let (rows, columns) = (extents[extents.count - 2], extents[extents.count - 1])
    let double = 8 * Double(rows) * Double(columns)
    // What is too large alone has no number of sets.
    let bytes = group.map { $0.operation.elements * ($0.precision == .f32 ? 4 : 8) }
    let isPossible = (bytes.max() ?? 0) < 1e15
    let all = zip(group, bytes).reduce(double) { $0 + $1.1 * (isPossible ? Double($1.0.sets(isCold: isCold)) : 1) }
    try ShapeRules.checkMemory(
      all, for: .matrix(rows: rows, columns: columns), named: "the largest operand, with all others,",
      in: first.operation.kind.rawValue)
  }

  /// How many sets of operands take turns from sample to sample: which pages operands lie on makes up to a fifth of a difference where
  /// they just fit a cache, and no process should stand for one such lot. Large ones stream past the caches anyway.
  fileprivate var placements: Int { min(10, max(1, (32 << 20) / bytes)) }

  /// How many sets of operands together are twice as large as the caches, so that each has left them when its turn comes again; as
  /// many as can be made in good time where they are tiny.
  fileprivate var setsBeyondCaches: Int { min(16_384, max(2, (2 * Self.lastCacheBytes + bytes - 1) / bytes)) }

  /// Of the largest cache; 32 MiB where the system does not tell, and at most 256 MiB: a virtual machine can be told of its host's,
  /// of which it has a part.
  private static let lastCacheBytes = min(Processor().caches.map(\.bytes).max() ?? 32 << 20, 256 << 20)
}
