extension Dataset {
  /// Every image and the four that one pixel's shift makes of it: five times the examples, with the label or target of each.
  ///
  /// The five follow each other: the image, the image shifted down, up, right and left. What is shifted in is 0, what is
  /// shifted out is lost.
  ///
  /// Source: Nielsen, "Neural Networks and Deep Learning", chapter 3, `expand_mnist.py`, in its order before it shuffles.
  ///
  /// - Parameter imageWidth: The width of an image in pixels; nil for that of square images.
  /// - Returns: The expanded examples.
  /// - Throws: `DataError.argument` when inputs are no images of that width, `DataError.count` for more than `Int32.max`
  ///   examples, `DataError.memory` when they do not fit.
  public func expandedByShifts(imageWidth: Int? = nil) throws(DataError) -> Dataset {
    let operation = "expandedByShifts(imageWidth:)"
    let width = if let imageWidth { imageWidth } else { try squareWidth(in: operation) }
    guard width > 0, inputWidth > 0, inputWidth % width == 0 else {
      throw .argument(
        operation: operation, name: "imageWidth", found: "\(width)",
        expected: "a width that divides the \(counted(inputWidth, "value")) of an input")
    }
    let (copies, overflows) = count.multipliedReportingOverflow(by: 5)
    guard !overflows, copies <= Int(Int32.max) else {
      throw .count(
        operation: operation, name: "the number of examples", found: count,
        expected: "at most \(Int32.max / 5), a fifth of what a data set can have")
    }
    let rows = (0..<copies).map { Int32($0 / 5) }
    let expanded = try selectingTargets(rows, in: operation)
    let size = inputs.bytesPerRow
    let line = size / inputWidth * width
    let shifted = try inputs.sameType(rows: copies, columns: inputWidth, in: operation) { target in
      inputs.withMemory { source in
        for index in 0..<count {
          Shifts(image: source + index * size, size: size, line: line, pixel: size / inputWidth)
            .write(to: target + 5 * index * size)
        }
      }
    }
    return replacing(inputs: shifted, targets: expanded, weights: selectingWeights(rows))
  }

  private func squareWidth(in operation: String) throws(DataError) -> Int {
    let width = Int(Double(inputWidth).squareRoot().rounded())
    guard width * width == inputWidth else {
      throw .argument(
        operation: operation, name: "the number of values in an input", found: "\(inputWidth)",
        expected: "that of a square image; pass imageWidth: for one that is not square")
    }
    return width
  }
}

/// An image in memory, in bytes: its size, that of a line and that of a pixel. All bits 0 are the number 0 in every type.
private struct Shifts {
  let image: UnsafeRawPointer
  let size: Int
  let line: Int
  let pixel: Int

  /// Writes the image and the four shifted ones one after another.
  func write(to target: UnsafeMutableRawPointer) {
    target.copyMemory(from: image, byteCount: size)
    let (down, up) = (target + size, target + 2 * size)
    down.initializeMemory(as: UInt8.self, repeating: 0, count: line)
    (down + line).copyMemory(from: image, byteCount: size - line)
    up.copyMemory(from: image + line, byteCount: size - line)
    (up + (size - line)).initializeMemory(as: UInt8.self, repeating: 0, count: line)
    let (right, left) = (target + 3 * size, target + 4 * size)
    for start in stride(from: 0, to: size, by: line) {
      (right + start).initializeMemory(as: UInt8.self, repeating: 0, count: pixel)
      (right + start + pixel).copyMemory(from: image + start, byteCount: line - pixel)
      (left + start).copyMemory(from: image + start + pixel, byteCount: line - pixel)
      (left + start + line - pixel).initializeMemory(as: UInt8.self, repeating: 0, count: pixel)
    }
  }
}
