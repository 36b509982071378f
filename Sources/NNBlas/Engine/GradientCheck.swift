/// What comparing a network's gradient with central differences came to; see `Network.gradientCheck`.
public struct GradientCheck: Sendable, Equatable {
  /// A parameter, by layer and index.
  public struct Place: Sendable, Equatable, CustomStringConvertible {
    /// The layer.
    public let layer: LayerName
    /// The layer's array: `weight`.
    public let array: String
    /// The number of the element in it, counted from 0, row after row.
    public let index: Int
    /// Row and column in it, or the element alone.
    let position: [Int]

    /// `layer 1, Dense 2 → 1: weight[0, 1]`.
    public var description: String { "\(layer): \(array)[\(position.map(String.init).joined(separator: ", "))]" }
  }

  /// ‖a − n‖ / ‖a + n‖ for the gradient a and the differences n of all parameters that were looked at, or 0 where both are 0.
  public let distance: Double
  /// The parameter whose derivative differs most from its difference.
  public let worst: Place
  /// The derivative there as the network computes it.
  public let derivative: Double
  /// The same by differences.
  public let difference: Double
  /// The number of parameters that were looked at.
  public let count: Int
}

extension GradientCheck: CustomStringConvertible {
  /// `3.1e-11 from central differences over 17 parameters; worst layer 1, Dense 2 → 1: weight[0, 1], 0.25 and 0.25`.
  public var description: String {
    "\(significant(distance)) from central differences over \(counted(count, "parameter")); "
      + "worst \(worst), \(derivative) and \(difference)"
  }
}

extension Network where S == Double {
  /// Compares the gradient of a batch's mean cost with central differences of that cost, for every layer, activation and cost, one of
  /// your own included.
  ///
  /// Right gradients have a distance of 1e-8 and less. Where a unit has no derivative, as the rectified linear one at 0, differences
  /// say nothing: batches should keep away from there. What layers draw at random is the same throughout.
  ///
  /// The differences are of fourth order, (8 (c(w + h) − c(w − h)) − (c(w + 2h) − c(w − 2h))) / 12 h with h = 1e-3: what they leave out
  /// is of order h⁴ = 1e-12, and rounding, relative to a cost of order 1, 1e-16 / h = 1e-13.
  ///
  /// - Parameters:
  ///   - batch: The inputs, one example a row (examples × inputs).
  ///   - targets: The targets, one example a row (examples × outputs).
  ///   - cost: The cost.
  ///   - most: The most parameters to look at, evenly spread over all, each of which takes four passes over the batch; at least 1.
  /// - Returns: The distance, and the worst parameter.
  /// - Throws: As `backpropagate(batch:targets:cost:)`; `ShapeError.layerSetting` for fewer than one parameter,
  ///   `ShapeError.layerPlace` where none learns.
  public func gradientCheck(
    batch: Matrix<Double>, targets: Matrix<Double>, cost: Cost = .quadratic, most: Int = 10_000
  ) throws(ShapeError) -> GradientCheck {
    guard most >= 1 else {
      throw .layerSetting(
        operation: "gradientCheck", layer: "the call", name: "most", found: "\(most)", expected: "at least 1 parameter")
    }
    let learning = storage.layout.entries.filter { !isFrozen($0.layer) }.flatMap(\.range)
    guard !learning.isEmpty else {
      throw .layerPlace(
        operation: "gradientCheck", layer: end(target: true).layer, problem: "the network has no parameters that learn",
        remedy: "check one with a layer that learns")
    }
    let gradient = try backpropagate(batch: batch, targets: targets, cost: cost).parameters
    let engine = Engine(
      self, batchSize: batch.rows, shortBatchSize: 0, cost: cost, purpose: .training(.stored), team: nil, threads: 1)
    BLASThreads.beginSingle()
    defer { BLASThreads.endSingle() }
    var shifted = self
    func shiftedCost(_ index: Int, by shift: Double) -> Double {
      let before = shifted.storage.flat[index]
      defer { shifted.storage.flat[index] = before }
      shifted.storage.flat[index] = before + shift
      return shifted.withMutableNumbers { parameters, statistics in
        engine.setBatch(0, statistics: statistics)
        return engine.step(batch, targets, parameters, rule: .sgd(rate: 0)).costSum / Double(batch.rows)
      }
    }
    let h = 1e-3
    var (differenceSum, totalSum, worst) = (0.0, 0.0, (index: 0, distance: -1.0, difference: 0.0))
    let step = (learning.count - 1) / most + 1
    let indices = stride(from: 0, to: learning.count, by: step).map { learning[$0] }
    for index in indices {
      let difference =
        (8 * (shiftedCost(index, by: h) - shiftedCost(index, by: -h))
          - (shiftedCost(index, by: 2 * h) - shiftedCost(index, by: -2 * h))) / (12 * h)
      let distance = abs(gradient[index] - difference)
      differenceSum += distance * distance
      totalSum += (gradient[index] + difference) * (gradient[index] + difference)
      // What is no number is worse than any.
      if !worst.distance.isNaN, !(distance <= worst.distance) { worst = (index, distance, difference) }
    }
    return GradientCheck(
      distance: differenceSum == 0 ? 0 : (differenceSum / totalSum).squareRoot(), worst: place(worst.index),
      derivative: gradient[worst.index], difference: worst.difference, count: indices.count)
  }

  private func place(_ index: Int) -> GradientCheck.Place {
    guard let entry = storage.layout.entries.first(where: { $0.range.contains(index) }) else {
      invariantBroken("parameter \(index) of \(parameterCount)")
    }
    let element = index - entry.offset
    let position: [Int] =
      if case .matrix(_, let columns) = entry.array.shape { [element / columns, element % columns] } else { [element] }
    return GradientCheck.Place(
      layer: storage.layout.names[entry.layer], array: entry.array.name, index: element, position: position)
  }
}
