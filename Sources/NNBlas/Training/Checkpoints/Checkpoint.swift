import Foundation

/// All that a run needs to go on elsewhere to the same bits, and what it has to fit.
///
/// Its file is in the safetensors format: the trainer's arrays by name, all else as JSON in the metadata under `nnblas.checkpoint`, and
/// last `nnblas.checksum`, the CRC-32 of every byte before it.
struct Checkpoint<S: Scalar>: Sendable {
  var record: Record
  var arrays: [TrainingState<S>.Array]
  /// The reports of the call under way.
  var reports: [TrainingReport]

  /// What is no array.
  struct Record: Codable, Sendable {
    /// Of this format.
    var version = 1
    var precision = S.precision
    /// The run's own settings by name, in words.
    let settings: [Setting]
    /// How a step ends, and how many of them make a block.
    let plan: PlanKind
    let call: TrainingCall
    let environment: NumericalEnvironment
    /// `TrainingState.scalars`.
    let scalars: [String: Double]
    let epochTally: Tally
    let course: Course<S>.Record
    let hasBest: Bool
    /// Where steps look ahead: the block under way, and how many of its examples have been seen.
    let block: BlockPlace?
    let notes: [String: String]
  }

  struct Setting: Codable, Sendable, Equatable {
    let name: String
    let value: String
  }

  struct PlanKind: Codable, Sendable, Equatable {
    let ending: Plan.Ending
    let lookahead: Int
  }

  struct BlockPlace: Codable, Sendable {
    let steps: Range<Int>
    let row: Int
  }
}

// MARK: - The file

private let metadataKey = "nnblas.checkpoint"
private let checksumName = "nnblas.checksum"
private let reportsName = "course.reports"

extension Checkpoint {
  /// Writes the file, array after array.
  ///
  /// - Parameter path: The file's path, where it replaces another one when it is whole and on the disk.
  /// - Returns: How many bytes it has.
  /// - Throws: `CheckpointError.unwritable`.
  @discardableResult
  func write(to path: String) throws(CheckpointError) -> Int {
    do {
      var successor = try FileSuccessor(of: path, at: SystemFile.folder(of: path) + "/.checkpoint.partial")
      var (sum, count) = (CRC32(), 0)
      func write(_ bytes: UnsafeRawBufferPointer) throws(POSIXError) {
        sum.add(bytes)
        count += bytes.count
        try successor.write(bytes)
      }
      let header = try header()
      try header.withUnsafeBytes(write)
      for array in arrays {
        let result = array.elements.withElements { elements in
          Result {
            try write(UnsafeRawBufferPointer(start: elements, count: array.elements.count * MemoryLayout<S>.stride))
          }
        }
        try result.get()
      }
      try reports.flatMap(\.numbers).withUnsafeBytes(write)
      try withUnsafeBytes(of: sum.value.littleEndian, write)
      try successor.putInPlace()
      return count
    } catch let error as POSIXError {
      throw .unwritable(file: path, reason: error.reason)
    } catch let CheckpointError.unwritable(_, reason) {
      throw .unwritable(file: path, reason: reason)
    } catch {
      throw .unwritable(file: path, reason: "\(error)")
    }
  }

  private func header() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .checkpoints
    var file = SafetensorsFile(metadata: [metadataKey: String(decoding: try encoder.encode(record), as: UTF8.self)])
    for array in arrays { file.announce(array.name, SafetensorsFile.type(of: S.self), array.shape) }
    file.announce(reportsName, .f64, [reports.count, TrainingReport.width])
    file.announce(checksumName, .i32, [])
    let header = file.header()
    // Nobody could read it.
    guard header.count - 8 <= SafetensorsFile.longestHeader else {
      throw CheckpointError.unwritable(
        file: metadataKey,
        reason: "\(header.count - 8) bytes of names and notes, expected at most \(SafetensorsFile.longestHeader)")
    }
    return header
  }

  /// Reads a file that is whole.
  ///
  /// - Parameter path: The file's path.
  /// - Throws: `CheckpointError.unreadable`; `.damaged` for a file that is not as it was written, or is no checkpoint; `.misfit` for one in
  ///   another precision.
  init(contentsOf path: String) throws(CheckpointError) {
    func damaged(_ reason: String) -> CheckpointError { .damaged(file: path, reason: reason) }
    let data: Data
    do { data = try ModelFile.bytes(of: path) } catch {
      guard case .unreadable(_, let reason) = error else { throw damaged("\(error)") }
      throw .unreadable(file: path, reason: reason)
    }
    let size = MemoryLayout<UInt32>.size
    guard data.count > size else { throw damaged("\(counted(data.count, "byte"))") }
    var sum = CRC32()
    data.dropLast(size).withUnsafeBytes { sum.add($0) }
    let expected = data.suffix(size).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard sum.value == expected else { throw damaged("its checksum is another one: it is cut short, or was changed") }
    do {
      let file = try SafetensorsFile(data, named: path)
      guard file.tensors.last?.name == checksumName, let json = file.metadata[metadataKey] else {
        throw damaged("it is no checkpoint")
      }
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .checkpoints
      let kind = try decoder.decode(CheckpointKind.self, from: Data(json.utf8))
      guard kind.version == 1 else {
        throw CheckpointError.misfit(
          file: path, name: "the version of checkpoints", found: "1", expected: "\(kind.version)")
      }
      guard kind.precision == S.precision else {
        throw CheckpointError.misfit(
          file: path, name: "the precision", found: S.precision.rawValue, expected: kind.precision.rawValue)
      }
      record = try decoder.decode(Record.self, from: Data(json.utf8))
      let (others, last) = (file.tensors.dropLast(2), file.tensors.dropLast().last)
      guard let last, last.name == reportsName, last.shape.count == 2, last.shape[1] == TrainingReport.width else {
        throw damaged("it has no reports")
      }
      arrays = try others.map {
        TrainingState.Array(name: $0.name, shape: $0.shape, elements: try file.numbers(of: $0, as: S.self))
      }
      let numbers = try file.numbers(of: last, as: Double.self).elements
      reports = stride(from: 0, to: numbers.count, by: TrainingReport.width).compactMap {
        TrainingReport(numbers: numbers[$0..<$0 + TrainingReport.width])
      }
      guard reports.count == last.shape[0] else { throw damaged("a report in it is none") }
    } catch let error as CheckpointError {
      throw error
    } catch ModelFileError.shape(_, let error) where error.isOfMemory {
      throw CheckpointError.unreadable(file: path, reason: "\(error)")
    } catch {
      throw damaged("\(error)")
    }
  }
}

/// What is read first, to say what is another version's or precision's.
private struct CheckpointKind: Decodable {
  let version: Int
  let precision: Precision
}

extension JSONEncoder.NonConformingFloatEncodingStrategy {
  fileprivate static var checkpoints: Self {
    .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }
}

extension JSONDecoder.NonConformingFloatDecodingStrategy {
  fileprivate static var checkpoints: Self {
    .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }
}
