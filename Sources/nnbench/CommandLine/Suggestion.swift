/// `; did you mean --epochs?` for the nearest of some words, or nothing where none is near.
func suggestion(for word: String, among words: [String], prefix: String = "") -> String {
  let nearest = words.map { ($0, editDistance(word, $0)) }.min { $0.1 < $1.1 }
  if let (candidate, distance) = nearest, distance <= max(2, word.count / 3) {
    return "; did you mean \(prefix)\(candidate)?"
  }
  // A word that says more than is needed, `batch-size`.
  let begun = words.first { word.hasPrefix($0 + "-") }
  return begun.map { "; did you mean \(prefix)\($0)?" } ?? ""
}

/// The number of insertions, deletions and replacements that turn one word into another (Levenshtein, 1966).
package func editDistance(_ first: String, _ second: String) -> Int {
  let (a, b) = (Array(first.lowercased()), Array(second.lowercased()))
  var previous = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var current = [i + 1]
    for (j, other) in b.enumerated() {
      current.append(min(previous[j + 1] + 1, current[j] + 1, previous[j] + (letter == other ? 0 : 1)))
    }
    previous = current
  }
  return previous[b.count]
}
