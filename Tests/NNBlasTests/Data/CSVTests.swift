import NNBlas
import TestSupport
import Testing

/// What tables say, in all the ways of writing them.
@Suite struct CSVTests {
  static func table(
    _ text: String, header: CSV.Header = .automatic, separator: Unicode.Scalar = ","
  ) throws -> CSV {
    try withTemporaryDirectory {
      try CSV(contentsOf: $0.write(Array(text.utf8), to: "t.csv"), header: header, separator: separator)
    }
  }

  private func expectNumbers(
    _ text: String, _ rows: [[Double]], header: CSV.Header = .automatic, separator: Unicode.Scalar = ",",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let table = try Self.table(text, header: header, separator: separator)
    let matrix = try table.matrix()
    #expect(matrix == (try Matrix(rows)), "\(text)", sourceLocation: sourceLocation)
    #expect(table.rowCount == rows.count && table.columnCount == rows[0].count, sourceLocation: sourceLocation)
  }

  // MARK: - Ways of writing numbers

  @Test(arguments: ["\n", "\r\n", "\r"])
  func lineEnds(end: String) throws {
    let text = ["a,b", "1,2", "3,4"].joined(separator: end)
    for ending in ["", end, end + end, end + "  " + end, end + " "] {
      try expectNumbers(text + ending, [[1, 2], [3, 4]])
    }
    // In the text of a quoted field too.
    let quoted = try Self.table("\"a\(end)b\",c\(end)1,2\(end)")
    #expect(quoted.columnNames == ["a\(end)b", "c"])
    #expect(try quoted.matrix() == Matrix([[1, 2]]))
  }

  @Test(arguments: [",", ";", "\t", "|", " ", ":", "\\", "_", "~"] as [Unicode.Scalar])
  func separators(separator: Unicode.Scalar) throws {
    let text = ["a,b", "1,-2.5e1", "3,4"].joined(separator: "\n").replacing(",", with: "\(separator)")
    try expectNumbers(text, [[1, -25], [3, 4]], separator: separator)
  }

  @Test func blanksAndQuotesAroundNumbers() throws {
    try expectNumbers(" 1 ,\t2\t,\"3\", \" 4 \" ,5\n+6,-7,\"-8\",.9,1e1 ", [[1, 2, 3, 4, 5], [6, -7, -8, 0.9, 10]])
  }

  @Test func oneNumberAndOneColumn() throws {
    try expectNumbers("7", [[7]])
    try expectNumbers("x\n7\n8", [[7], [8]])
    try expectNumbers("\n\n7,8\n", [[7, 8]])
  }

  @Test func aByteOrderMark() throws {
    let table = try Self.table("\u{FEFF}größe,b\n1,2\n")
    #expect(table.columnNames == ["größe", "b"])
    try expectNumbers("\u{FEFF}1,2\n", [[1, 2]])
    try expectNumbers("\u{FEFF}\"1\",2\n", [[1, 2]])
  }

  @Test func compressedFiles() throws {
    try withTemporaryDirectory {
      let text = Array("a,b\n1,2\n3,4\n".utf8)
      let path = try $0.write(GzipFixture.stored(text, blockSize: 5), to: "t.csv.gz")
      #expect(try CSV(contentsOf: path).matrix() == Matrix([[1, 2], [3, 4]]))
    }
  }

  @Test func quotedNames() throws {
    let table = try Self.table("\"a,b\",\"say \"\"hi\"\"\", c , \"\",5\" pipe\n1,2,3,4,5\n")
    #expect(table.columnNames == ["a,b", "say \"hi\"", "c", "", "5\" pipe"])
  }

  @Test func manyNumbersOfEveryLength() throws {
    var generator = Philox(seed: 8)
    let rows = (0..<500).map { _ in (0..<7).map { _ in (generator.nextUnit() - 0.5) * Double(generator.next() % 1000) }
    }
    // Longer than a buffer's step, so that reading goes on in pieces.
    let text = rows.map { $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: "\n")
    try expectNumbers(text, rows)
  }

  // MARK: - Names of columns

  @Test func namesAreFound() throws {
    // Text above a number; only text; a column without a name.
    for text in ["a,b\n1,2\n", "a,b\n1,\"2\"\n", "a,b\nx,y\n", "a,b\n1,b\n", ",b\n1,2\n", "na,b\n1,2\n"] {
      #expect(try Self.table(text).columnNames != nil, "\(text)")
    }
    // Numbers; a class that comes again at once, or later; no value.
    for text in [
      "1,2\n3,4\n", "5.1,setosa\n4.9,setosa\n", "1,a\n2,b\n3,a\n", "1,NA\n2,3\n", "\"1\",2\n3,4\n", "0\n1\n",
      "0,0\n1,0\n",
    ] {
      #expect(try Self.table(text).columnNames == nil, "\(text)")
    }
    // Numbers beside texts or nothing, or in a row.
    for text in [
      "1,b\n1,2\n", "1.5,12o\n1,2\n", "id1,1.5\nid2,2\n", "2019,place\n3,x\n", "0,a\n1,b\n", ",0,1\n0,5,6\n",
      "1,\n2,3\n", "0,1\n5,6\n",
      "0,1,2\n5,6,7\n",
    ] {
      #expect(
        throws: DataError.argument(
          operation: "t.csv", name: "header", found: "automatic, but the first line may have names or be an example",
          expected: "present or absent"), "\(text)"
      ) { try Self.table(text) }
      #expect(try Self.table(text, header: .present).rowCount + 1 == Self.table(text, header: .absent).rowCount)
    }
    #expect(try Self.table("1,2\n3,4\n", header: .present).columnNames == ["1", "2"])
    #expect(try Self.table("a,b\n3,4\n", header: .absent).columnNames == nil)
    #expect(try Self.table("a,b\n3,4\n", header: .absent).rowCount == 2)
  }

  @Test func columnsByNameAndIndex() throws {
    let table = try Self.table("a,b,c\n1,2,3\n")
    for (column, index) in [("a", 0), ("c", 2), (0, 0), (2, 2), (-1, 2), (-3, 0)] as [(CSV.Column, Int)] {
      #expect(try table.index(of: column) == index)
    }
    #expect(try table.matrix(.only(["c", 0])) == Matrix([[3, 1]]))
    #expect(try table.matrix(.allExcept(["b"])) == Matrix([[1, 3]]))
    #expect(try table.matrix(.allExcept([])) == Matrix([[1, 2, 3]]))
    let split = try table.dataset(targets: ["c", "a"]).rows()
    #expect(split.inputs == [[2]] && split.targets == [[3, 1]])
    let chosen = try table.dataset(targets: ["b"], inputs: .allExcept([0, "b"])).rows()
    #expect(chosen.inputs == [[3]] && chosen.targets == [[2]])
  }

  /// Columns that are not used may hold anything.
  @Test func columnsThatAreNotUsed() throws {
    let table = try Self.table("id,x,y\nA-1,1,2\n\"B,\n2\",3,\n")
    #expect(try table.matrix(.only(["x"])) == Matrix([[1], [3]]))
  }

  // MARK: - Labels

  private func expectLabels(
    _ column: [String], _ labels: [Int], _ names: [String], known: [String]? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let text = "x,label\n" + column.enumerated().map { "\($0),\($1)\n" }.joined()
    let dataset = try Self.table(text, header: .present).dataset(label: "label", classNames: known)
    #expect(dataset.labels == labels, sourceLocation: sourceLocation)
    #expect(dataset.classNames == names, sourceLocation: sourceLocation)
    #expect(dataset.targetWidth == names.count, sourceLocation: sourceLocation)
    #expect(try dataset.rows().inputs == column.indices.map { [Double($0)] }, sourceLocation: sourceLocation)
  }

  @Test func labelsOfText() throws {
    try expectLabels(
      ["virginica", "setosa", "versicolor", "setosa"], [2, 0, 1, 0], ["setosa", "versicolor", "virginica"])
    try expectLabels(["\"b, c\"", " a ", "\"a\"", "10", "9"], [3, 2, 2, 0, 1], ["10", "9", "a", "b, c"])
    // Quoted, a text that stands for no value is a label: Namibia's.
    try expectLabels(["DE", "\"NA\"", "DE"], [0, 1, 0], ["DE", "NA"])
  }

  @Test func labelsOfNumbers() throws {
    try expectLabels(["2", "0", "1", "2"], [2, 0, 1, 2], ["0", "1", "2"])
    // By value, not by text; written in several ways.
    try expectLabels(["10", "9", "10.0", "1e1", "09"], [1, 0, 1, 1, 0], ["9", "10"])
    try expectLabels(["1", "-1", "+1"], [1, 0, 1], ["-1", "1"])
    try expectLabels(["0", "3", "1"], [0, 2, 1], ["0", "1", "3"])
    // As doubles, these two are one number.
    try expectLabels(["9007199254740992", "9007199254740993"], [0, 1], ["9007199254740992", "9007199254740993"])
  }

  /// Texts of everything that means something to the format, quoted as RFC 4180 has it, come back as they were.
  @Test func quotedTextsComeBack() throws {
    var generator = Philox(seed: 6)
    let alphabet: [Character] = ["a", "\"", ",", "\n", "\r", "\r\n", " ", "é", "€", "1"]
    let texts = (0..<200).map { _ in
      "x"
        + String((0..<generator.nextIndex(below: 8)).map { _ in alphabet[generator.nextIndex(below: alphabet.count)] })
    }
    for end in ["\n", "\r\n", "\r"] {
      let lines = texts.enumerated().map { "\"\($1.replacing("\"", with: "\"\""))\" ,\($0)" }
      let dataset = try Self.table(lines.joined(separator: end), header: .absent).dataset(label: 0)
      let names = try #require(dataset.classNames)
      #expect(dataset.labels?.map { names[$0] } == texts)
      #expect(try dataset.rows().inputs == texts.indices.map { [Double($0)] })
    }
  }

  @Test func knownClasses() throws {
    try expectLabels(["b", "b"], [2, 2], ["c", "a", "b"], known: ["c", "a", "b"])
    try expectLabels(["1.0", "3"], [0, 2], ["1", "2", "3"], known: ["1", "2", "3"])
    try expectLabels(["NA", "x"], [0, 1], ["NA", "x"], known: ["NA", "x"])
  }
}
