import NNBlas

/// Reads a model from either kind of file: `.safetensors`, or the book's JSON, which does not say whether networks name classes: those with
/// several outputs do.
///
/// - Parameters:
///   - path: The file's path.
///   - scalar: The precision that it is to have, whatever the file has.
/// - Returns: The model.
/// - Throws: `ModelFileError` for a file that cannot be used.
func savedModel<S: Scalar>(_ path: String, as scalar: S.Type) throws -> Model<S> {
  guard isModelFile(path) else {
    let file = try BookFile<S>(contentsOf: path)
    return Model(file.network, cost: file.cost, task: file.network.outputs > 1 ? .classification : nil)
  }
  return switch try modelPrecision(of: path) {
  case S.precision: try Model(contentsOf: path)
  case .f32: try Model<Float>(contentsOf: path).converted(to: scalar)
  case .f64: try Model<Double>(contentsOf: path).converted(to: scalar)
  }
}

/// The precision of a model in either kind of file; the book's is double.
func savedPrecision(of path: String) throws -> Precision { isModelFile(path) ? try modelPrecision(of: path) : .f64 }

/// Whether a file is a model's, and not the book's.
func isModelFile(_ path: String) -> Bool { path.lowercased().hasSuffix(".safetensors") }

extension DataSettings.Known {
  /// What a model knows of the data that it is for.
  init<S: Scalar>(_ model: Model<S>) {
    self.init(
      inputs: model.network.inputs, outputs: model.network.outputs, inputNames: model.inputNames,
      classNames: model.classNames, targetNames: model.targetNames, cost: model.cost ?? .quadratic,
      hasNumberedClasses: true)
  }
}
