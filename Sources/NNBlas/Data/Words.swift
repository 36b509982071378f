/// `; did you mean species?` for the nearest of some words, or nothing where none is near.
func nearestWord(to word: String, among words: some Collection<String>) -> String {
  nearest(to: word, among: words).map { "; did you mean \($0)?" } ?? ""
}

/// The word that takes the fewest edits, where those are few for its length.
func nearest(to word: String, among words: some Collection<String>) -> String? {
  // Longer ones are no words but somebody's data, and the time to compare two goes with both of their lengths.
  let longest = 100
  guard word.utf8.count <= longest else { return nil }
  // So does the time to compare with very many.
  let candidates = words.prefix(1_000).lazy.filter { $0.utf8.count <= longest }
  guard let (candidate, distance) = candidates.map({ ($0, editDistance(word, $0)) }).min(by: { $0.1 < $1.1 }),
    distance <= max(2, word.count / 3), distance < word.count
  else { return nil }
  return candidate
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

/// The first words of a list, `a, b, c and 5 more`.
func listed(_ words: some Collection<String>) -> String {
  let shown = 10
  let names = words.prefix(shown).joined(separator: ", ")
  return words.count > shown ? "\(names) and \(words.count - shown) more" : names
}

/// A text from a file in quotes, on one line, and shortened: what is wrong may be a whole file.
func quoted(_ text: some StringProtocol) -> String {
  let shown = 40
  let start = text.unicodeScalars.prefix(shown + 1)
  let line = start.prefix(shown).map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : String($0) }.joined()
  return "\"\(line)\(start.count > shown ? "…" : "")\""
}
