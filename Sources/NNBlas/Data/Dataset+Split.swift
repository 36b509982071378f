extension Dataset {
  /// Examples to learn from, and others to choose settings by.
  public struct Split: Sendable {
    /// The examples to learn from, in the order of the whole.
    public let training: Dataset
    /// The examples to choose settings by, in the order of the whole.
    public let validation: Dataset
  }

  /// Draws examples at random to validate; the others train. Both are copies.
  ///
  /// The same seed draws the same examples. Stratified, each class gives its share of those that validate, up to one
  /// example: shares are rounded down, and what is then missing comes one each from the classes that lost most (the
  /// first of them where several lost as much).
  ///
  /// - Parameters:
  ///   - validation: How many examples validate, from 1 to all but one.
  ///   - seed: Which examples.
  ///   - stratified: Whether classes are drawn from in proportion to their size.
  /// - Returns: The two parts.
  /// - Throws: `DataError.count` for a number out of range, `DataError.argument` for a stratified split without labels,
  ///   `DataError.memory` when the parts do not fit.
  public func split(validation: Int, seed: UInt64, stratified: Bool = false) throws(DataError) -> Split {
    let operation = "split(validation:seed:)"
    guard validation >= 1, validation < count else {
      throw .count(
        operation: operation, name: "validation", found: validation,
        expected: count > 1 ? "from 1 to \(count - 1) of the \(count) examples" : "at least 2 examples to split")
    }
    var chosen = [Bool](repeating: false, count: count)
    if stratified {
      try choose(validation, seed: seed, byClass: &chosen, in: operation)
    } else {
      var generator = Philox(seed: seed, stream: .selection(0))
      for row in generator.permutation(count).prefix(validation) { chosen[Int(row)] = true }
    }
    func rows(_ validates: Bool) -> [Int32] {
      chosen.indices.lazy.filter { chosen[$0] == validates }.map { Int32($0) }
    }
    return Split(
      training: try selecting(rows(false), in: operation), validation: try selecting(rows(true), in: operation))
  }

  /// Draws a part of the examples at random to validate, rounded to the nearest number, and at least one; see
  /// `split(validation:seed:stratified:)` for a number.
  ///
  /// - Parameters:
  ///   - fraction: Which part of the examples validates, more than 0 and less than 1.
  ///   - seed: Which examples.
  ///   - stratified: Whether classes are drawn from in proportion to their size.
  /// - Returns: The two parts.
  /// - Throws: `DataError.argument` for a fraction out of range or a stratified split without labels, `DataError.count`
  ///   for fewer than two examples, `DataError.memory` when the parts do not fit.
  public func split(validation fraction: Double, seed: UInt64, stratified: Bool = false) throws(DataError) -> Split {
    guard fraction > 0, fraction < 1 else {
      throw .argument(
        operation: "split(validation:seed:)", name: "validation", found: "\(fraction)",
        expected: "a part of the examples above 0 and below 1, or a whole number of them")
    }
    let rounded = Int((fraction * Double(count)).rounded())
    return try split(validation: min(max(rounded, 1), max(count - 1, 1)), seed: seed, stratified: stratified)
  }

  /// Marks the examples that validate, of each class its share.
  private func choose(
    _ validation: Int, seed: UInt64, byClass chosen: inout [Bool], in operation: String
  ) throws(DataError) {
    guard let labels else {
      throw .argument(
        operation: operation, name: "stratified", found: "true",
        expected: "false, or labels: the targets are numbers, which have no classes")
    }
    // Sorted by class and row, not an array for each of the classes: there can be 2³¹ of those, most without an example.
    let sorted = labels.indices.map { (label: labels[$0], row: Int32($0)) }.sorted { $0 < $1 }
    var groups: [Range<Int>] = []
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, sorted[end].label == sorted[start].label { end += 1 }
      groups.append(start..<end)
      start = end
    }
    // share = size · validation / count, whose parts are exact as whole numbers: both are below 2³¹.
    var shares = groups.map { $0.count * validation / count }
    let losses = groups.map { $0.count * validation % count }
    let byLoss = groups.indices.sorted { (losses[$1], $0) < (losses[$0], $1) }
    for group in byLoss.prefix(validation - shares.reduce(0, +)) { shares[group] += 1 }
    for (group, share) in zip(groups, shares) {
      var rows = sorted[group].map(\.row)
      var generator = Philox(seed: seed, stream: .selection(1 + sorted[group.lowerBound].label))
      generator.shuffle(&rows)
      for row in rows.prefix(share) { chosen[Int(row)] = true }
    }
  }
}
