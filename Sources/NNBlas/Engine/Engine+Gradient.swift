extension Engine {
  /// Lets somebody see the stored gradient, and change its elements.
  ///
  /// - Throws: What the body throws; `ShapeError.operand` when it leaves a vector of another length.
  func lendGradient(to body: (inout Vector<S>) throws -> Void) throws {
    let expected = gradient.shape
    // Where a step writes there is always memory for it.
    defer {
      if gradient.shape != expected {
        gradient = Vector(uninitialized: parameterCount)
        gradient.fill(with: 0)
      }
    }
    // What somebody wrote to derivatives of layers that do not learn, no step has overwritten.
    gradient.withMutableElements { gradient in
      for range in frozenRanges { S._fill(gradient + range.lowerBound, 0, range.count) }
    }
    try body(&gradient)
    guard gradient.shape == expected else {
      throw ShapeError.operand(
        operation: "gradientHook", name: "gradient", found: gradient.shape,
        expected: .shape(expected, because: "for as many parameters"))
    }
  }
}
