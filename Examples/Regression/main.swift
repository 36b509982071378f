// A regression on a table: read, standardized, learnt, saved, read again, and asked for predictions.
//
//     swift run -c release example-regression [table.csv target-column]

import Foundation
import NNBlas

// Without a table, one that is made up: what a flat costs by its rooms, its area and its distance from the center.
let arguments = Array(CommandLine.arguments.dropFirst())
let folder = FileManager.default.temporaryDirectory.path
let (path, target) = arguments.count == 2 ? (arguments[0], arguments[1]) : (folder + "/flats.csv", "price")
if arguments.count != 2 {
  var random = Philox(seed: 7)
  var lines = ["rooms,area,distance,price"]
  for _ in 0..<400 {
    let rooms = Int.random(in: 1...6, using: &random)
    let (area, distance) = (Double.random(in: 20...200, using: &random), Double.random(in: 0...30, using: &random))
    let price =
      20_000 * Double(rooms) + 3000 * area * exp(-distance / 20) + Double.random(in: -9000...9000, using: &random)
    lines.append("\(rooms),\(area),\(distance),\(price)")
  }
  try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
}

let table = try CSV(contentsOf: path)
let split = try table.dataset(targets: [.name(target)]).split(validation: 0.25, seed: 1)
let (inputs, targets) = (
  try Standardizer(fitting: split.training), try Standardizer(fittingTargetsOf: split.training)
)
func standardized(_ dataset: Dataset) throws -> Dataset {
  try targets.standardizingTargets(of: inputs.standardizingInputs(of: dataset))
}

let network = try Network<Double>(inputs: split.training.inputWidth, initializer: .glorotUniform, seed: 1) {
  Dense(32, activation: .tanh)
  Dense(1)
}
let trainer = try Trainer(
  network, batchSize: 16, cost: .huber(), optimizer: .adam(learningRate: 5e-3), seed: 1)
let outcome = try trainer.train(
  epochs: 200, on: standardized(split.training), evaluating: standardized(split.validation),
  under: TrainingRules(earlyStopping: EarlyStopping(patience: 20)))
print("Ended after \(outcome.reports.count) epochs; the best is \(outcome.epoch)")

let model = Model(outcome.network, cost: .huber(), inputStandardizer: inputs, targetStandardizer: targets)
try model.save(to: folder + "/flats.safetensors")
let saved = try Model<Double>(contentsOf: folder + "/flats.safetensors")

let (_, metrics) = try saved.network.metrics(on: standardized(split.validation), cost: .huber())
if case .regression(let found) = metrics {
  print("On rows that it has not seen: \(Metrics.regression(try found.scaled(by: targets.scales)))")
}
let rows = try table.matrix(.allExcept([.name(target)]))
print("The first three rows: \(try saved.predict(batch: rows[rows: 0..<3]).elements.map { Int($0) })")
