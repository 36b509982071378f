import Foundation
import NNBlas

/// What a run of training came to, epoch by epoch, as a picture.
package struct LearningCurves {
  package struct Epoch: Sendable {
    /// Counted from 1.
    package let number: Int
    /// The mean cost of the training batches as they were met.
    package let cost: Double
    /// On the evaluation data afterwards, where there are any.
    package let evaluation: Figures?
    /// On the training data afterwards, where that is monitored.
    package let training: Figures?

    package init(_ number: Int, cost: Double, evaluation: Figures? = nil, training: Figures? = nil) {
      (self.number, self.cost, self.evaluation, self.training) = (number, cost, evaluation, training)
    }
  }

  package struct Figures: Sendable {
    package let cost: Double
    /// The share of right answers, where there are labels.
    package let accuracy: Double?

    package init(cost: Double, accuracy: Double? = nil) { (self.cost, self.accuracy) = (cost, accuracy) }
  }

  /// Above this many epochs, lines have no markers.
  private static let mostMarkers = 60

  private let epochs: [Epoch]
  private let best: Int?

  /// - Parameters:
  ///   - epochs: In their order.
  ///   - best: The number of the epoch that is marked.
  package init(_ epochs: [Epoch], best: Int? = nil) {
    (self.epochs, self.best) = (epochs, best)
  }

  /// Cost, and below it accuracy where there is any, as an SVG document.
  ///
  /// - Parameter conditions: What stands above.
  /// - Returns: The document. Where a number is infinite or none, lines have a gap.
  package func svg(conditions: String) -> String {
    Chart.svg([cost, accuracy].compactMap { $0 }, subtitle: conditions)
  }

  // MARK: - Panels

  /// Of one quantity on one set of examples.
  private struct Curve {
    let name: String
    let color: Int
    let values: [(epoch: Int, value: Double)]
  }

  private func curve(_ name: String, color: Int, _ value: (Epoch) -> Double?) -> Curve? {
    let values = epochs.compactMap { epoch in value(epoch).map { (epoch: epoch.number, value: $0) } }
    return values.isEmpty ? nil : Curve(name: name, color: color, values: values)
  }

  private var cost: Chart {
    let curves = [
      curve("training batches", color: 0) { $0.cost },
      curve("training data", color: 2) { $0.training?.cost },
      curve("evaluation data", color: 1) { $0.evaluation?.cost },
    ].compactMap { $0 }
    let axis = Self.costAxis(curves.flatMap(\.values).map(\.value))
    return chart("Cost", of: "of the", curves, axis) { "cost \(significant($0))" }
  }

  private var accuracy: Chart? {
    let curves = [
      curve("training data", color: 2) { $0.training?.accuracy.map { 100 * $0 } },
      curve("evaluation data", color: 1) { $0.evaluation?.accuracy.map { 100 * $0 } },
    ].compactMap { $0 }
    guard !curves.isEmpty else { return nil }
    let values = curves.flatMap(\.values).map(\.value)
    let axis = Axis("right answers, %", .linear, range: Axis.reach(around: values, within: 0...100))
    return chart("Accuracy", of: "on the", curves, axis) { "\(fixed($0, 2)) %" }
  }

  /// Equal factors are equal distances where cost falls far, and nothing says otherwise.
  private static func costAxis(_ values: [Double]) -> Axis {
    let values = values.filter(\.isFinite)
    let (least, most) = (values.min() ?? 0, values.max() ?? 0)
    if least > 0 && most > 5 * least { return Axis("cost", .powersOfTen) }
    return Axis("cost", .linear, range: Axis.reach(around: values))
  }

  private func chart(
    _ title: String, of preposition: String, _ curves: [Curve], _ y: Axis, _ text: (Double) -> String
  ) -> Chart {
    // Both panels have the same epochs below one another.
    let x = Axis("epoch", .counts, range: Axis("epoch", .counts).reach(epochs.map { Double($0.number) }))
    // A single line has no legend.
    let name = curves.count == 1 ? "\(title) \(preposition) \(curves[0].name)" : title
    var chart = Chart(title: name, x: x, y: y)
    if let best { chart.addPlace("best: epoch \(best)", x: Double(best)) }
    for curve in curves {
      func point(_ place: (epoch: Int, value: Double)) -> Chart.Point {
        Chart.Point(Double(place.epoch), place.value, "epoch \(place.epoch), \(curve.name): \(text(place.value))")
      }
      let hasMarkers = curve.values.count <= Self.mostMarkers
      chart.addLine(curve.name, curve.values.map(point), color: curve.color, hasMarkers: hasMarkers)
      if !hasMarkers, let best = curve.values.first(where: { $0.epoch == best }) {
        chart.addPoints(curve.name, [point(best)], color: curve.color, .circle)
      }
    }
    return chart
  }
}
