import Foundation

/// What a model's file says besides its arrays.
struct ModelDescription: Codable {
  /// Of this description.
  let version: Int
  let inputs: Int
  let layers: [LayerRecord]
  let frozen: [Int]
  let cost: String?
  let inputStandardizer: Standardizer?
  let targetStandardizer: Standardizer?
  let inputNames: [String]?
  let classNames: [String]?
  let targetNames: [String]?
  let task: ModelTask?

  init<S: Scalar>(_ model: Model<S>) {
    version = 1
    inputs = model.network.inputs
    layers = model.network.architecture.map { LayerRecord($0) }
    frozen = model.network.frozen.sorted()
    // One of a user's own no file can describe, whatever its name.
    if case .custom = model.cost { cost = nil } else { cost = model.cost?.description }
    (inputStandardizer, targetStandardizer) = (model.inputStandardizer, model.targetStandardizer)
    (inputNames, classNames) = (model.inputNames, model.classNames)
    (targetNames, task) = (model.targetNames, model.task)
  }
}

extension Model {
  /// Reads a model that was saved here.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - layers: The network's, for a model with layers or activations of your own, which no file can describe; nil for those that the
  ///     file says.
  /// - Throws: `ModelFileError` that names the file, the place in it, what was found and what was expected.
  public init(contentsOf path: String, layers: [any Layer]? = nil) throws(ModelFileError) {
    let name = (path as NSString).lastPathComponent
    let file = try SafetensorsFile(contentsOf: path)
    guard let text = file.metadata["nnblas"] else {
      throw .field(
        file: name, field: "the metadata", found: "without nnblas",
        expected: "a file that NNBlas saved; of another one, give inputs and layers")
    }
    let description: ModelDescription
    do {
      description = try JSONDecoder().decode(ModelDescription.self, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw ModelFile.malformed(error, file: name, expected: "what this version of NNBlas writes")
    } catch {
      throw .malformed(file: name, place: "nnblas", reason: "\(error)")
    }
    guard description.version == 1 else {
      throw .field(
        file: name, field: "version of nnblas", found: "\(description.version)",
        expected: "1; read it with a newer NNBlas")
    }
    let own = layers
    let layers = if let own { own } else { try Self.layers(of: description, file: name) }
    try Self.check(layers, against: description, file: name)
    network = try Network(inputs: description.inputs, layers: layers, from: file, named: name)
    network.freeze(description.frozen)
    cost = try Self.cost(of: description, file: name)
    (inputStandardizer, targetStandardizer) = (description.inputStandardizer, description.targetStandardizer)
    (inputNames, classNames) = (description.inputNames, description.classNames)
    (targetNames, task) = (description.targetNames, description.task)
    if let (field, found, expected) = misfit {
      throw .field(file: name, field: field, found: "of \(found)", expected: "\(expected), as in the network")
    }
  }

  /// Layers that are given are those that the file describes.
  private static func check(
    _ layers: [any Layer], against description: ModelDescription, file: String
  ) throws(ModelFileError) {
    guard layers.count == description.layers.count else {
      throw .field(
        file: file, field: "layers", found: "\(description.layers.count) of them",
        expected: "the \(layers.count) that are given")
    }
    for (index, (layer, record)) in zip(layers, description.layers).enumerated()
    where LayerRecord(layer).drawn != record.drawn {
      throw .field(
        file: file, field: "layer \(index + 1)", found: record.text,
        expected: "the one that is given, \(LayerRecord(layer).text)")
    }
  }

  private static func layers(of description: ModelDescription, file: String) throws(ModelFileError) -> [any Layer] {
    var layers: [any Layer] = []
    for (index, record) in description.layers.enumerated() {
      guard let layer = record.layer else {
        throw .field(
          file: file, field: "layer \(index + 1)",
          found: record.kind == .custom ? "\(record.name ?? "a layer") of a program's own" : "without its settings",
          expected: record.kind == .custom ? "layers: with it" : "those of \(record.kind.rawValue)")
      }
      layers.append(layer)
    }
    return layers
  }

  private static func cost(of description: ModelDescription, file: String) throws(ModelFileError) -> Cost? {
    guard let text = description.cost else { return nil }
    guard let cost = Cost(text) else {
      throw .field(
        file: file, field: "cost", found: "\"\(text)\"",
        expected: "one of \(Cost.allCases.map(\.description).joined(separator: ", "))")
    }
    return cost
  }

  /// The first of what is said of inputs and outputs that does not fit the network.
  var misfit: (field: String, found: Int, expected: Int)? {
    let parts = [
      ("inputStandardizer", inputStandardizer?.means.count, network.inputs),
      ("targetStandardizer", targetStandardizer?.means.count, network.outputs),
      ("inputNames", inputNames?.count, network.inputs), ("classNames", classNames?.count, max(network.outputs, 2)),
      ("targetNames", targetNames?.count, network.outputs),
    ]
    for case (let field, let found?, let expected) in parts where found != expected { return (field, found, expected) }
    return nil
  }
}

extension Network {
  /// Reads a network of given layers from a file in the safetensors format with the names of a `torch.nn.Sequential` of such layers, who
  /// ever wrote it.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - inputs: The number of inputs.
  ///   - layers: The layers in the order in which data pass them.
  /// - Throws: `ModelFileError` that names the file, the place in it, what was found and what was expected.
  public init(contentsOf path: String, inputs: Int, layers: [any Layer]) throws(ModelFileError) {
    try self.init(
      inputs: inputs, layers: layers, from: SafetensorsFile(contentsOf: path),
      named: (path as NSString).lastPathComponent)
  }

  fileprivate init(
    inputs: Int, layers: [any Layer], from file: SafetensorsFile, named name: String
  ) throws(ModelFileError) {
    do throws(ShapeError) { try self.init(inputs: inputs, layers: layers) } catch { throw .shape(file: name, error) }
    var known: Set<String> = []
    let places = modulePlaces
    func read(_ parameters: inout Parameters<S>) throws(ModelFileError) {
      for entry in parameters.layout.entries {
        let array = "\(places[entry.layer]).\(entry.array.name)"
        known.insert(array)
        guard let tensor = file[array] else {
          throw .field(
            file: name, field: array, found: "missing",
            expected: "\(entry.array.shape) for \(parameters.layout.names[entry.layer])")
        }
        guard tensor.shape == entry.array.shape.extents else {
          throw .field(
            file: name, field: "shape of \(array)", found: "\(tensor.shape)",
            expected: "\(entry.array.shape.extents) for \(parameters.layout.names[entry.layer])")
        }
        let numbers = try file.numbers(of: tensor, as: S.self)
        if let index = numbers.withElements({ S._firstNonFinite($0, numbers.count) }) {
          throw .field(
            file: name, field: "element \(index) of \(array)", found: shown(numbers[index]), expected: "a finite number"
          )
        }
        parameters.set(entry, to: numbers)
      }
    }
    try read(&storage)
    try read(&statistics)
    if let other = file.tensors.first(where: { !known.contains($0.name) && !$0.name.hasSuffix(".num_batches_tracked") })
    {
      throw .field(
        file: name, field: other.name, found: "an array of no layer", expected: "those of \(self)")
    }
  }
}

/// The precision of a model's arrays, so that it can be read as `Float` or `Double`.
///
/// - Parameter path: The file's path.
/// - Returns: The precision.
/// - Throws: As `SafetensorsFile.init(contentsOf:)`; `ModelFileError.field` where arrays are of both, or of neither.
public func modelPrecision(of path: String) throws(ModelFileError) -> Precision {
  let types = Set(try SafetensorsFile(contentsOf: path).tensors.map(\.type))
  switch (types.contains(.f32), types.contains(.f64)) {
  case (true, false): return .f32
  case (false, true): return .f64
  default:
    throw .field(
      file: (path as NSString).lastPathComponent, field: "the arrays", found: "of \(types.map(\.rawValue).sorted())",
      expected: "F32, or F64")
  }
}
