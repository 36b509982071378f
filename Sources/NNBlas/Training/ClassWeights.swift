/// Weights of classes, for `Dataset.weighted(byClass:)`.
public enum ClassWeights {
  /// Weights by which every class counts the same in all: examples / (classes · examples of the class), as scikit-learn's `balanced`.
  ///
  /// - Parameters:
  ///   - labels: The class of every example.
  ///   - classes: The number of classes.
  /// - Returns: One for each class.
  /// - Throws: `DataError.label` for a label that is no class, `DataError.tooFew` for a class without examples.
  public static func balanced(_ labels: [Int], classes: Int) throws(DataError) -> [Double] {
    var counts = [Int](repeating: 0, count: max(classes, 0))
    for (row, label) in labels.enumerated() {
      guard counts.indices.contains(label) else {
        throw .label(name: "labels", label: label, row: row, classes: counts.count)
      }
      counts[label] += 1
    }
    if let empty = counts.firstIndex(of: 0) {
      throw .tooFew(name: "class \(empty)", found: 0, expected: "at least 1, for a weight")
    }
    return counts.map { Double(labels.count) / (Double(counts.count) * Double($0)) }
  }
}
