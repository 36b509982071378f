import Foundation

/// A network with what its predictions need besides: how inputs are standardized, and what the answers mean.
///
/// Its file is in the safetensors format, with the names and the layout that a `torch.nn.Sequential` of the same layers loads:
/// `0.weight`, `0.bias`, and so on, an activation counting as a module of its own. What the arrays do not say, the layers and all that
/// is here, is JSON in the file's metadata, under `nnblas`. A saved model predicts the same bits.
public struct Model<S: Scalar>: Sendable, Equatable {
  /// The network.
  public var network: Network<S>
  /// The cost that it was trained with, or nil where that is not known or of a user's own.
  public var cost: Cost?
  /// What is done with inputs first.
  public var inputStandardizer: Standardizer?
  /// What was done with the targets that it was trained on: answers are restored by it.
  public var targetStandardizer: Standardizer?
  /// What the inputs are called.
  public var inputNames: [String]?
  /// What the classes are called, in the order of the outputs; of two classes where there is one output.
  public var classNames: [String]?
  /// What the outputs are called, where they are numbers.
  public var targetNames: [String]?
  /// What the targets were that it was trained on, or nil where that is not known.
  public var task: ModelTask?

  /// A model of a network.
  public init(
    _ network: Network<S>, cost: Cost? = nil, inputStandardizer: Standardizer? = nil,
    targetStandardizer: Standardizer? = nil, inputNames: [String]? = nil, classNames: [String]? = nil,
    targetNames: [String]? = nil, task: ModelTask? = nil
  ) {
    (self.network, self.cost, self.inputStandardizer) = (network, cost, inputStandardizer)
    (self.targetStandardizer, self.inputNames, self.classNames) = (targetStandardizer, inputNames, classNames)
    (self.targetNames, self.task) = (targetNames, task)
  }

  /// The same model in another precision; see `Network.converted(to:)`.
  ///
  /// - Parameter scalar: The precision.
  /// - Returns: The model.
  /// - Throws: As `Network.converted(to:)`.
  public func converted<Other: Scalar>(to scalar: Other.Type) throws(ShapeError) -> Model<Other> {
    Model<Other>(
      try network.converted(to: scalar), cost: cost, inputStandardizer: inputStandardizer,
      targetStandardizer: targetStandardizer, inputNames: inputNames, classNames: classNames, targetNames: targetNames,
      task: task)
  }

  /// Answers to a batch: of standardized inputs, restored where targets were standardized.
  ///
  /// - Parameter batch: One example a row (examples × inputs), as data come, not standardized; in either precision, rounded to the
  ///   network's behind the standardizer.
  /// - Returns: An answer a row (examples × outputs).
  /// - Throws: `ShapeError` and `DataError` where the batch does not fit.
  public func predict<Input: Scalar>(batch: Matrix<Input>) throws -> Matrix<S> {
    try predict(batch: batch, as: S.self)
  }

  /// The same in another precision than the network's: in `Double`, what is small beside the targets' mean is not lost.
  ///
  /// - Parameters:
  ///   - batch: As for `predict(batch:)`.
  ///   - scalar: The precision of the answers.
  /// - Returns: An answer a row (examples × outputs).
  /// - Throws: As `predict(batch:)`.
  public func predict<Input: Scalar, Output: Scalar>(
    batch: Matrix<Input>, as scalar: Output.Type
  ) throws -> Matrix<Output> {
    let inputs =
      if let inputStandardizer {
        try inputStandardizer.standardized(batch, as: S.self)
      } else {
        try (batch as? Matrix<S>) ?? Self.rounded(batch)
      }
    let answers = try network.predict(batch: inputs)
    if let targetStandardizer { return try targetStandardizer.restored(answers, as: scalar) }
    return try NativeMatrix(answers).converted(to: scalar, in: "predict")
  }

  /// - Throws: `DataError.notFinite` for a number that is beyond the precision.
  private static func rounded<Input: Scalar>(_ batch: Matrix<Input>) throws(DataError) -> Matrix<S> {
    let matrix = try NativeMatrix(batch).converted(to: S.self, in: "predict")
    try Dataset.checkFinite("the batch in \(S.precision)", matrix)
    return matrix
  }

  /// Writes the model's file, whole or not at all.
  ///
  /// - Parameter path: The file's path; `.safetensors` is what others expect at its end.
  /// - Throws: `ModelFileError.unwritable` when the folder is missing or not writable, a number is not finite,
  ///   standardizers or names do not fit the network, or the cost's parameter is out of its range.
  public func save(to path: String) throws(ModelFileError) {
    if let (field, found, expected) = misfit {
      throw .unwritable(file: path, reason: "\(field) is of \(found), expected \(expected), as in the network")
    }
    if let cost, !cost.isValid {
      throw .unwritable(file: path, reason: "the parameter of the cost \(cost) is out of its range")
    }
    let output = try OutputFile(path)
    for numbers in [network.storage.flat, network.statistics.flat] {
      if let index = numbers.withElements({ S._firstNonFinite($0, numbers.count) }) {
        throw .unwritable(file: path, reason: "a number of the network is \(shown(numbers[index]))")
      }
    }
    let description = ModelDescription(self)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let json = try? encoder.encode(description) else {
      throw .unwritable(file: path, reason: "a number of its settings is not finite")
    }
    var file = SafetensorsFile(metadata: ["format": "pt", "nnblas": String(decoding: json, as: UTF8.self)])
    for (layer, place) in network.modulePlaces.enumerated() {
      for (layout, flat) in [
        (network.storage.layout, network.storage.flat), (network.statistics.layout, network.statistics.flat),
      ] {
        for entry in layout.entries where entry.layer == layer {
          file.append("\(place).\(entry.array.name)", shape: entry.array.shape.extents, flat[entry.range])
        }
      }
      // PyTorch counts batches for a momentum that it is not given here.
      if network.architecture[layer] is BatchNorm { file.append("\(place).num_batches_tracked", 0) }
    }
    try output.write(file.encoded())
  }
}

/// What a model is for.
public enum ModelTask: String, Sendable, Codable {
  /// To name one of several classes.
  case classification
  /// To come close to numbers.
  case regression
}

extension Network {
  /// Writes the network in the safetensors format; see `Model`.
  ///
  /// - Parameter path: The file's path.
  /// - Throws: As `Model.save(to:)`.
  public func save(to path: String) throws(ModelFileError) { try Model(self).save(to: path) }

  /// Reads a network in the safetensors format that was saved here; see `Model`.
  ///
  /// - Parameter path: The file's path.
  /// - Throws: As `Model.init(contentsOf:)`.
  public init(contentsOf path: String) throws(ModelFileError) { self = try Model(contentsOf: path).network }

  /// The number of each layer's module in a `torch.nn.Sequential`.
  var modulePlaces: [Int] {
    var next = 0
    return architecture.map { layer in
      defer { next += LayerRecord.modules(layer) }
      return next
    }
  }
}
