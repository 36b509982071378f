/// The column of labels as it is read: the different ones, and which each example has.
struct CSVLabels {
  /// The different labels in the order in which they come, and where each comes first.
  private var found: [(text: String, field: CSVScanner.Field)] = []
  private var codesByText: [String: Int32] = [:]
  /// The index in `found` of every example's label.
  var codes: [Int32] = []

  mutating func append(_ field: CSVScanner.Field, of text: CSVText) {
    let label = text.string(field)
    if let last = codes.last, found[Int(last)].text == label, found[Int(last)].field.isQuoted == field.isQuoted {
      codes.append(last)
      return
    }
    // Quoted, "NA" is a text as any other.
    let key = field.isQuoted && CSV.isMissing(label) ? "\"\(label)\"" : label
    if let code = codesByText[key] {
      codes.append(code)
    } else {
      codesByText[key] = Int32(found.count)
      codes.append(Int32(found.count))
      found.append((label, field))
    }
  }

  /// The class of every example, and the classes' names.
  ///
  /// - Throws: `DataError.field` for a label that is missing, a number that is not whole, or none of the known classes.
  func classes(of table: CSV, column: Int, known: [String]?) throws(DataError) -> (labels: [Int], names: [String]) {
    for (text, field) in found where !field.isQuoted && CSV.isMissing(text) && known?.contains(text) != true {
      throw table.field(
        field, column, found: text.isEmpty ? "empty" : quoted(text), expected: "a label",
        remedy: .advice("complete or remove the line first"))
    }
    let (classes, names) =
      if let known { (try classes(of: table, column: column, among: known), known) } else {
        try ordered(of: table, column: column)
      }
    return (codes.map { classes[Int($0)] }, names)
  }

  /// The numbers that the labels are, where all are numbers; whole ones beyond 2⁵³ are texts, as many of those are one number.
  private var numbers: [Double]? {
    var numbers: [Double] = []
    for (text, _) in found {
      guard let number = DecimalNumber.parse(text), abs(number) < 0x1p53 else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  private func ordered(of table: CSV, column: Int) throws(DataError) -> (classes: [Int], names: [String]) {
    guard let numbers else {
      // Texts differ, but not all bytes that differ are different texts to Swift.
      let names = Set(found.map(\.text)).sorted()
      let order = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
      return (found.map { order[$0.text] ?? 0 }, names)
    }
    for (number, label) in zip(numbers, found) where number.rounded() != number {
      throw table.field(
        label.field, column, found: quoted(label.text), expected: "a label, a text or a whole number",
        remedy: .targets)
    }
    let values = Set(numbers).sorted()
    let order = Dictionary(uniqueKeysWithValues: zip(values, values.indices))
    // Below 2⁵³, so that they fit.
    return (numbers.map { order[$0] ?? 0 }, values.map { String(Int($0)) })
  }

  /// The classes of labels among known names: of the same text, or the same number.
  private func classes(of table: CSV, column: Int, among names: [String]) throws(DataError) -> [Int] {
    var byText: [String: Int] = [:]
    var byNumber: [Double: Int] = [:]
    for (index, name) in names.enumerated() {
      if let first = byText.updateValue(index, forKey: name) {
        throw table.argument("classNames", "\(quoted(name)) at \(first) and at \(index)", "different names")
      }
      if let number = DecimalNumber.parse(name), byNumber[number] == nil { byNumber[number] = index }
    }
    var classes: [Int] = []
    for (text, field) in found {
      guard let index = byText[text] ?? DecimalNumber.parse(text).flatMap({ byNumber[$0] }) else {
        throw table.field(
          field, column, found: quoted(text), expected: "one of the classes \(listed(names))",
          remedy: nearest(to: text, among: names).map { .advice("did you mean \($0)?") })
      }
      classes.append(index)
    }
    return classes
  }
}
