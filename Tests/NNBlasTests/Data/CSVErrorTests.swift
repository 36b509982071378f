import NNBlas
import TestSupport
import Testing

/// What is wrong with tables, and where.
@Suite struct CSVErrorTests {
  private func expect(
    _ message: String, _ text: String, header: CSV.Header = .automatic, separator: Unicode.Scalar = ",",
    sourceLocation: SourceLocation = #_sourceLocation, _ body: (CSV) throws -> Void = { _ = try $0.matrix() }
  ) {
    expectError(DataError.self, message, sourceLocation: sourceLocation) {
      try body(CSVTests.table(text, header: header, separator: separator))
    }
  }

  // MARK: - Structure

  @Test func raggedLines() {
    expect("t.csv:3: 2 fields, expected 3 fields as in line 1", "a,b,c\n1,2,3\n1,2\n")
    expect("t.csv:2: 4 fields, expected 3 fields as in line 1", "a,b,c\r\n1,2,3,\r\n")
    // Lines of the file count, not of the table: there is one inside of quotes.
    expect("t.csv:4: 1 field, expected 2 fields as in line 1", "\"a\nx\",b\n1,2\n3\n")
    expect("t.csv:3: an empty line, expected 2 fields as in line 1", "a,b\n1,2\n\n3,4\n")
    expect("t.csv:3: an empty line, expected 1 field as in line 1", "a\n1\n  \n3\n")
    expect("t.csv:5: 1 field, expected 2 fields as in line 3", "\n\na,b\r1,2\r3\r")
  }

  @Test func nothing() {
    for text in ["", "\n", "\u{FEFF}", "  \r\n\n"] {
      expect("t.csv: 0 examples, expected at least 1 line of them; the file is empty", text)
    }
    expect("t.csv: 0 examples, expected at least 1 line below the names of the columns", "a,b\n")
  }

  @Test func quotes() {
    let twice = "a quote inside of quotes is written twice"
    expect(
      "t.csv:2:3: a quote that is not closed, expected a second one at the end of the field; \(twice)",
      "a,b\n1,\"2\n3,4\n")
    expect(
      "t.csv:2:6: text behind a closed quote, expected a separator or the end of the line; \(twice)", "a,b\n1,\"2\"3\n")
    expect("t.csv:1:1: a quote that is not closed, expected a second one at the end of the field; \(twice)", "\"")
  }

  @Test func bytesThatAreNotUTF8() throws {
    // A continuation alone, an overlong form, a surrogate, beyond U+10FFFF, cut off, Latin-1.
    let bad: [[UInt8]] = [[0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xFC]]
    for bytes in bad {
      try withTemporaryDirectory { folder in
        let path = try folder.write(Array("größe,b\n1,€".utf8) + bytes, to: "t.csv")
        let first = String(bytes[0], radix: 16, uppercase: true)
        expectError(DataError.self, "t.csv:2:4: the byte 0x\(first), expected UTF-8; save the file in that encoding") {
          try CSV(contentsOf: path)
        }
      }
    }
    try withTemporaryDirectory { folder in
      let path = try folder.write([0xFF, 0xFE, 0x61, 0, 0x2C, 0], to: "t.csv")
      expectError(DataError.self, "t.csv:1:1: text in UTF-16, expected UTF-8; save the file in that encoding") {
        try CSV(contentsOf: path)
      }
    }
  }

  @Test func names() {
    expect(
      "t.csv: columns 1 and 3 are both called \"x\", expected different names; rename one of them", "x,y,x\n1,2,3\n")
    expect("t.csv: there is no column spcies; did you mean species?; expected one of id, species", "id,species\n1,2\n")
    {
      _ = try $0.dataset(label: "spcies")
    }
    expect("t.csv: there is no column weight; expected one of a, b", "a,b\n1,2\n") {
      _ = try $0.matrix(.only(["weight"]))
    }
    expect("t.csv: the index of a column is 2, expected from -2 to 1", "a,b\n1,2\n") { _ = try $0.index(of: 2) }
    expect("t.csv: the index of a column is -9223372036854775808, expected from -2 to 1", "a,b\n1,2\n") {
      _ = try $0.index(of: .index(.min))
    }
    expect(
      "t.csv: a column is \"a\", expected an index, as columns have no names; pass header: .present if the first line has "
        + "them", "1,2\n"
    ) { _ = try $0.index(of: "a") }
  }

  @Test func columnsThatAreUsedTwice() {
    let table = "a,b\n1,2\n"
    expect("t.csv: inputs is column \"b\", which is used already, expected every column once", table) {
      _ = try $0.dataset(label: "b", inputs: .only(["a", -1]))
    }
    expect("t.csv: targets is column \"b\", which is used already, expected every column once", table) {
      _ = try $0.dataset(targets: ["b", "b"])
    }
    expect("t.csv: inputs is no column, expected at least 1", table) { _ = try $0.dataset(targets: ["a", "b"]) }
    expect("t.csv: targets is no column, expected at least 1", table) { _ = try $0.dataset(targets: []) }
  }

  @Test(arguments: ["\"", "\n", "\r", "5", "e", "-", ".", "é", "\u{0}"] as [Unicode.Scalar])
  func separators(separator: Unicode.Scalar) {
    let words = message { try CSVTests.table("1,2\n", separator: separator) }
    #expect(words.hasPrefix("CSV: separator is \""))
    #expect(words.hasSuffix(", expected an ASCII character that is in no number, such as \",\", \";\" or a tab"))
  }

  // MARK: - Fields

  @Test func textWhereANumberIsExpected() {
    expect(
      "t.csv:3:5: column \"b\" is \"tall\", expected a number; leave the column out with inputs: .allExcept, or encode it "
        + "as numbers", "a,b\n1,2\n12, tall,\n".replacing(",\n", with: "\n"))
    expect(
      "t.csv:1:3: column 2 is \"b\", expected a number; pass header: .present if the first line has the names of the "
        + "columns", "1,b\n1,2\n", header: .absent)
    expect(
      "t.csv:2:4: column \"b\" is \"2,5\", expected a number; write decimals with a point", "é;b\né1;2,5\n",
      separator: ";"
    ) {
      _ = try $0.matrix(.only(["b"]))
    }
    expect(
      "t.csv:2:1: column \"a;b\" is \"1;2\", expected a number; pass separator: \";\" if that separates fields",
      "a;b\n1;2\n")
    expect(
      "t.csv:2:1: column 1 is \"x\u{FFFD}y\", expected a number; leave the column out with inputs: .allExcept, or encode it "
        + "as numbers", ",b\n\"x\ny\",2\n", header: .present)
    expect("t.csv:2:1: column \"a\" is \"1e999\", expected a number that is finite in double precision", "a\n1e999\n")
  }

  @Test(arguments: ["NA", "n/a", "nan", "NaN", "?", "null", "None", "inf", "-inf", "Infinity", "\"\"", "\"NA\"", ""])
  func missingValues(word: String) {
    let found = word.isEmpty || word == "\"\"" ? "empty" : word.hasPrefix("\"") ? word : "\"\(word)\""
    let rest = "column \"b\" is \(found), expected a finite number; clean or impute the data first"
    expect("t.csv:3:3: \(rest)", "a,b\n1,2\n3,\(word)\n")
    expect("t.csv:3:3: \(rest)", "a,b,c\n1,2,3\n3,\(word),4\n")
    expect("t.csv:2:1: \(rest)", "b,c\n\(word),4\n", header: .present)
  }

  @Test func labels() {
    func message(_ place: String, _ found: String, _ rest: String) -> String {
      "t.csv:\(place): column \"y\" is \(found), expected \(rest)"
    }
    let label: (CSV) throws -> Void = { _ = try $0.dataset(label: "y") }
    for (word, found) in [("", "empty"), ("NA", "\"NA\""), ("?", "\"?\"")] {
      expect(message("3:3", found, "a label; complete or remove the line first"), "x,y\n1,a\n2,\(word)\n", label)
    }
    expect(
      message("3:3", "\"0.5\"", "a label, a text or a whole number; pass the column as targets: to learn numbers"),
      "x,y\n1,1\n2,0.5\n", label)
    expect(
      message("3:3", "\"setossa\"", "one of the classes setosa, virginica; did you mean setosa?"),
      "x,y\n1,setosa\n2,setossa\n"
    ) { _ = try $0.dataset(label: "y", classNames: ["setosa", "virginica"]) }
    expect(message("2:3", "\"7\"", "one of the classes 0, 1"), "x,y\n1,7\n") {
      _ = try $0.dataset(label: "y", classNames: ["0", "1"])
    }
    expect("t.csv: classNames is \"a\" at 0 and at 2, expected different names", "x,y\n1,a\n", header: .present) {
      _ = try $0.dataset(label: "y", classNames: ["a", "b", "a"])
    }
  }

  // MARK: - Files of anything

  @Test func filesThatCannotBeRead() throws {
    try withTemporaryDirectory { folder in
      let path = folder.path(of: "none.csv")
      expectError(DataError.self, "\(path): No such file or directory") { try CSV(contentsOf: path) }
      expectError(DataError.self, "\(folder.path): not a regular file") { try CSV(contentsOf: folder.path) }
    }
  }

  /// Bytes that matter to the format in any order: what is read has the shape that was announced, the rest is refused.
  @Test func randomTables() throws {
    var generator = Philox(seed: 4)
    let alphabet = Array("1111222233334455667788..--e,,,,,,\n\n\n\n\r\r\"\" \ta;NA\u{FEFF}é".utf8)
    var (read, refused) = (0, 0)
    try withTemporaryDirectory { folder in
      for _ in 0..<5_000 {
        let bytes = (0..<generator.nextIndex(below: 12)).map { _ in alphabet[generator.nextIndex(below: alphabet.count)]
        }
        let path = try folder.write(bytes, to: "t.csv")
        for header in [CSV.Header.automatic, .absent] {
          do throws(DataError) {
            let table = try CSV(contentsOf: path, header: header)
            _ = try? table.dataset(label: 0)
            let matrix = try table.matrix()
            #expect(matrix.shape == .matrix(rows: table.rowCount, columns: table.columnCount))
            read += 1
          } catch {
            #expect(error.description.hasPrefix("t.csv:"))
            refused += 1
          }
        }
      }
    }
    #expect(read > 100 && refused > 1_000, "\(read) read, \(refused) refused")
  }
}
