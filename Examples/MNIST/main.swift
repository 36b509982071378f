// A network for handwritten digits: composed, trained with early stopping, measured and saved.
//
//     swift run -c release example-mnist [folder with the files of MNIST] [epochs]

import NNBlas

let arguments = CommandLine.arguments.dropFirst()
let epochs = arguments.last.flatMap { Int($0) } ?? 5
// Without a folder, digits that are drawn.
let folder = arguments.first { Int($0) == nil }
let (training, test): (Dataset, Dataset)
if let folder {
  let digits = try MNIST(directory: folder)
  (training, test) = (digits.training, digits.test)
} else {
  let digits = try SyntheticDigits(seed: 1, trainingCount: 5000, validationCount: 0, testCount: 1000)
  (training, test) = (digits.training, digits.test)
}

let split = try training.split(validation: 0.1, seed: 1, stratified: true)
let network = try Network<Float>(inputs: training.inputWidth, seed: 1) {
  Dense(128, activation: .relu)
  BatchNorm()
  Dropout(0.2)
  Dense(10)
}
print(network.summary)

let trainer = try Trainer(
  network, batchSize: 64, cost: .softmaxCrossEntropy, optimizer: .adamW(learningRate: 1e-3), seed: 1)
let outcome = try trainer.train(
  epochs: epochs, on: split.training, evaluating: split.validation,
  under: TrainingRules(earlyStopping: EarlyStopping(monitor: .accuracy, patience: 3))
) { print($0) }

let (_, metrics) = try outcome.network.metrics(on: test, cost: .softmaxCrossEntropy)
print("The network of epoch \(outcome.epoch) on the test images: \(metrics)")
if case .classification(let found) = metrics { print(found.confusion.table()) }
