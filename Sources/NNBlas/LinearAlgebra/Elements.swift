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

  /// self ← σ(self), the logistic function 1 / (1 + e⁻ᶻ) of every element.
  package mutating func applySigmoid() {
    let count = elementCount
    withMutableElements { S._activate(.sigmoid, $0, _BlockShape(count: count), bias: nil) }
  }

  /// self ← self ⊙ σ′(z), with σ′(z) = a (1 − a) for a = σ(z).
  package mutating func multiplyBySigmoidDerivative(activation a: Self) {
    let count = elementCount
    withMutableElements { error in
      a.withElements { S._multiplyByDerivative(.sigmoid, error, a: $0, _BlockShape(count: count)) }
    }
  }

  /// self ← self − other.
  package mutating func subtract(_ other: Self) {
    let count = elementCount
    withMutableElements { x in other.withElements { S._subtract(x, $0, count) } }
  }
}
