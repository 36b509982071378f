/// The weights and biases of one dense layer, or their gradient: views on the network's one buffer.
public struct LayerParameters<S: Scalar>: Sendable, Equatable {
  /// Which layer this is, with its widths.
  public let name: LayerName
  /// (outputs × inputs): row j holds the weights of neuron j.
  public let weights: Matrix<S>
  /// (outputs): one for each neuron.
  public let biases: Vector<S>
}

/// Where the parameters of each layer lie in one flat buffer: layer after layer, weights row-major before biases.
struct ParameterLayout: Sendable, Equatable {
  /// The number of inputs, then of the neurons of each layer.
  let sizes: [Int]
  /// Where each layer's weights start.
  let offsets: [Int]
  /// The number of parameters in all.
  let count: Int

  /// - Throws: `ShapeError.sizes`, or `ShapeError.extent` and `.memory` for a network that no machine or this one can hold.
  init<S: Scalar>(sizes: [Int], scalar: S.Type, operation: String) throws(ShapeError) {
    guard sizes.count >= 2, sizes.allSatisfy({ $0 > 0 }) else { throw .sizes(operation: operation, sizes: sizes) }
    let bytes = MemoryLayout<S>.stride
    var (offsets, count) = ([Int](), 0)
    for (inputs, outputs) in zip(sizes, sizes.dropFirst()) {
      let weights = Shape.matrix(rows: outputs, columns: inputs)
      try ShapeRules.checkAllocation(
        weights, bytesPerElement: bytes, named: "the weight matrix of layer \(offsets.count + 1)", in: operation)
      offsets.append(count)
      // Neither product nor sum can overflow: each layer fits the machine's memory, and the sum is checked as it grows.
      count += outputs * inputs + outputs
      try ShapeRules.checkAllocation(
        .vector(count), bytesPerElement: bytes, named: "the buffer of all parameters", in: operation)
    }
    (self.sizes, self.offsets, self.count) = (sizes, offsets, count)
  }

  /// The number of layers with weights.
  var layerCount: Int { offsets.count }

  /// The name of a layer, counted from 0 here.
  func name(_ layer: Int) -> LayerName {
    LayerName(number: layer + 1, inputs: sizes[layer], outputs: sizes[layer + 1])
  }

  fileprivate func biasRange(_ layer: Int) -> Range<Int> {
    let start = offsets[layer] + sizes[layer] * sizes[layer + 1]
    return start..<start + sizes[layer + 1]
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

  /// Parameters that the caller sets before anybody reads them.
  init(uninitialized layout: ParameterLayout) {
    self.init(layout: layout, flat: Vector(uninitialized: layout.count))
  }

  /// A layer's slices as views.
  subscript(layer: Int) -> LayerParameters<S> {
    let name = layout.name(layer)
    return LayerParameters(
      name: name, weights: flat.matrix(at: layout.offsets[layer], rows: name.outputs, columns: name.inputs),
      biases: flat[layout.biasRange(layer)])
  }

  /// All layers' slices as views.
  var layers: [LayerParameters<S>] { (0..<layout.layerCount).map { self[$0] } }

  /// Writes a layer's weights (outputs × inputs) in place.
  mutating func withWeights(_ layer: Int, _ body: (inout Matrix<S>) throws(ShapeError) -> Void) throws(ShapeError) {
    try flat.withMutableMatrix(
      at: layout.offsets[layer], rows: layout.sizes[layer + 1], columns: layout.sizes[layer], body)
  }

  /// Writes a layer's biases (outputs) in place.
  mutating func withBiases(_ layer: Int, _ body: (inout Vector<S>) throws(ShapeError) -> Void) throws(ShapeError) {
    try flat.withMutableSlice(layout.biasRange(layer), body)
  }
}
