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
  public var trainingState: TrainingState<S> { trainingState(copied: CopyPool()) }

  /// The same, copied into memory of a pool's: who trains on need not copy what somebody else holds.
  func trainingState(copied pool: CopyPool<S>) -> TrainingState<S> {
    let network = network
    func copy(_ vector: Vector<S>) -> Vector<S> { vector.withElements { pool.copy($0, vector.count) } }
    func copy(_ storage: Storage<S>) -> Vector<S> { pool.copy(storage.pointer, storage.count) }
    let (layout, places) = (network.storage.layout, network.modulePlaces)
    var arrays: [TrainingState<S>.Array] = []
    func add(_ prefix: String, _ layout: ParameterLayout, _ flat: Vector<S>) {
      arrays += TrainingState.arrays(prefix, layout, flat, places)
    }
    add("parameters", layout, copy(network.storage.flat))
    add("gathered", network.statistics.layout, copy(network.statistics.flat))
    for (name, moment) in zip(optimizer.stateNames, state.moments) {
      add("optimizer.\(name)", layout, copy(moment))
    }
    if let average = state.average { add("average", layout, copy(average)) }
    if groupBatches > 0, let gradient = resumed?.gradient ?? engine?.gradient {
      add("gradient", layout, copy(gradient))
    }
    return TrainingState(
      arrays: arrays,
      scalars: [
        "updates": Double(state.updates), "epochs": Double(completedEpochs), "steps": Double(stepsInEpoch),
        "batches": Double(batches), "batchesOfUpdate": Double(groupBatches), "learningRateFactor": learningRateFactor,
      ])
  }
}

extension TrainingState {
  /// `optimizer.mean.0.weight`.
  static func name(_ prefix: String, _ entry: ParameterLayout.Entry, _ places: [Int]) -> String {
    "\(prefix).\(places[entry.layer]).\(entry.array.name)"
  }

  /// The arrays of a flat buffer, as views.
  static func arrays(
    _ prefix: String, _ layout: ParameterLayout, _ flat: Vector<S>, _ places: [Int]
  ) -> [TrainingState<S>.Array] {
    layout.entries.map { entry in
      TrainingState.Array(
        name: name(prefix, entry, places), shape: entry.array.shape.extents, elements: flat[entry.range])
    }
  }
}
