import NNBlas

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
