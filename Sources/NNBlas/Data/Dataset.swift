/// Examples to learn from: inputs, and what a network should make of them.
///
/// Inputs are the rows of a matrix, kept in the type they came in; they become scalars of the network's precision as a
/// batch is gathered. Targets are rows as well, or labels, which stand for rows of zeros with a 1 in the label's column.
public struct Dataset: Sendable {
  /// One example a row.
  let inputs: NativeMatrix
  let targets: Targets
  /// How much each example counts, or nil where all count alike.
  private(set) var weights: ArraySlice<Double>?
  /// What the classes are called, in the order of labels, or nil where they have no names or targets are numbers.
  public private(set) var classNames: [String]?

  /// What a network should answer: one example a row, or a label.
  enum Targets: Sendable {
    case numbers(NativeMatrix)
    case labels(NativeLabels, classes: Int)
  }

  private init(inputs: NativeMatrix, targets: Targets) {
    self.inputs = inputs
    self.targets = targets
  }

  /// The number of examples.
  public var count: Int { inputs.rows }

  /// The number of values in the input of one example.
  public var inputWidth: Int { inputs.columns }

  /// The number of values in the target of one example: the number of classes where targets are labels.
  public var targetWidth: Int {
    switch targets {
    case .numbers(let matrix): matrix.columns
    case .labels(_, let classes): classes
    }
  }

  /// The label of every example, or nil where targets are numbers.
  public var labels: [Int]? {
    if case .labels(let labels, _) = targets { labels.all } else { nil }
  }

  /// The inputs as the bytes they came in (examples × inputs), or nil where they came as numbers.
  package var inputBytes: ByteMatrix? {
    if case .bytes(let matrix) = inputs { matrix } else { nil }
  }

  /// A range of the examples on the same storage; it traps when the range leaves the data set.
  public subscript(range: Range<Int>) -> Dataset {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      fatalError("Dataset: examples \(range) are outside 0..<\(count)")
    }
    let targets: Targets =
      switch self.targets {
      case .numbers(let matrix): .numbers(matrix[rows: range])
      case .labels(let labels, let classes):
        .labels(labels[range], classes: classes)
      }
    return replacing(
      inputs: inputs[rows: range], targets: targets,
      weights: weights.map { $0.dropFirst(range.lowerBound).prefix(range.count) })
  }

  /// A data set of other examples, or of the same ones in another form, whose classes are these.
  func replacing(inputs: NativeMatrix, targets: Targets, weights: ArraySlice<Double>?) -> Dataset {
    var result = Dataset(inputs: inputs, targets: targets)
    (result.classNames, result.weights) = (classNames, weights)
    return result
  }

  /// The same examples, whose classes have names.
  ///
  /// - Parameter names: One for each class, in the order of labels.
  /// - Returns: The data set.
  /// - Throws: `DataError.count` when there are not as many names as classes, or targets are numbers.
  public func naming(classes names: [String]) throws(DataError) -> Dataset {
    guard case .labels(_, let classes) = targets, names.count == classes else {
      throw .count(
        operation: "naming(classes:)", name: "the number of names", found: names.count,
        expected: labels == nil ? "labels, but targets are numbers" : "\(targetWidth), one for each class")
    }
    var result = self
    result.classNames = names
    return result
  }
}

// MARK: - Weights

extension Dataset {
  /// The same examples, all counting alike.
  public var unweighted: Dataset { replacing(inputs: inputs, targets: targets, weights: nil) }

  /// Whether an example counts at all.
  package var hasWeight: Bool { weights?.contains { $0 > 0 } ?? true }

  /// The same examples, each of which counts as its weight says: its cost and its gradient are multiplied by it.
  ///
  /// The mean cost is the sum divided by the number of examples, not by the sum of weights. Weights that there are already are replaced.
  ///
  /// - Parameter weights: One for each example, none negative.
  /// - Returns: The data set.
  /// - Throws: `DataError.exampleCounts` when there are not as many as examples, `DataError.weight` for one that is negative or not
  ///   finite in `Float`.
  public func weighted(by weights: [Double]) throws(DataError) -> Dataset {
    try Self.checkCounts("weights", weights.count, inputs: count)
    if let row = weights.firstIndex(where: { !($0 >= 0 && Float($0).isFinite) }) {
      throw .weight(name: "weights", value: shown(weights[row]), index: row)
    }
    return replacing(inputs: inputs, targets: targets, weights: weights[...])
  }

  /// The same examples, each of which counts as its class does, times the weight that it has already; see `weighted(by:)`.
  ///
  /// - Parameter weights: One for each class, none negative.
  /// - Returns: The data set.
  /// - Throws: `DataError.tooFew` where targets are no labels, `DataError.count` where there are not as many weights as classes,
  ///   `DataError.weight` for one that is negative or not finite, or does not stay so.
  public func weighted(byClass weights: [Double]) throws(DataError) -> Dataset {
    guard let labels else {
      throw .tooFew(name: "the data's labels", found: 0, expected: "one for each example, where classes have weights")
    }
    guard weights.count == targetWidth else {
      throw .count(
        operation: "weighted(byClass:)", name: "the number of weights", found: weights.count,
        expected: "\(targetWidth), one for each class")
    }
    if let index = weights.firstIndex(where: { !($0 >= 0 && Float($0).isFinite) }) {
      throw .weight(name: "class weights", value: shown(weights[index]), index: index)
    }
    let before = self.weights ?? Array(repeating: 1, count: count)[...]
    return try weighted(by: zip(labels, before).map { weights[$0] * $1 })
  }
}

// MARK: - From a user's own numbers

extension Dataset {
  /// Examples from two matrices, one example a row: inputs (examples × inputs), targets (examples × outputs).
  ///
  /// - Throws: `DataError.exampleCounts` when the numbers of rows differ, `DataError.count` for more than `Int32.max` of
  ///   them, `DataError.notFinite` for an infinity or NaN.
  public init<S: Scalar>(inputs: Matrix<S>, targets: Matrix<S>) throws(DataError) {
    try Self.checkCount(inputs.rows)
    try Self.checkCounts("targets", targets.rows, inputs: inputs.rows)
    try Self.checkFinite("inputs", inputs)
    try Self.checkFinite("targets", targets)
    self.init(inputs: NativeMatrix(inputs), targets: .numbers(NativeMatrix(targets)))
  }

  /// Examples from a matrix of inputs (examples × inputs) and the label of each, in 0..<classes.
  ///
  /// - Throws: `DataError.count` for classes outside 1...`Int32.max` or more examples than that, `DataError.exampleCounts` when there are not as many labels as rows,
  ///   `DataError.label` for a label outside
  ///   0..<classes, `DataError.notFinite` for an infinity or NaN.
  public init<S: Scalar>(inputs: Matrix<S>, labels: [Int], classes: Int) throws(DataError) {
    try Self.checkFinite("inputs", inputs)
    try self.init(labels: labels, classes: classes, inputs: NativeMatrix(inputs))
  }

  /// Examples from a matrix of bytes (examples × inputs), each standing for byte / 255, and the label of each.
  ///
  /// - Throws: `DataError.count` for classes outside 1...`Int32.max` or more examples than that, `DataError.exampleCounts` when there are not as many labels as rows,
  ///   `DataError.label` for a label outside
  ///   0..<classes.
  public init(inputs: ByteMatrix, labels: [Int], classes: Int) throws(DataError) {
    try self.init(labels: labels, classes: classes, inputs: .bytes(inputs))
  }

  /// Examples from a matrix of bytes (examples × inputs), each standing for byte / 255, and numbers as targets (examples × outputs).
  ///
  /// - Throws: As `init(inputs:targets:)` of matrices.
  public init<S: Scalar>(inputs: ByteMatrix, targets: Matrix<S>) throws(DataError) {
    try Self.checkCount(inputs.rows)
    try Self.checkCounts("targets", targets.rows, inputs: inputs.rows)
    try Self.checkFinite("targets", targets)
    self.init(inputs: .bytes(inputs), targets: .numbers(NativeMatrix(targets)))
  }

  /// Examples from arrays of rows.
  ///
  /// - Throws: `ShapeError.raggedRow` when rows differ in length, `ShapeError.extent` for more than `Int32.max`, and what `init(inputs:targets:)` of matrices throws.
  public init<S: Scalar>(inputs: [[S]], targets: [[S]]) throws {
    try self.init(inputs: Matrix(inputs, named: "inputs"), targets: Matrix(targets, named: "targets"))
  }

  /// Examples from an array of rows and the label of each, in 0..<classes.
  ///
  /// - Throws: `ShapeError.raggedRow` when rows differ in length, `ShapeError.extent` for more than `Int32.max`, and what `init(inputs:labels:classes:)` throws.
  public init<S: Scalar>(inputs: [[S]], labels: [Int], classes: Int) throws {
    try self.init(inputs: Matrix(inputs, named: "inputs"), labels: labels, classes: classes)
  }

  /// Images and their labels as read from IDX files.
  ///
  /// - Throws: `DataError.exampleCounts` when the two files hold different numbers of examples.
  public init(images: IDX.Images, labels: IDX.Labels) throws(DataError) {
    guard labels.count == images.count else {
      throw .exampleCounts(name: labels.name, found: labels.count, otherName: images.name, expected: images.count)
    }
    self.init(inputs: .bytes(images.pixels), targets: .labels(.bytes(labels.bytes), classes: labels.classes))
  }

  private init(labels: [Int], classes: Int, inputs: NativeMatrix) throws(DataError) {
    guard (1...Int(Int32.max)).contains(classes) else {
      throw .count(operation: "Dataset", name: "classes", found: classes, expected: "1 to \(Int32.max)")
    }
    try Self.checkCount(inputs.rows)
    try Self.checkCounts("labels", labels.count, inputs: inputs.rows)
    if let row = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) {
      throw .label(name: "labels", label: labels[row], row: row, classes: classes)
    }
    self.init(inputs: inputs, targets: .labels(.integers(labels.map(Int32.init)[...]), classes: classes))
  }

  /// An epoch's order has an index of 32 bits for each example, and BLAS counts outputs in as many.
  static func checkCount(_ count: Int, in operation: String = "Dataset") throws(DataError) {
    guard count <= Int(Int32.max) else {
      throw .count(operation: operation, name: "the number of examples", found: count, expected: "at most \(Int32.max)")
    }
  }

  private static func checkCounts(_ name: String, _ found: Int, inputs: Int) throws(DataError) {
    guard found == inputs else {
      throw .exampleCounts(name: name, found: found, otherName: "inputs", expected: inputs)
    }
  }

  static func checkFinite<S: Scalar>(_ name: String, _ matrix: Matrix<S>) throws(DataError) {
    let elements = matrix.flattened
    guard let index = elements.withElements({ S._firstNonFinite($0, elements.count) }) else { return }
    throw .notFinite(
      name: name, value: "\(elements[index])", row: index / matrix.columns, column: index % matrix.columns)
  }
}
