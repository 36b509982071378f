/// The weights and biases of one dense layer, or their gradient: views on the network's one buffer.
public struct LayerParameters<S: Scalar>: Sendable, Equatable {
  /// Which layer this is, with its widths.
  public let name: LayerName
  /// (outputs × inputs): row j holds the weights of neuron j.
  public let weights: Matrix<S>
  /// (outputs): one for each neuron.
  public let biases: Vector<S>
}

/// Where the arrays of each layer lie in one flat buffer, one after another without gaps: a network's parameters, or what its
/// layers gather.
struct ParameterLayout: Sendable, Equatable {
  /// One array of a layer.
  struct Entry: Sendable, Equatable {
    /// The layer that it belongs to, counted from 0.
    let layer: Int
    let array: LayerArray
    /// Where it starts.
    let offset: Int

    var range: Range<Int> { offset..<offset + array.count }
  }

  let entries: [Entry]
  /// What each layer makes of how many inputs.
  let names: [LayerName]
  /// The number of elements in all.
  let count: Int

  /// - Parameters:
  ///   - layers: The layers.
  ///   - names: What each of them makes of how many inputs.
  ///   - scalar: Of the elements.
  ///   - operation: What is asked for, for errors.
  ///   - arrays: Which arrays of a layer.
  /// - Throws: `ShapeError.extent` and `.memory` for arrays that no machine or this one can hold.
  init<S: Scalar>(
    _ layers: [any Layer], names: [LayerName], scalar: S.Type, operation: String,
    arrays: (any Layer, Int) -> [LayerArray]
  ) throws(ShapeError) {
    let bytes = MemoryLayout<S>.stride
    var (entries, count) = ([Entry](), 0)
    for (index, layer) in layers.enumerated() {
      for array in arrays(layer, names[index].inputs) {
        // `the weight matrix of layer 1`
        let kind = if case .matrix = array.shape { " matrix" } else { "" }
        try ShapeRules.checkAllocation(
          array.shape, bytesPerElement: bytes, named: "the \(array.name)\(kind) of layer \(index + 1)", in: operation)
        entries.append(Entry(layer: index, array: array, offset: count))
        // Neither product nor sum can overflow: each array fits the machine's memory, and the sum is checked as it grows.
        count += array.count
        try ShapeRules.checkAllocation(
          .vector(count), bytesPerElement: bytes, named: "the buffer of all parameters", in: operation)
      }
    }
    (self.entries, self.names, self.count) = (entries, names, count)
  }

  /// Where the elements of a layer lie.
  func range(of layer: Int) -> Range<Int> {
    guard let first = entries.first(where: { $0.layer == layer }), let last = entries.last(where: { $0.layer == layer })
    else { return 0..<0 }
    return first.offset..<last.range.upperBound
  }
}

/// One flat buffer that the layers own slices of: a network's parameters, or their gradient.
struct Parameters<S: Scalar>: Sendable, Equatable {
  let layout: ParameterLayout
  /// All parameters in the layout's order.
  var flat: Vector<S>

  init(layout: ParameterLayout, flat: Vector<S>) {
    (self.layout, self.flat) = (layout, flat)
  }

  /// Elements that are what the layers start with; of those that are drawn, some that the caller sets before anybody reads them.
  init(starting layout: ParameterLayout) {
    self.init(layout: layout, flat: Vector(uninitialized: layout.count))
    flat.withMutableElements { flat in
      for entry in layout.entries {
        guard case .constant(let value) = entry.array.start else { continue }
        S._fill(flat + entry.offset, S(value), entry.array.count)
      }
    }
  }

  /// The weights and biases of the dense layers, which are these, as views.
  func layers(_ dense: [Int]) -> [LayerParameters<S>] {
    dense.map { layer in
      let (name, start) = (layout.names[layer], layout.range(of: layer).lowerBound)
      let weights = name.outputs * name.inputs
      return LayerParameters(
        name: name, weights: flat.matrix(at: start, rows: name.outputs, columns: name.inputs),
        biases: flat[start + weights..<start + weights + name.outputs])
    }
  }

  /// Writes an entry's elements.
  mutating func set(_ entry: ParameterLayout.Entry, to source: some Elements<S>) {
    flat.withMutableElements { flat in
      source.withElements { (flat + entry.offset).update(from: $0, count: entry.array.count) }
    }
  }
}

extension Network {
  /// Lends out the parameters, and what layers have gathered, to be written in place.
  @inline(__always)
  mutating func withMutableNumbers<R>(
    _ body: (_ parameters: UnsafeMutablePointer<S>, _ statistics: UnsafeMutablePointer<S>) -> R
  ) -> R {
    let parameters = storage.flat.withMutableElements { $0 }
    let statistics = statistics.flat.withMutableElements { $0 }
    return withExtendedLifetime(self) { body(parameters, statistics) }
  }
}
