/// All that a trainer knows between two steps, as named arrays and numbers: what a run needs to go on elsewhere.
///
/// Names of arrays are those of a model's file behind what they are: `parameters.0.weight`, `gathered.2.running_mean`,
/// `optimizer.mean.0.weight`, `average.0.weight`, and, where gradients are added up, `gradient.0.weight`.
public struct TrainingState<S: Scalar>: Sendable, Equatable {
  /// One array.
  public struct Array: Sendable, Equatable {
    /// What it is, and where.
    public let name: String
    /// Its extents, outermost first.
    public let shape: [Int]
    /// Its elements, row after row.
    public let elements: Vector<S>
  }

  /// All arrays, each of the network's layers in order.
  public let arrays: [Array]
  /// Whole numbers but for the last: `updates`, `epochs`, `steps` of the epoch under way, `batches` of all epochs, `batchesOfUpdate`, and
  /// `learningRateFactor`.
  public let scalars: [String: Double]

  /// The array of a name.
  public subscript(name: String) -> Array? { arrays.first { $0.name == name } }
}

extension Trainer {
  /// All that the trainer knows, copied.
  public var trainingState: TrainingState<S> {
    let network = network
    var arrays: [TrainingState<S>.Array] = []
    func add(_ prefix: String, _ layout: ParameterLayout, _ flat: Vector<S>) {
      let places = network.modulePlaces
      for entry in layout.entries {
        arrays.append(
          TrainingState.Array(
            name: "\(prefix).\(places[entry.layer]).\(entry.array.name)", shape: entry.array.shape.extents,
            elements: flat[entry.range]))
      }
    }
    func vector(_ storage: Storage<S>) -> Vector<S> {
      var vector = Vector<S>(uninitialized: storage.count)
      vector.withMutableElements { $0.update(from: storage.pointer, count: storage.count) }
      return vector
    }
    let layout = network.storage.layout
    add("parameters", layout, network.storage.flat)
    add("gathered", network.statistics.layout, network.statistics.flat)
    for (name, moment) in zip(optimizer.stateNames, state.moments) { add("optimizer.\(name)", layout, vector(moment)) }
    if let average = state.average { add("average", layout, vector(average)) }
    if groupBatches > 0, let gradient = engine?.gradient { add("gradient", layout, gradient) }
    return TrainingState(
      arrays: arrays,
      scalars: [
        "updates": Double(state.updates), "epochs": Double(completedEpochs), "steps": Double(stepsInEpoch),
        "batches": Double(batches), "batchesOfUpdate": Double(groupBatches), "learningRateFactor": learningRateFactor,
      ])
  }
}
