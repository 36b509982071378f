// How a network's layers are checked against one another, and its first parameters drawn.

extension Network {
  /// Sizes that a network can have on this machine, found out before anything is drawn.
  ///
  /// - Throws: As `init(sizes:initializer:seed:)`.
  package static func check(sizes: [Int]) throws(ShapeError) {
    try checkSizes(sizes)
    let layers = sizes.dropFirst().map { Dense($0) }
    _ = try ParameterLayout(
      layers, names: names(inputs: sizes[0], layers), scalar: S.self, operation: "Network"
    ) { $0.parameters(inputs: $1) }
  }

  static func checkSizes(_ sizes: [Int]) throws(ShapeError) {
    guard sizes.count >= 2, sizes.allSatisfy({ $0 > 0 }) else { throw .sizes(operation: "Network", sizes: sizes) }
  }

  /// What each layer makes of how many inputs.
  static func names(inputs: Int, _ layers: [any Layer]) throws(ShapeError) -> [LayerName] {
    guard inputs >= 1, !layers.isEmpty else {
      // The layers' own widths say nothing before the inputs are right.
      throw .sizes(operation: "Network", sizes: inputs < 1 ? [inputs, 1] : [inputs])
    }
    var (width, names) = (inputs, [LayerName]())
    for (index, layer) in layers.enumerated() {
      let outputs: Int
      do {
        outputs = try layer.outputs(inputs: width)
      } catch .sizes(let operation, _) {
        // The list so far, as it would be written.
        throw .sizes(operation: operation, sizes: [inputs] + layers[...index].compactMap { ($0 as? Dense)?.outputs })
      }
      guard outputs >= 1 else { throw .sizes(operation: "Network", sizes: [width, outputs]) }
      let name = LayerName(number: index + 1, kind: layer.name, inputs: width, outputs: outputs)
      let arrays = (layer.parameters(inputs: width) + layer.statistics(inputs: width)).map(\.name)
      guard Set(arrays).count == arrays.count else {
        throw .layerPlace(
          operation: "Network", layer: name, problem: "two of its arrays have one name, of \(arrays)",
          remedy: "give each a name of its own")
      }
      names.append(name)
      width = outputs
    }
    return names
  }

  /// Matrices and vectors that are the parameters of dense layers, one after another.
  static func check(
    _ weights: [Matrix<S>], _ biases: [Vector<S>], _ activations: [Activation]
  ) throws(ShapeError) {
    guard activations.count == weights.count else {
      throw .activationCount(operation: "Network", found: activations.count, expected: weights.count)
    }
    guard weights.count == biases.count else {
      throw .layerCounts(operation: "Network", weights: weights.count, biases: biases.count)
    }
    let names = weights.enumerated().map {
      LayerName(number: $0.offset + 1, inputs: $0.element.columns, outputs: $0.element.rows)
    }
    for (previous, layer) in zip(names, names.dropFirst()) where layer.inputs != previous.outputs {
      throw .layerSequence(operation: "Network", layer: layer, previous: previous)
    }
    for (index, name) in names.enumerated() where biases[index].count != name.outputs {
      throw .operand(
        operation: "Network", name: "biases[\(index)]", found: biases[index].shape,
        expected: .shape(.vector(name.outputs)), layer: name)
    }
    try checkSizes((names.first.map { [$0.inputs] } ?? []) + names.map(\.outputs))
  }

  /// Draws the parameters of every layer that draws them; each layer has its own stream of the seed.
  mutating func draw(_ initializer: Initializer, seed: UInt64) throws(ShapeError) {
    try checkMemory(of: initializer)
    let (layout, layers) = (storage.layout, architecture)
    storage.flat.withMutableElements { flat in
      for (index, layer) in layers.enumerated() {
        let (stream, name) = (Philox.Stream.initialParameters(layer: index), layout.names[index])
        let entries = layout.entries.filter { $0.layer == index }
        func elements(_ entry: ParameterLayout.Entry) -> UnsafeMutableBufferPointer<S> {
          UnsafeMutableBufferPointer(start: flat + entry.offset, count: entry.array.count)
        }
        if let dense = layer as? Dense {
          (dense.initializer ?? initializer).draw(
            weights: elements(entries[0]), biases: elements(entries[1]), inputs: name.inputs, outputs: name.outputs,
            stream: stream, seed: seed)
          continue
        }
        for (number, entry) in entries.enumerated() {
          // Arrays of a layer have streams of their own.
          let stream = Philox.Stream.initialParameters(layer: index, array: number)
          switch (entry.array.start, entry.array.shape) {
          case (.constant, _): break
          case (.normal(let deviation), _):
            var normal = NormalGenerator(Philox(seed: seed, stream: stream))
            for element in elements(entry).indices { flat[entry.offset + element] = S(deviation * normal.next()) }
          case (.byInitializer, .matrix(let rows, let columns)):
            initializer.draw(
              weights: elements(entry), biases: UnsafeMutableBufferPointer(start: nil, count: 0), inputs: columns,
              outputs: rows, stream: stream, seed: seed)
          case (.byInitializer, .vector(let count)):
            initializer.draw(
              weights: UnsafeMutableBufferPointer(start: nil, count: 0), biases: elements(entry), inputs: 1,
              outputs: count, stream: stream, seed: seed)
          }
        }
      }
    }
  }
}

extension Network {
  /// A factorization has its matrix in double precision, and LAPACKE a copy and as much to work in.
  private func checkMemory(of initializer: Initializer) throws(ShapeError) {
    for (layer, name) in zip(architecture, storage.layout.names) {
      guard let dense = layer as? Dense, (dense.initializer ?? initializer) == .orthogonal else { continue }
      try ShapeRules.checkMemory(
        4 * Double(MemoryLayout<Double>.stride) * Double(name.inputs) * Double(name.outputs),
        for: .matrix(rows: name.outputs, columns: name.inputs),
        named: "the factorization for the weights of layer \(name.number)", in: "Network",
        remedy: "use another initializer there")
    }
  }
}

extension Network {
  /// Whether a layer, counted from 0, keeps its parameters in training.
  public func isFrozen(_ layer: Int) -> Bool { frozen.contains(layer) }

  /// Whether a layer has parameters that it does not keep.
  package var learns: Bool { nodes.contains { !$0.parameters.isEmpty && !isFrozen($0.layer) } }

  /// Lets layers keep their parameters in training, or learn again.
  ///
  /// What has nothing to keep, as `Dropout`, does not change. A frozen `BatchNorm` computes with its running means and variances, and gathers nothing.
  ///
  /// - Parameters:
  ///   - layers: Which of `architecture`, counted from 0; others are none of this network's and ignored.
  ///   - isFrozen: Whether they keep their parameters.
  public mutating func freeze(_ layers: some Sequence<Int>, _ isFrozen: Bool = true) {
    for layer in layers where architecture.indices.contains(layer) {
      if isFrozen { frozen.insert(layer) } else { frozen.remove(layer) }
    }
  }

  /// The same network in another precision: every number rounded to it.
  ///
  /// - Parameter scalar: `Float.self` or `Double.self`.
  /// - Returns: The network.
  /// - Throws: `ShapeError.layerPlace` where a layer of a user's own has no computation in that scalar, `ShapeError.memory` where
  ///   the network does not fit the machine.
  public func converted<Other: Scalar>(to scalar: Other.Type) throws(ShapeError) -> Network<Other> {
    var network = try Network<Other>(inputs: inputs, layers: architecture)
    func convert(_ source: Parameters<S>, _ target: inout Parameters<Other>) {
      let count = source.layout.count
      target.flat.withMutableElements { target in
        source.flat.withElements { source in
          switch source {
          case let source as UnsafePointer<Float>: Other._convert(source, into: target, count)
          case let source as UnsafePointer<Double>: Other._convert(source, into: target, count)
          default: invariantBroken("a scalar that is neither Float nor Double")
          }
        }
      }
    }
    convert(storage, &network.storage)
    convert(statistics, &network.statistics)
    network.frozen = frozen
    return network
  }
}
