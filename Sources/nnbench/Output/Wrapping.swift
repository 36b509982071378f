/// A text in lines of at most a width; only a longer word is wider.
func wrapped(_ text: String, width: Int) -> [String] {
  var lines = [""]
  for word in text.split(separator: " ") {
    let last = lines.count - 1
    if lines[last].isEmpty {
      lines[last] = String(word)
    } else if lines[last].count + 1 + word.count <= width {
      lines[last] += " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}
