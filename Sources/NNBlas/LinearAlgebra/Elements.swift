/// What vectors and matrices have in common for loops over elements: both lie in memory without gaps, or are copied so.
package protocol Elements<S> {
  associatedtype S: Scalar
  var shape: Shape { get }
  var storage: Storage<S> { get }
  /// Reads the elements, a matrix's row after row.
  func withElements<R>(_ body: (UnsafePointer<S>) -> R) -> R
  /// Writes the elements in place, after copying them when the storage is shared.
  mutating func withMutableElements<R>(_ body: (UnsafeMutablePointer<S>) -> R) -> R
}

extension Vector: Elements {}
extension Matrix: Elements {}

extension Elements {
  /// The number of elements.
  package var elementCount: Int { shape.extents.reduce(1, *) }

  /// Sets every element.
  package mutating func fill(with value: S) {
    let count = elementCount
    withMutableElements { S._fill($0, value, count) }
  }

  /// Copies the elements of an operand with as many.
  package mutating func copy(_ source: some Elements<S>) {
    let count = elementCount
    withMutableElements { target in source.withElements { target.update(from: $0, count: count) } }
  }

  /// self ← f(self), element by element.
  package mutating func apply(_ f: _ElementwiseFunction) {
    let shape = _BlockShape(rows: 1, columns: elementCount, stride: elementCount)
    withMutableElements { S._activate(f, $0, shape, bias: nil) }
  }

  /// self ← self ⊙ f′(z), written in a = f(z).
  package mutating func multiplyByDerivative(of f: _ElementwiseFunction, activation a: Self) {
    let shape = _BlockShape(rows: 1, columns: elementCount, stride: elementCount)
    withMutableElements { error in a.withElements { _ = S._multiplyByDerivative(f, error, a: $0, shape) } }
  }
}
