import Foundation
import NNBlas
import TestSupport
import Testing

/// Arrays as NumPy wrote them.
@Suite struct NPYTests {
  @Test func everyTypeAndByteOrder() throws {
    let files = try NPYFixtures.load().readable
    #expect(Set(files.map(\.elementType)) == Set(NPY.ElementType.allCases.map(\.rawValue)))
    for file in files where !file.shape.isEmpty {
      let array = try NPYFixtures.read(file.file)
      #expect(array.shape == file.shape && array.elementType.rawValue == file.elementType, "\(file.name)")
      let rows = file.shape[0]
      let columns = file.shape.dropFirst().reduce(1, *)
      let (doubles, floats) = (try array.matrix(as: Double.self), try array.matrix(as: Float.self))
      #expect(doubles.shape == .matrix(rows: rows, columns: columns), "\(file.name)")
      // Bits, so that 0 and -0 differ.
      let expected = try file.doubles
      #expect(doubles.elements.map(\.bitPattern) == expected.map(\.bitPattern), "\(file.name)")
      #expect(floats.elements.map(\.bitPattern) == expected.map { Float($0).bitPattern }, "\(file.name)")
    }
  }

  @Test func manyElements() throws {
    // More than a block of conversion, and no multiple of one.
    let header = "{'descr': '<u2', 'fortran_order': False, 'shape': (2500,), }\n"
    let array = try NPYFixtures.read(NPYFixtures.file(header, count: 5_000))
    let expected = (0..<2_500).map { (index: Int) -> Double in
      let low = 2 * index % 256
      return Double(low + 256 * (low + 1))
    }
    #expect(try array.matrix(as: Double.self).elements == expected)
  }

  @Test func compressedFiles() throws {
    let file = try NPYFixtures.load()[">f8"]
    let array = try NPYFixtures.read(GzipFixture.stored(Array(file.file), blockSize: 50))
    #expect(try array.matrix(as: Double.self).elements == file.doubles)
  }

  /// A byte stands for byte / 255 in a data set, and for itself in a matrix.
  @Test func bytesAreScaledOrNot() throws {
    let array = try NPYFixtures.read(try NPYFixtures.load()["three dimensions"].file)
    let bytes = try array.bytes()
    #expect(bytes.rows == 2 && bytes.columns == 12)
    let numbers = (0..<24).map { Double($0) }
    let scaled = try Dataset(inputs: bytes, labels: [0, 1], classes: 2)
    #expect(try scaled.rows().inputs.flatMap { $0 } == numbers.map { $0 / 255 })
    let plain = try Dataset(inputs: array.matrix(as: Float.self), labels: [0, 1], classes: 2)
    #expect(try plain.rows().inputs.flatMap { $0 } == numbers)
    for name in ["<i8", "<f4", "<i1", "bool"] {
      let file = try NPYFixtures.load()[name]
      expectError(
        DataError.self,
        "x.npy: the element type is \(file.elementType), expected uint8, whose byte k stands for k / 255; "
          + "use matrix(as:) for numbers as they are"
      ) { try NPYFixtures.read(file.file).bytes() }
    }
  }

  @Test func labels() throws {
    let files = try NPYFixtures.load()
    #expect(try NPYFixtures.read(files["one dimension"].file).labels() == [3, 1, 2])
    #expect(try NPYFixtures.read(files["one column"].file).labels() == [3, 1, 2])
    for (type, bytes, label) in [
      ("i1", [0xFF], -1), ("u1", [0xFF], 255), ("i2", [2, 1], 258), ("u4", [1, 0, 0, 0x80], 0x8000_0001),
      ("b1", [2], 1),
      (">i8".dropFirst().description, [9, 0, 0, 0, 0, 0, 0, 0], 9),
    ] as [(String, [UInt8], Int)] {
      let header = "{'descr': '<\(type)', 'fortran_order': False, 'shape': (1,)}"
      #expect(try NPYFixtures.read(NPYFixtures.file(header) + bytes).labels() == [label], "\(type)")
    }
    let message = "x.npy: the label in row 1 is beyond 9223372036854775807, expected the index of a class"
    let header = "{'descr': '<u8', 'fortran_order': False, 'shape': (2,)}"
    expectError(DataError.self, message) {
      try NPYFixtures.read(NPYFixtures.file(header) + [UInt8](repeating: 0, count: 15) + [0x80]).labels()
    }
    expectError(
      DataError.self,
      "x.npy: the shape of labels is (2, 3), expected one dimension; for rows of zeros with a 1, save array.argmax(axis=1)"
    ) { try NPYFixtures.read(files["<i8"].file).labels() }
    let floats = "{'descr': '<f4', 'fortran_order': False, 'shape': (0,)}"
    expectError(
      DataError.self,
      "x.npy: the element type of labels is float32, expected integers or bool; save array.astype(np.int64)"
    ) { try NPYFixtures.read(NPYFixtures.file(floats)).labels() }
  }

  // MARK: - Writing

  @Test func writesWhatNumPyWrites() throws {
    let files = try NPYFixtures.load()
    try withTemporaryDirectory { folder in
      let path = folder.path(of: "out.npy")
      func expectWritten(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let written = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(try written == files[name].file, "\(name)", sourceLocation: sourceLocation)
      }
      let doubles = try NPYFixtures.read(files["<f8"].file).matrix(as: Double.self)
      try NPY.write(doubles, to: path)
      try expectWritten("<f8")
      // A view is written as what it shows.
      try NPY.write(Matrix(rows: 3, columns: 2, elements: doubles.transposed.elements).transposed, to: path)
      try expectWritten("<f8")
      try NPY.write(NPYFixtures.read(files["<f4"].file).matrix(as: Float.self), to: path)
      try expectWritten("<f4")
      try NPY.write([3, 1, 2], to: path)
      try expectWritten("one dimension")
      try NPY.write(Matrix<Float>(rows: 0, columns: 5), to: path)
      try expectWritten("no row")
      try NPY.write(Matrix<Double>(rows: 5, columns: 0), to: path)
      try expectWritten("no column")
      try NPY.write([0.5, -1] as Vector<Float>, to: path)
      let vector = try NPY(contentsOf: path)
      #expect(vector.shape == [2] && vector.elementType == .float32)
      #expect(try vector.matrix(as: Double.self) == Matrix([[0.5], [-1]]))
    }
  }

  @Test func placesThatCannotBeWrittenTo() throws {
    let matrix = try Matrix<Double>([[1]])
    try withTemporaryDirectory { folder in
      expectError(DataError.self, "\(folder.path): cannot be written: it is a folder") {
        try NPY.write(matrix, to: folder.path)
      }
      let path = folder.path(of: "none/x.npy")
      expectError(DataError.self, "\(path): cannot be written: its folder does not exist or is not writable") {
        try NPY.write(matrix, to: path)
      }
    }
  }
}
