import Foundation
import NNBlas

/// A document that `--json` wrote, as far as a comparison needs it.
package struct MeasuredDocument {
  /// Where it was read.
  package let file: String
  package let conditions: [Condition]
  package let results: [Result]

  /// Something that was timed.
  package struct Result: Decodable {
    package let name: String
    package let unit: Unit
    package let samples: [Double]
    /// What the processor could do at most in that run, on as many threads: GFLOP/s, else GB/s, or nil where it was not measured.
    package var peak: Double? { peakGFLOPS ?? peakGigabytesPerSecond }

    /// How far apart the processors were, where several worked together.
    package let roundTripNanoseconds: Double?

    private let peakGFLOPS: Double?
    private let peakGigabytesPerSecond: Double?
  }

  /// Something outside the code that figures depend on.
  package struct Condition: Equatable {
    package let name: String
    package let value: String
  }

  /// More than any document of this tool has.
  private static let mostBytes = 256 << 20

  /// - Throws: `DocumentError` for a file that cannot be read, is no document of this version, or has no samples.
  package init(contentsOf file: String) throws(DocumentError) {
    self.file = file
    let contents: Contents
    do {
      guard try RegularFile.byteCount(of: file) <= Self.mostBytes else {
        throw DocumentError(file, "too large for a document of nnbench")
      }
      contents = try JSONDecoder().decode(Contents.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    } catch let obstacle as RegularFile.Obstacle {
      throw DocumentError(file, obstacle.reason)
    } catch let error as DecodingError {
      throw DocumentError(file, Self.words(error))
    } catch let error as DocumentError {
      throw error
    } catch {
      throw DocumentError(file, (error as NSError).localizedDescription)
    }
    conditions = contents.context.conditions
    results = contents.results
    guard !results.isEmpty else {
      throw DocumentError(file, "nothing was timed in it; 'nnbench \(contents.command)' has no samples to compare")
    }
    try check()
  }

  private func check() throws(DocumentError) {
    var names: Set<String> = []
    for result in results {
      guard names.insert(result.name).inserted else { throw DocumentError(file, "'\(result.name)' is there twice") }
      guard !result.samples.isEmpty, result.samples.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw DocumentError(file, "the samples of '\(result.name)' are not numbers above 0")
      }
    }
  }

  // MARK: The file

  private struct Contents: Decodable {
    let command: String
    let context: Context
    let results: [Result]

    private enum CodingKeys: String, CodingKey { case schema, command, context, results }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      // Before anything else, since another version may have other fields.
      let schema = try container.decode(Int.self, forKey: .schema)
      guard schema == ResultDocument.schema else { throw OtherSchema(schema: schema) }
      command = try container.decode(String.self, forKey: .command)
      context = try container.decode(Context.self, forKey: .context)
      // What tells of no timing has results of another kind, or none.
      results = command == "selftest" ? [] : try container.decode([Result].self, forKey: .results)
    }
  }

  private struct OtherSchema: Error, LocalizedError {
    let schema: Int
    var errorDescription: String? {
      "its schema is \(schema), expected \(ResultDocument.schema); measure again with this version"
    }
  }

  private struct Context: Decodable {
    struct Machine: Decodable { let cpu: String }
    struct Versions: Decodable {
      let nnblas: String
      let swift: String
      let openblas: String
    }
    struct Data: Decodable { let name: String }

    let machine: Machine
    let versions: Versions
    let openblasCore: String
    let build: String
    let threads: Int
    let simd: String
    let data: Data?

    var conditions: [Condition] {
      [
        Condition(name: "processor", value: machine.cpu), Condition(name: "processors in use", value: "\(threads)"),
        Condition(name: "nnbench", value: versions.nnblas), Condition(name: "build", value: build),
        Condition(name: "Swift", value: versions.swift), Condition(name: "OpenBLAS", value: versions.openblas),
        Condition(name: "OpenBLAS's kernels", value: openblasCore),
        Condition(name: "elementwise kernels", value: simd), Condition(name: "data", value: data?.name ?? "none"),
      ]
    }
  }

  /// What is wrong with a document, and where.
  private static func words(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.reduce("") { text, key in
        key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
      }
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "no document of nnbench's --json: \(place(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "no document of nnbench's --json: \(place(context.codingPath)) is of another kind"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "no document of nnbench's --json: \(place(context.codingPath)) is not understood"
    default: return "no JSON"
    }
  }
}

/// A document that cannot be compared.
package struct DocumentError: Error, CustomStringConvertible {
  /// The file, and what is wrong with it.
  package let description: String

  init(_ file: String, _ reason: String) { description = "\(file): \(reason)" }
}
