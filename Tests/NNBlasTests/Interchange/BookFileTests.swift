import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("The book's JSON")
struct BookFileTests {
  /// A file in a temporary folder.
  private func withFile(_ text: String? = nil, _ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      if let text { try folder.write(Array(text.utf8), to: "net.json") }
      try body(folder.path(of: "net.json"))
    }
  }

  @Test("Writing and reading bring back the same bits")
  func roundTrip() throws {
    try withFile { path in
      let double = try Network<Double>(sizes: [5, 4, 3], seed: 1)
      try BookFile(network: double, cost: .crossEntropy).write(to: path)
      let back = try BookFile<Double>(contentsOf: path)
      #expect(back == BookFile(network: double, cost: .crossEntropy))
      let float = try Network<Float>(sizes: [5, 4, 3], seed: 1)
      try BookFile(network: float, cost: .quadratic).write(to: path)
      #expect(try BookFile<Float>(contentsOf: path) == BookFile(network: float, cost: .quadratic))
    }
  }

  @Test("The layout is that of network2.py: rows of weights, columns of biases, names of classes")
  func layout() throws {
    try withFile { path in
      let network = try Network(weights: [Matrix<Double>([[0.1, 2, -3e-300], [4, 5, 6]])], biases: [[7, 8.5]])
      try BookFile(network: network, cost: .quadratic).write(to: path)
      let written = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
      let expected: [String: Any] = [
        "sizes": [3, 2], "weights": [[[0.1, 2, -3e-300], [4, 5, 6]]], "biases": [[[7], [8.5]]],
        "cost": "QuadraticCost",
      ]
      #expect((written as? NSDictionary) == expected as NSDictionary)
    }
  }

  @Test("A file as Python's json module writes it is read")
  func fromPython() throws {
    let text = """
      {"sizes": [2, 1], "weights": [[[-0.08725293463, 1e-05]]], "biases": [[[0.30000000000000004]]], \
      "cost": "CrossEntropyCost"}
      """
    try withFile(text) { path in
      let file = try BookFile<Double>(contentsOf: path)
      #expect(file.cost == .crossEntropy)
      #expect(file.network.parameters == [-0.08725293463, 1e-05, 0.1 + 0.2])
    }
  }

  private static let expected = "expected the JSON of a network with sizes, weights, biases and cost"

  @Test(
    "Damaged files are refused, with the place",
    arguments: [
      (
        #"{"sizes": [2, 1], "weights": [[[1, 2]]], "cost": "QuadraticCost"}"#,
        "net.json: there is no biases; expected the JSON of a network with sizes, weights, biases and cost"
      ),
      (
        #"{"sizes": [2, 1], "weights": [[[1, 2]]], "biases": [[[1]]], "cost": "HingeCost"}"#,
        #"net.json: cost is "HingeCost", expected QuadraticCost or CrossEntropyCost"#
      ),
      (
        #"{"sizes": [2, 1], "weights": [[[1, 2, 3]]], "biases": [[[1]]], "cost": "QuadraticCost"}"#,
        "net.json: weights[0][0] is 3 numbers, expected 2 as in sizes"
      ),
      (
        #"{"sizes": [2, 1], "weights": [[[1, 2], [3, 4]]], "biases": [[[1]]], "cost": "QuadraticCost"}"#,
        "net.json: weights[0] is 2 rows, expected 1 as in sizes"
      ),
      (
        #"{"sizes": [2, 1], "weights": [[[1, 2]]], "biases": [[[1, 2]]], "cost": "QuadraticCost"}"#,
        "net.json: biases[0][0] is 2 numbers, expected 1 as in sizes"
      ),
      (
        #"{"sizes": [2, 1, 1], "weights": [[[1, 2]]], "biases": [[[1]]], "cost": "QuadraticCost"}"#,
        "net.json: weights is 1 layer, expected 2, one less than the sizes [2, 1, 1]"
      ),
      (
        #"{"sizes": [2], "weights": [], "biases": [], "cost": "QuadraticCost"}"#,
        "net.json: Network: sizes has 1 entry, expected at least 2: the number of inputs, then the neurons of each layer"
      ),
      (
        #"{"sizes": [-1, 1], "weights": [[[1, 2]]], "biases": [[[1]]], "cost": "QuadraticCost"}"#,
        "net.json: Network: sizes[0] is -1, expected at least 1 neuron"
      ),
      ("", "net.json: the file is empty; \(Self.expected)"),
      ("[1", "net.json: Unexpected end of file during JSON parse; \(Self.expected)"),
      (
        #"{"sizes": [2, 1.5], "weights": [[[1, 2]]], "biases": [[[1]]], "cost": "QuadraticCost"}"#,
        "net.json: a number is out of range: sizes are whole numbers, weights and biases are finite in f64; "
          + Self.expected
      ),
      (
        #"{"sizes": [2, 1], "weights": [[[1, "a"]]], "biases": [[[1]]], "cost": "QuadraticCost"}"#,
        "net.json: weights[0][0][1]: Expected to decode Double but found a string instead; \(Self.expected)"
      ),
    ])
  func damaged(text: String, expected: String) throws {
    try withFile(text) { path in
      #expect(message { _ = try BookFile<Double>(contentsOf: path) } == expected)
    }
  }

  @Test(
    "What is no JSON, of another type or not finite is a typed error too",
    arguments: [
      "", "{", "[]", "null", "\u{0}\u{1}", #"{"sizes": "2,1"}"#, #"{"sizes": [2.5, 1]}"#,
      #"{"sizes": [-2, 1], "weights": [[]], "biases": [[[1]]], "cost": "QuadraticCost"}"#,
      #"{"sizes": [0, 0], "weights": [[]], "biases": [[]], "cost": "QuadraticCost"}"#,
      #"{"sizes": [1, 1], "weights": [[[NaN]]], "biases": [[[1]]], "cost": "QuadraticCost"}"#,
      #"{"sizes": [1, 1], "weights": [[[1e999]]], "biases": [[[1]]], "cost": "QuadraticCost"}"#,
      #"{"sizes": [1, 1], "weights": [[["1"]]], "biases": [[[1]]], "cost": "QuadraticCost"}"#,
      String(repeating: "[", count: 100_000),
    ])
  func foreign(text: String) throws {
    try withFile(text) { path in
      let text = message { _ = try BookFile<Double>(contentsOf: path) }
      #expect(throws: ModelFileError.self) { try BookFile<Double>(contentsOf: path) }
      #expect(text.hasPrefix("net.json: "), "\(text)")
    }
  }

  @Test("Missing files, folders and devices are refused")
  func unreadable() throws {
    try withFile { path in
      #expect(
        message { _ = try BookFile<Double>(contentsOf: path) } == "\(path): No such file or directory")
      #expect(throws: ModelFileError.unreadable(file: "/dev/zero", reason: "not a regular file")) {
        try BookFile<Double>(contentsOf: "/dev/zero")
      }
      let folder = (path as NSString).deletingLastPathComponent
      #expect(throws: ModelFileError.unreadable(file: folder, reason: "not a regular file")) {
        try BookFile<Double>(contentsOf: folder)
      }
      let link = path + ".link"
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/zero")
      #expect(throws: ModelFileError.unreadable(file: link, reason: "not a regular file")) {
        try BookFile<Double>(contentsOf: link)
      }
    }
  }

  @Test("What cannot be written is refused, and what was there stays")
  func unwritable() throws {
    try withFile("before") { path in
      let broken = try Network(weights: [Matrix<Double>([[.nan]])], biases: [[0]])
      #expect(throws: ModelFileError.self) { try BookFile(network: broken, cost: .quadratic).write(to: path) }
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
      let good = try Network<Double>(sizes: [1, 1], seed: 1)
      #expect(throws: ModelFileError.self) {
        try BookFile(network: good, cost: .quadratic).write(to: path + "/below/net.json")
      }
    }
  }
}
