/// A vector of `count` elements: a value, or a view of part of a vector or matrix that keeps the storage alive.
///
/// It is neither a row nor a column; `column` and `row` say which, as a `Matrix`. Assigning copies nothing; whoever
/// mutates first, copies first.
public struct Vector<S: Scalar>: Sendable {
  /// The number of elements.
  public let count: Int
  @usableFromInline package var storage: Storage<S>
  @usableFromInline var offset: Int

  init(storage: Storage<S>, offset: Int, count: Int) {
    self.storage = storage
    self.offset = offset
    self.count = count
  }

  /// A vector whose elements the caller sets before anybody reads them; the count has been checked.
  init(uninitialized count: Int) {
    self.init(storage: Storage(uninitialized: count), offset: 0, count: count)
  }

  /// A vector of `count` elements that all equal `value`.
  ///
  /// - Throws: `ShapeError.extent` when `count` is negative or beyond `Int32.max`, `ShapeError.memory` when it does not
  ///   fit the machine.
  public init(repeating value: S = 0, count: Int) throws(ShapeError) {
    try ShapeRules.checkAllocation(
      .vector(count), bytesPerElement: MemoryLayout<S>.stride, named: "the result", in: "Vector")
    self.init(uninitialized: count)
    withMutableElements { S._fill($0, value, count) }
  }

  /// A vector of the given elements.
  public init(_ elements: [S]) {
    self.init(uninitialized: elements.count)
    elements.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      storage.pointer.update(from: base, count: count)
    }
  }

  /// The vector's shape.
  public var shape: Shape { .vector(count) }

  /// The elements as an array.
  public var elements: [S] {
    // All empty arrays are one, which the initializer below would write its count to.
    if count == 0 { return [] }
    return Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      withElements { source in
        buffer.baseAddress?.initialize(from: source, count: count)
      }
      initialized = count
    }
  }

  /// The element at an index from 0; like an array's, it traps outside the vector.
  @inlinable
  public subscript(index: Int) -> S {
    get { withExtendedLifetime(storage) { storage.pointer[position(index)] } }
    set {
      makeUnique()
      withExtendedLifetime(storage) { storage.pointer[position(index)] = newValue }
    }
  }

  @inlinable
  func position(_ index: Int) -> Int {
    guard index >= 0, index < count else { outside(index) }
    return offset + index
  }

  /// The elements of a range as a view on the same storage; it traps when the range leaves the vector.
  public subscript(range: Range<Int>) -> Vector {
    guard range.lowerBound >= 0, range.upperBound <= count else {
      fatalError("Vector: \(range) is outside 0..<\(count)")
    }
    return Vector(storage: storage, offset: offset + range.lowerBound, count: range.count)
  }

  /// The vector as a column, count×1: a view on the same storage.
  public var column: Matrix<S> { matrix(at: 0, rows: count, columns: 1) }

  /// The vector as a row, 1×count: a view on the same storage.
  public var row: Matrix<S> { matrix(at: 0, rows: 1, columns: count) }

  @usableFromInline
  func outside(_ index: Int) -> Never { fatalError("Vector: index \(index) is outside 0..<\(count)") }
}

// MARK: - Memory, for the package

extension Vector {
  /// A matrix on the same storage, from an element on.
  func matrix(at start: Int, rows: Int, columns: Int) -> Matrix<S> {
    Matrix(storage: storage, offset: offset + start, rows: rows, columns: columns, leadingDimension: max(columns, 1))
  }

  /// Reads the elements in place.
  package func withElements<R>(_ body: (UnsafePointer<S>) -> R) -> R {
    withExtendedLifetime(storage) { body(UnsafePointer(storage.pointer + offset)) }
  }

  /// Writes the elements in place, after copying them when the storage is shared.
  package mutating func withMutableElements<R>(_ body: (UnsafeMutablePointer<S>) -> R) -> R {
    makeUnique()
    return withExtendedLifetime(storage) { body(storage.pointer + offset) }
  }

  /// Lends a stretch of the elements out as a matrix that is written in place.
  package mutating func withMutableMatrix<E: Error>(
    at start: Int, rows: Int, columns: Int, _ body: (inout Matrix<S>) throws(E) -> Void
  ) throws(E) {
    makeUnique()
    var window = matrix(at: start, rows: rows, columns: columns)
    try lend(&window, body)
  }

  /// Lends a stretch of the elements out as a vector that is written in place.
  package mutating func withMutableSlice<E: Error>(
    _ range: Range<Int>, _ body: (inout Vector<S>) throws(E) -> Void
  ) throws(E) {
    makeUnique()
    var window = self[range]
    try lend(&window, body)
  }

  /// Lets `body` write into a window on this vector's storage.
  ///
  /// The window has to be the only reference meanwhile, or its first mutation would copy: the vector's own is given up, and
  /// taken back afterwards.
  private mutating func lend<Window: Elements<S>, E: Error>(
    _ window: inout Window, _ body: (inout Window) throws(E) -> Void
  ) throws(E) {
    unowned let lent = storage
    storage = Storage(uninitialized: 0)
    defer {
      guard window.storage === lent else { invariantBroken("a lent window was replaced") }
      storage = window.storage
    }
    try body(&window)
  }

  @inlinable
  mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) { replaceWithCopy() }
  }

  @usableFromInline
  mutating func replaceWithCopy() {
    let copy = Storage<S>(uninitialized: count)
    withElements { copy.pointer.update(from: $0, count: count) }
    (storage, offset) = (copy, 0)
  }
}

// MARK: - Conformances

extension Vector: Equatable {
  /// Whether both have the same elements; as for numbers, NaN equals nothing.
  public static func == (left: Vector, right: Vector) -> Bool {
    guard left.count == right.count else { return false }
    return left.withElements { x in right.withElements { y in S._equal(x, y, left.count) } }
  }
}

extension Vector: ExpressibleByArrayLiteral {
  /// A vector of the literal's elements.
  public init(arrayLiteral elements: S...) {
    self.init(elements)
  }
}

extension Vector: CustomStringConvertible {
  /// The elements in brackets, the middle of a long vector left out: `[1.0, 2.0]`.
  public var description: String { abbreviated(count) { "\(self[$0])" } }
}

/// `[a, b, c]`, or the first and last three of more than eight.
func abbreviated(_ count: Int, _ element: (Int) -> String) -> String {
  let shown = count <= 8 ? (0..<count).map(element) : (0..<3).map(element) + ["…"] + (count - 3..<count).map(element)
  return "[" + shown.joined(separator: ", ") + "]"
}
