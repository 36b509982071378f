/// Runs `body` with a folder that holds the four files of MNIST in small: images of 2×2, 10,025 to train and validate, 20 to
/// test.
///
/// The label is written into the pixels, so that there is something to learn.
package func withSmallMNIST<R>(_ body: (TemporaryDirectory) throws -> R) throws -> R {
  try withTemporaryDirectory { folder in
    for (name, count) in [("train", 10_025), ("t10k", 20)] {
      let labels = (0..<count).map { UInt8($0 * 7 % 10) }
      let pixels: [UInt8] = labels.flatMap { (label: UInt8) -> [UInt8] in
        [label * 25, 255 - label * 25, label % 2 * 255, label / 5 * 255]
      }
      let images = IDXFixture.images(count: count, height: 2, width: 2, pixels: pixels)
      try folder.write(images, to: "\(name)-images-idx3-ubyte")
      try folder.write(IDXFixture.labels(labels), to: "\(name)-labels-idx1-ubyte")
    }
    return try body(folder)
  }
}
