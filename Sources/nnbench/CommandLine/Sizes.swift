import NNBlas

/// A network's sizes as they are written, `784,30,10`.
///
/// - Throws: `UsageError` for what is no list of sizes, and for sizes of which this machine can hold no network.
package func sizes(_ text: String, named name: String, precision: Precision) throws(UsageError) -> [Int] {
  var sizes: [Int] = []
  for part in text.split(separator: ",", omittingEmptySubsequences: false) {
    guard let size = Int(part), (1...Int(Int32.max)).contains(size) else {
      throw UsageError("\(name) is '\(text)', expected whole numbers from 1 to \(Int32.max) with commas, as 784,30,10")
    }
    sizes.append(size)
  }
  guard sizes.count >= 2 else {
    throw UsageError("\(name) is '\(text)', expected at least two: the inputs, then the neurons of each layer")
  }
  do {
    switch precision {
    case .f32: try Network<Float>.check(sizes: sizes)
    case .f64: try Network<Double>.check(sizes: sizes)
    }
  } catch {
    throw UsageError("\(name): \(error)")
  }
  return sizes
}
