import Foundation

/// A network in the JSON format of the book's `network2.py`: `sizes`, `weights`, `biases` and `cost`.
///
/// Weights are a list of matrices (outputs × inputs), row after row; biases a list of columns (outputs×1). Numbers are written
/// with as many digits as bring back the same bits.
///
/// Source: `Network.save` and `load` in Nielsen's `network2.py`.
public struct BookFile<S: Scalar>: Sendable, Equatable {
  /// The network.
  public let network: Network<S>
  /// The cost it is trained with.
  public let cost: Cost

  /// A network to write.
  public init(network: Network<S>, cost: Cost) {
    self.network = network
    self.cost = cost
  }

  /// Reads a file.
  ///
  /// - Parameter path: The file's path.
  /// - Throws: `ModelFileError` that names the file, the place in it, what was found and what was expected.
  public init(contentsOf path: String) throws(ModelFileError) {
    let file = (path as NSString).lastPathComponent
    let data = try ModelFile.bytes(of: path)
    let contents: Contents
    do {
      contents = try JSONDecoder().decode(Contents.self, from: data)
    } catch let error as DecodingError {
      throw Self.malformed(error, data, file: file)
    } catch {
      throw .malformed(file: file, place: "", reason: "\(error)")
    }
    cost = try contents.cost(file: file)
    network = try contents.network(file: file)
  }

  /// Writes a file, whole or not at all: beside its place first, then renamed.
  ///
  /// - Parameter path: The file's path.
  /// - Throws: `ModelFileError.unwritable` when the folder is missing or not writable, a parameter is not finite, which
  ///   JSON cannot express, or the network is none of the book's: with another activation than sigmoid, or another cost.
  public func write(to path: String) throws(ModelFileError) {
    if let misfit { throw .unwritable(file: path, reason: misfit) }
    let output = try OutputFile(path)
    let encoder = JSONEncoder()
    // In a fixed order, so that the same network is the same file.
    encoder.outputFormatting = .sortedKeys
    let data: Data
    do {
      data = try encoder.encode(Contents(network, cost))
    } catch let EncodingError.invalidValue(value, context) {
      throw .unwritable(
        file: path, reason: "\(value) in \(ModelFile.place(context.codingPath)), and JSON has finite numbers only")
    } catch {
      throw .unwritable(file: path, reason: "\(error)")
    }
    try output.write(data)
  }

  /// Why the format cannot hold them, or nil where it can.
  package var misfit: String? {
    if let other = network.architecture.first(where: { ($0 as? Dense)?.activation != .sigmoid }) {
      let what = (other as? Dense).map { "layer's activation is \($0.activation)" } ?? "layer is \(other.name)"
      return "a \(what), and the book's format has sigmoid only"
    }
    return cost.bookName == nil ? "the cost is \(cost), which the book's format has not got" : nil
  }

  private static func malformed(_ error: DecodingError, _ data: Data, file: String) -> ModelFileError {
    let (place, reason): (String, String) =
      switch error {
      case .keyNotFound(let key, let context): (ModelFile.place(context.codingPath), "there is no \(key.stringValue)")
      case .typeMismatch(_, let context), .valueNotFound(_, let context):
        (ModelFile.place(context.codingPath), context.debugDescription)
      case .dataCorrupted(let context):
        (ModelFile.place(context.codingPath), reasonOfDamage(data) ?? context.debugDescription)
      @unknown default: ("", "\(error)")
      }
    return .malformed(file: file, place: place, reason: reason.hasSuffix(".") ? String(reason.dropLast()) : reason)
  }

  /// Why bytes cannot be decoded, of which the decoder says no more than that they are not valid JSON.
  private static func reasonOfDamage(_ data: Data) -> String? {
    guard !data.isEmpty else { return "the file is empty" }
    do {
      _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      return "a number is out of range: sizes are whole numbers, weights and biases are finite in \(S.precision)"
    } catch {
      return (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
    }
  }

  /// The file's fields, by the names that they have there.
  private struct Contents: Codable {
    let sizes: [Int]
    let weights: [[[S]]]
    let biases: [[[S]]]
    let cost: String

    init(_ network: Network<S>, _ cost: Cost) {
      sizes = network.sizes
      weights = network.layers.map { layer in (0..<layer.weights.rows).map { layer.weights.row($0).elements } }
      biases = network.layers.map { $0.biases.elements.map { [$0] } }
      self.cost = cost.bookName ?? ""
    }

    func cost(file: String) throws(ModelFileError) -> Cost {
      guard let found = Cost.allCases.first(where: { $0.bookName == cost }) else {
        throw .field(
          file: file, field: "cost", found: "\"\(cost)\"",
          expected: Cost.allCases.compactMap(\.bookName).joined(separator: " or "))
      }
      return found
    }

    func network(file: String) throws(ModelFileError) -> Network<S> {
      do throws(ShapeError) { try Network<S>.check(sizes: sizes) } catch { throw .shape(file: file, error) }
      for (name, count) in [("weights", weights.count), ("biases", biases.count)] where count != sizes.count - 1 {
        throw .field(
          file: file, field: name, found: counted(count, "layer"),
          expected: "\(sizes.count - 1), one less than the sizes \(sizes)")
      }
      for (layer, (inputs, outputs)) in zip(sizes, sizes.dropFirst()).enumerated() {
        try check("weights[\(layer)]", weights[layer], rows: outputs, columns: inputs, file: file)
        try check("biases[\(layer)]", biases[layer], rows: outputs, columns: 1, file: file)
      }
      do throws(ShapeError) {
        return try Network(
          weights: weights.map { (rows) throws(ShapeError) in try Matrix(rows) },
          biases: biases.map { Vector($0.joined().map { $0 }) })
      } catch {
        throw .shape(file: file, error)
      }
    }

    private func check(
      _ field: String, _ rows: [[S]], rows count: Int, columns: Int, file: String
    ) throws(ModelFileError) {
      guard rows.count == count else {
        throw .field(file: file, field: field, found: counted(rows.count, "row"), expected: "\(count) as in sizes")
      }
      for (index, row) in rows.enumerated() where row.count != columns {
        throw .field(
          file: file, field: "\(field)[\(index)]", found: counted(row.count, "number"),
          expected: "\(columns) as in sizes")
      }
    }
  }
}

extension Cost {
  /// The name of the class in `network2.py`, or nil where it has none.
  fileprivate var bookName: String? {
    switch self {
    case .quadratic: "QuadraticCost"
    case .crossEntropy: "CrossEntropyCost"
    default: nil
    }
  }
}
