/// How the matrices of a step are divided into blocks: by shapes alone.
struct Division {
  struct Block: Equatable {
    let rows: Range<Int>
    let columns: Range<Int>
  }

  let sizes: [Int]
  let rows: Int
  private let shape: PlanShape
  /// Whether a row of the last layer must stay in one piece, as softmax needs it.
  private let wholeOutputRows: Bool

  /// Multiplications and additions below which a product is not worth a second worker: about as long as two threads take to
  /// meet and to pack an operand twice.
  static let leastWork = 100_000
  /// Neurons in a panel: wide enough for a product at nearly full speed, and enough panels for many workers. Each product
  /// packs the other operand anew, which wide layers can afford less often.
  static func panelWidth(_ neurons: Int) -> Int { neurons < 1024 ? 128 : 256 }

  /// The numbers in a batch that is made by every worker for itself; two such batches fit a second-level cache, with the
  /// weights of a panel.
  static let smallBatch = 16_384
  /// Neurons so few that a product with them packs little.
  static let narrow = 32

  init(_ shape: PlanShape, rows: Int, wholeOutputRows: Bool) {
    (self.shape, sizes, self.rows, self.wholeOutputRows) = (shape, shape.sizes, rows, wholeOutputRows)
  }

  /// Whether a layer's activations are divided into groups of examples, and not into panels of neurons: where there are
  /// few neurons, or many more examples. What is no product is divided as what comes before it, if it can be.
  func isByRows(_ layer: Int) -> Bool {
    let (isLast, neurons) = (layer == sizes.count - 1, sizes[layer])
    switch shape.nodes[layer].kind {
    case .dense:
      if isLast && wholeOutputRows { return true }
      return isLast ? neurons <= Self.narrow || rows > neurons : rows > 4 * neurons || neurons < 16
    case .computed(.row): return true
    case .computed(.column): return false
    case .computed(.element): return layer < 2 || isByRows(layer - 1)
    }
  }

  /// How much a layer's product is; few examples take as long as four, for the weights have to come from the cache.
  func work(_ layer: Int) -> Int {
    // Of what is no product, as much as a few passes over its numbers.
    shape.isDense(layer) ? 2 * max(rows, 4) * sizes[layer - 1] * sizes[layer] : 16 * rows * sizes[layer]
  }

  func blocks(_ layer: Int) -> [Block] { isByRows(layer) ? rowBlocks(layer) : panelBlocks(layer) }

  /// Whole rows; the same groups of examples in every layer.
  func rowBlocks(_ layer: Int) -> [Block] {
    rowRanges.map { Block(rows: $0, columns: 0..<sizes[layer]) }
  }

  func panelBlocks(_ layer: Int) -> [Block] { panels(layer).map { Block(rows: 0..<rows, columns: $0) } }

  /// Groups of examples, each with enough to do in the layers that are divided so.
  private var rowRanges: [Range<Int>] {
    let work =
      (1..<sizes.count).filter { shape.isDense($0) && isByRows($0) }
      .reduce(0) { $0 + 4 * sizes[$1] * sizes[$1 - 1] } * rows
    let count = min(work / Self.leastWork, (rows + 15) / 16)
    return Self.divide(rows, into: count, unit: rows >= 64 ? 8 : 1)
  }

  /// Panels of a layer's neurons, for activations and for weights.
  func panels(_ layer: Int) -> [Range<Int>] {
    // What is no product keeps the panels of what comes before it.
    if !shape.isDense(layer), layer > 0, sizes[layer] == sizes[layer - 1] { return panels(layer - 1) }
    let neurons = sizes[layer]
    guard work(layer) >= Self.leastWork || neurons >= 1024 else { return [0..<neurons] }
    // An even number of panels, for two workers; a multiple of the kernels' width where there are many neurons.
    let count = max(2, neurons / (2 * Self.panelWidth(neurons)) * 2)
    return Self.divide(neurons, into: count, unit: neurons >= 128 ? 16 : neurons >= 64 ? 8 : 4)
  }

  /// Groups of examples that are fetched together.
  var gatherBlocks: [Range<Int>] { Self.divide(rows, into: rows / 16, unit: 1) }

  /// At most `count` ranges of nearly equal length, all but the last a multiple of `unit`.
  static func divide(_ total: Int, into count: Int, unit: Int) -> [Range<Int>] {
    let units = (total + unit - 1) / unit
    let count = max(1, min(count, units))
    return (0..<count).map { index in
      let (start, end) = (units * index / count * unit, units * (index + 1) / count * unit)
      return min(start, total)..<min(end, total)
    }
  }
}
