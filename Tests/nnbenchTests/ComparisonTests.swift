import Foundation
import NNBlas
import TestSupport
import Testing
import nnbench

@Suite("nnbench compare")
struct ComparisonTests {
  // MARK: The judgment

  private typealias Result = MeasuredDocument.Result

  private func result(
    _ samples: [Double], unit: String = "us", peak: Double? = nil, roundTrip: Double? = nil
  ) throws -> Result {
    let peak = peak.map { ",\"peakGFLOPS\":\($0)" } ?? ""
    let roundTrip = roundTrip.map { ",\"roundTripNanoseconds\":\($0)" } ?? ""
    let json = "{\"name\":\"a\",\"unit\":\"\(unit)\",\"samples\":\(samples)\(peak)\(roundTrip)}"
    return try JSONDecoder().decode(Result.self, from: Data(json.utf8))
  }

  private func verdict(
    _ old: [Double], _ new: [Double], unit: String = "us", peaks: (Double, Double)? = nil, threshold: Double = 0.05
  ) throws -> Comparison.Verdict {
    try Comparison(
      result(old, unit: unit, peak: peaks?.0), result(new, unit: unit, peak: peaks?.1), threshold: threshold
    ).verdict
  }

  /// Times as machines give them: a little noise above the least, and one in ten disturbed by up to half of itself.
  private func times(_ scale: Double, _ random: inout Philox) -> [Double] {
    (0..<20).map { _ in
      let isDisturbed = random.nextUnit() < 0.1
      return scale * (1 + 0.02 * random.nextUnit() + (isDisturbed ? 0.5 * random.nextUnit() : 0))
    }
  }

  /// Seven and more disturbed samples of twenty would hide it; a gain of as much is a ratio of 0.91, nearer to its limit of 0.95.
  @Test("A planted slowdown of 10 % is found in 97 of 100 pairs and more, and never in pairs of the same")
  func planted() throws {
    var random = Philox(seed: 2)
    var found = (slower: 0, faster: 0, lowerRate: 0)
    for pair in 0..<200 {
      let (old, same, slow) = (times(1, &random), times(1, &random), times(1.1, &random))
      func rates(_ times: [Double]) -> [Double] { times.map { 1 / $0 } }
      if try verdict(old, slow) == .slower { found.slower += 1 }
      if try verdict(slow, old) == .faster { found.faster += 1 }
      if try verdict(rates(old), rates(slow), unit: "GFLOP/s") == .slower { found.lowerRate += 1 }
      #expect(try verdict(old, same) == .same, "pair \(pair)")
      #expect(try verdict(rates(old), rates(same), unit: "GB/s") == .same, "pair \(pair)")
    }
    #expect(found.slower >= 194 && found.faster >= 194 && found.lowerRate >= 194, "\(found)")
  }

  private let quiet = (0..<10).map { 1 + 0.001 * Double($0) }

  @Test("The threshold is what may be lost")
  func threshold() throws {
    let slow = quiet.map { 1.1 * $0 }
    #expect(try verdict(quiet, slow, threshold: 0.2) == .same)
    #expect(try verdict(quiet, slow, threshold: 0.08) == .slower)
    #expect(try verdict(quiet, quiet, threshold: 0) == .same)
  }

  @Test("Noise that leaves the best sample as it was is no slowdown")
  func bestSample() throws {
    // Nine of ten are slower by half, as beside another program.
    let disturbed = quiet.enumerated().map { $0 == 3 ? $1 : 1.5 * $1 }
    #expect(try verdict(quiet, disturbed) == .same)
    #expect(try verdict(disturbed, quiet) == .same)
  }

  @Test("What the machine's own peak has lost is not held against the code, nor its gain for it")
  func machine() throws {
    let slow = quiet.map { 1.1 * $0 }
    #expect(try verdict(quiet, slow, peaks: (100, 90)) == .same)
    #expect(try verdict(quiet, slow, peaks: (100, 99)) == .slower)
    // A faster machine hides nothing that the clock shows.
    #expect(try verdict(quiet, slow, peaks: (90, 100)) == .slower)
    #expect(try verdict(slow, quiet, peaks: (90, 100)) == .same)
    #expect(try verdict(slow, quiet, peaks: (100, 100)) == .faster)
  }

  @Test("Processors that have moved apart leave it unclear, in their direction alone")
  func roundTrips() throws {
    func verdict(_ scale: Double, _ before: Double?, _ after: Double?) throws -> Comparison.Verdict {
      let new = quiet.map { scale * $0 }
      return try Comparison(result(quiet, roundTrip: before), result(new, roundTrip: after), threshold: 0.05).verdict
    }
    #expect(try verdict(1.5, 50, 330) == .unclear && verdict(0.7, 330, 50) == .unclear)
    #expect(try verdict(1.5, 330, 50) == .slower && verdict(0.7, 50, 330) == .faster)
    #expect(
      try verdict(1.5, 50, 60) == .slower && verdict(1.5, nil, 330) == .slower && verdict(1.5, 50, nil) == .slower)
    #expect(try verdict(1, 50, 330) == .same)
  }

  @Test("Three samples of each can show nothing, four can")
  func fewSamples() throws {
    #expect(try verdict([1, 1, 1], [2, 2, 2]) == .unclear)
    #expect(try verdict([1, 1, 1, 1], [2, 2, 2, 2]) == .slower)
  }

  @Test("Medians, ratio and ends are told")
  func figures() throws {
    let comparison = try Comparison(result(quiet, peak: 80), result(quiet.map { 2 * $0 }, peak: 40), threshold: 0.05)
    #expect(comparison.old == 1.0045 && comparison.new == 2.009)
    #expect(abs(comparison.ratio - 2) < 1e-3 && comparison.bestRatio == 2 && comparison.machineRatio == 2)
    let (low, high) = (try #require(comparison.low), try #require(comparison.high))
    #expect(low < 2 && low > 1.98 && high > 2 && high < 2.02)
  }

  // MARK: The command

  private static let context = """
    {"machine":{"cpu":"Abacus"},"versions":{"nnblas":"1","swift":"6","openblas":"0.3"},"openblasCore":"Zen",
     "build":"release","threads":2,"simd":"avx2","data":null}
    """

  private func document(_ results: String, context: String = context, schema: Int = 2) -> [UInt8] {
    Array(
      "{\"schema\":\(schema),\"command\":\"gemm\",\"context\":\(context),\"warnings\":[],\"results\":[\(results)]}".utf8
    )
  }

  private func entry(_ name: String, _ scale: Double, unit: String = "us") -> String {
    let samples = (0..<10).map { scale * (1 + 0.001 * Double($0)) }
    return "{\"name\":\"\(name)\",\"unit\":\"\(unit)\",\"samples\":\(samples)}"
  }

  private func compare(_ old: [UInt8], _ new: [UInt8], _ flags: String...) throws -> Tool {
    try withTemporaryDirectory { folder in
      try Tool.run(arguments: ["compare", folder.write(old, to: "old"), folder.write(new, to: "new")] + flags)
    }
  }

  @Test("A slowdown ends with 2 and is named")
  func regression() throws {
    let old = document(entry("gemm", 10) + "," + entry("ger", 3) + "," + entry("old only", 1))
    let new = document(entry("gemm", 11) + "," + entry("ger", 3) + "," + entry("new only", 1))
    let result = try compare(old, new)
    #expect(result.status == 2)
    #expect(
      result.errors == "nnbench: of 2 results 1 is slower by more than 5 %: gemm (1.10 times as long)\n")
    #expect(result.output.contains("gemm    10.04  11.05  us    1.100  1.09"))
    #expect(result.output.contains("old: old only\n") && result.output.contains("new: new only\n"))
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 || $0.hasPrefix("Only in ") })
    // Within a wider threshold all is well.
    let allowed = try compare(old, new, "--threshold", "12%")
    #expect((allowed.status, allowed.errors) == (0, ""))
    #expect(allowed.output.hasSuffix("Of 2 results none is slower by more than 12 %.\n"))
  }

  @Test("Every difference of the conditions is told, and none where there is none")
  func conditions() throws {
    let other = Self.context.replacing("Abacus", with: "Pascaline").replacing("release", with: "debug")
    let result = try compare(document(entry("a", 1)), document(entry("a", 1), context: other))
    #expect(
      result.output.hasPrefix("Differs: processor: Abacus, now Pascaline\nDiffers: build: release, now debug\n\n"))
    #expect(try !compare(document(entry("a", 1)), document(entry("a", 1))).output.contains("Differs"))
  }

  @Test("With --json - standard output is one document")
  func json() throws {
    let result = try compare(document(entry("a", 1)), document(entry("a", 2)), "--json", "-")
    #expect(result.status == 2)
    let document = try result.document
    #expect(Set(document.keys) == ["schema", "command", "context", "warnings", "results"])
    let comparison = try #require(try result.results.first)
    #expect(
      Set(comparison.keys) == [
        "name", "unit", "old", "new", "ratio", "low", "high", "bestRatio", "machineRatio", "roundTripRatio", "verdict",
      ])
    #expect(comparison["verdict"] as? String == "slower")
  }

  @Test("What cannot be compared is 65, and says why")
  func damaged() throws {
    let good = document(entry("a", 1))
    let cases: [(new: [UInt8], text: String)] = [
      (Array("no JSON".utf8), "no JSON"), ([], "no JSON"),
      (Array(good.dropLast(3)), "no JSON"),
      (Array(repeating: UInt8(ascii: "["), count: 100_000), "no JSON"),
      (Array("{}".utf8), "no document of nnbench's --json: schema is missing"),
      (document(entry("a", 1), schema: 1), "its schema is 1, expected 2; measure again with this version"),
      (document(""), "nothing was timed in it; 'nnbench gemm' has no samples to compare"),
      (document("{\"name\":\"a\",\"unit\":\"us\"}"), "no document of nnbench's --json: results[0].samples is missing"),
      (
        document("{\"name\":\"a\",\"unit\":\"us\",\"samples\":[\"x\"]}"),
        "no document of nnbench's --json: results[0].samples[0] is of another kind"
      ),
      (
        document("{\"name\":\"a\",\"unit\":\"hours\",\"samples\":[1]}"),
        "no document of nnbench's --json: results[0].unit is not understood"
      ),
      (document("{\"name\":\"a\",\"unit\":\"us\",\"samples\":[]}"), "the samples of 'a' are not numbers above 0"),
      (document("{\"name\":\"a\",\"unit\":\"us\",\"samples\":[1,0]}"), "the samples of 'a' are not numbers above 0"),
      (document(entry("a", 1) + "," + entry("a", 1)), "'a' is there twice"),
      (document(entry("a", 1), context: "{}"), "no document of nnbench's --json: context.machine is missing"),
    ]
    for (new, text) in cases {
      let result = try compare(good, new)
      #expect(result.status == 65 && result.output == "", "\(text)")
      #expect(result.errors.hasSuffix("/new: \(text)\n"), "\(result.errors)")
    }
    #expect(try compare(good, document(entry("b", 1))).errors.contains("/new: has no result in common with "))
    let units = try compare(good, document(entry("a", 1, unit: "GB/s"))).errors
    #expect(units.contains("/new: 'a' is in GB/s, but in ") && units.hasSuffix(" in us\n"))
    #expect(try Tool.run("compare", "/nowhere", "/nowhere").errors == "nnbench: /nowhere: No such file or directory\n")
    #expect(try Tool.run("compare", "/dev/zero", "/dev/zero").errors == "nnbench: /dev/zero: not a regular file\n")
  }

  @Test("Two files are needed, no more, and a threshold that is a percentage")
  func usage() throws {
    for (arguments, text) in [
      ([], "<old> is missing: compare OLD.json NEW.json"), (["a"], "<new> is missing: compare OLD.json NEW.json"),
      (["a", "b", "c"], "unexpected argument 'c'"),
      (
        ["a", "b", "--threshold", "5"], "--threshold is '5', expected a percentage from 0% to 100%, such as 5%, or 0.05"
      ),
    ] {
      let result = try Tool.run(arguments: ["compare"] + arguments)
      #expect(result.status == 64 && result.errors.hasPrefix("nnbench: \(text)\n"), "\(result.errors)")
    }
  }

  @Test(
    "What another command wrote is compared, all of it",
    .enabled(if: isOptimizedBuild, "takes long when not optimized"))
  func written() throws {
    try withTemporaryDirectory { folder in
      let file = folder.path(of: "gemm.json")
      let measured = try Tool.run(
        "gemm", "--sizes", "5,3x4x2", "--seconds", "0.01", "--json", file)
      #expect(measured.status == 0, "\(measured.errors)")
      let result = try Tool.run("compare", file, file)
      #expect(result.status == 0)
      #expect(result.output.hasSuffix("Of 4 results none is slower by more than 5 %.\n"), "\(result.output)")
    }
  }
}
