/// How a layer's first weights and biases are drawn.
public enum Initializer: String, CaseIterable, Codable, Sendable {
  /// Weights and biases from N(0, 1), as `network.py` draws them (Nielsen, "Neural Networks and Deep Learning", chapter 1).
  case standardNormal
  /// Weights from N(0, 1/√inputs), that is with variance 1/inputs, and biases from N(0, 1), as `network2.py` draws them
  /// (the same book, chapter 3): neurons do not start saturated.
  case scaledNormal
  /// Weights evenly from −√(6/(inputs + outputs)) to that, and biases 0 (Glorot and Bengio, "Understanding the Difficulty of Training
  /// Deep Feedforward Neural Networks", 2010): for tanh and the sigmoid function.
  case glorotUniform
  /// Weights from N(0, √(2/(inputs + outputs))), and biases 0 (the same).
  case glorotNormal
  /// Weights evenly from −√(6/inputs) to that, and biases 0 (He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015): for
  /// rectified linear units.
  case heUniform
  /// Weights from N(0, √(2/inputs)), that is with variance 2/inputs, and biases 0: signals keep their size through layers of
  /// rectified linear units (the same).
  case heNormal
  /// Orthonormal rows or columns, whichever there are fewer of, spread evenly over all such, and biases 0 (Saxe, McClelland and
  /// Ganguli, "Exact Solutions to the Nonlinear Dynamics of Learning in Deep Linear Neural Networks", 2014); by a QR factorization of
  /// normal numbers with R's diagonal made positive (Mezzadri, "How to Generate Random Matrices from the Classical Compact Groups",
  /// 2007).
  case orthogonal
  /// Weights and biases 0; for a last layer that is to start without an opinion.
  case zeros

  /// Draws the weights (outputs × inputs) and biases (outputs) of a layer from a stream of the seed.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  func draw<S: Scalar>(
    weights: UnsafeMutableBufferPointer<S>, biases: UnsafeMutableBufferPointer<S>, inputs: Int, outputs: Int,
    stream: Philox.Stream, seed: UInt64
  ) {
    let source = Philox(seed: seed, stream: stream)
    let (fanIn, fans) = (Double(inputs), Double(inputs + outputs))
    biases.update(repeating: 0)
    switch self {
    case .standardNormal: Self.drawNormal([weights, biases], deviations: [1, 1], source)
    case .scaledNormal: Self.drawNormal([weights, biases], deviations: [1 / fanIn.squareRoot(), 1], source)
    case .glorotNormal: Self.drawNormal([weights], deviations: [(2 / fans).squareRoot()], source)
    case .heNormal: Self.drawNormal([weights], deviations: [(2 / fanIn).squareRoot()], source)
    case .glorotUniform: Self.drawUniform(weights, bound: (6 / fans).squareRoot(), source)
    case .heUniform: Self.drawUniform(weights, bound: (6 / fanIn).squareRoot(), source)
    case .orthogonal where weights.isEmpty: break
    case .orthogonal: Self.drawOrthogonal(weights, rows: outputs, columns: inputs, source)
    case .zeros: weights.update(repeating: 0)
    }
  }

  @_specialize(where S == Float)
  @_specialize(where S == Double)
  private static func drawNormal<S: Scalar>(
    _ parts: [UnsafeMutableBufferPointer<S>], deviations: [Double], _ source: Philox
  ) {
    var normal = NormalGenerator(source)
    for (part, deviation) in zip(parts, deviations) {
      for i in part.indices { part[i] = S(deviation * normal.next()) }
    }
  }

  @_specialize(where S == Float)
  @_specialize(where S == Double)
  private static func drawUniform<S: Scalar>(_ part: UnsafeMutableBufferPointer<S>, bound: Double, _ source: Philox) {
    var source = source
    for i in part.indices { part[i] = S(bound * (2 * source.nextUnit() - 1)) }
  }

  /// In double precision, whichever the scalar.
  @_specialize(where S == Float)
  @_specialize(where S == Double)
  private static func drawOrthogonal<S: Scalar>(
    _ weights: UnsafeMutableBufferPointer<S>, rows: Int, columns: Int, _ source: Philox
  ) {
    var normal = NormalGenerator(source)
    let isWide = columns > rows
    let (m, n) = isWide ? (columns, rows) : (rows, columns)
    var drawn = Matrix<Double>(uninitializedRows: m, columns: n)
    drawn.withMutableElements { for i in 0..<m * n { $0[i] = normal.next() } }
    // Of finite numbers, at least as many rows as columns: LAPACK has no reason to refuse but a lack of memory.
    guard let (q, r) = try? LAPACK.qr(drawn) else { invariantBroken("no factorization of \(m)×\(n) normal numbers") }
    q.withElements { q in
      for i in 0..<rows {
        for j in 0..<columns {
          let (row, column) = isWide ? (j, i) : (i, j)
          weights[i * columns + j] = S(r[column, column] < 0 ? -q[row * n + column] : q[row * n + column])
        }
      }
    }
  }
}
