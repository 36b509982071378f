import Foundation
import NNBlas
import TestSupport
import Testing

/// Arrays that cannot be read: each is refused with a word on where and why, and none traps.
@Suite struct DamagedNPYTests {
  private func expect(
    _ message: String, _ file: some Collection<UInt8>, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectError(DataError.self, "x.npy: \(message)", sourceLocation: sourceLocation) { try NPYFixtures.read(file) }
  }

  private static let known =
    "bool, an integer, float32 or float64 in a known byte order, as array.astype(np.float32) has"

  @Test func typesThatAreNotRead() throws {
    let refused = try NPYFixtures.load().refused
    for (name, found) in [
      ("float16", "'<f2' (float16)"), ("complex64", "'<c8' (complex numbers)"), ("objects", "'|O' (Python objects)"),
      ("strings", "'<U2' (strings)"), ("bytes", "'|S1' (bytes)"), ("dates", "'<M8[D]' (dates)"),
      ("records", "a list of fields (records)"),
    ] {
      // A list of fields has names in Latin-1, which are not read.
      expect("descr at offset 20 is \(found), expected \(Self.known)", try #require(refused[name]))
    }
    expect(
      "fortran_order at offset 44 is True, expected False; save np.ascontiguousarray(array)",
      try #require(refused["columns first"]))
  }

  @Test func aSingleNumberIsNoMatrix() throws {
    let array = try NPYFixtures.read(try NPYFixtures.load()["one number"].file)
    #expect(array.shape == [])
    expectError(DataError.self, "x.npy: the shape is (), expected at least one dimension; save array.reshape(1, 1)") {
      try array.matrix(as: Double.self)
    }
  }

  // MARK: - Headers

  @Test func whatComesBeforeTheHeader() throws {
    let file = Array(try NPYFixtures.load()["<u1"].file)
    let numpy = "\\x93NUMPY, as np.save writes it"
    expect("magic string at offset 0 is missing, the file ends there, expected \(numpy)", [])
    expect("magic string at offset 0 is cut off after 5 bytes, expected \(numpy)", file[..<5])
    expect("magic string at offset 0 is [1, 2, 3, 4, 5, 6], expected \(numpy)", [1, 2, 3, 4, 5, 6, 7, 8])
    expect(
      "magic string at offset 0 is that of a ZIP archive; extract the .npy files of an .npz, expected \(numpy)",
      Array("PK\u{3}\u{4}..".utf8))
    expect("version at offset 6 is 4.0, expected 1.0, 2.0 or 3.0", file[..<6] + [4, 0, 0, 0])
    expect("version at offset 6 is 1.1, expected 1.0, 2.0 or 3.0", file[..<6] + [1, 1, 0, 0])
    expect("header length at offset 8 is cut off after 1 byte, expected 2 bytes, little-endian", file[..<9])
    expect("header length at offset 8 is 65535, expected at most 10000", file[..<8] + [255, 255])
    expect(
      "header length at offset 8 is 4294967295, expected at most 10000", file[..<6] + [2, 0] + [255, 255, 255, 255])
    expect("header at offset 10 is cut off after 90 bytes, expected 118 bytes", file[..<100])
  }

  @Test func headers() {
    func header(_ text: String, _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
      expect(message, NPYFixtures.file(text), sourceLocation: sourceLocation)
    }
    let rest = "'fortran_order': False, 'shape': (1,)}"
    header("", "header at offset 10 is at its end, expected '{'")
    header("[]", "header at offset 10 is '[', expected '{'")
    header("{}", "header at offset 10 is without one, expected an entry 'descr'")
    header("{'descr': '<f8'}", "header at offset 10 is without one, expected an entry 'fortran_order'")
    header("{'descr': '<f8', \(rest) x", "header at offset 66 is 'x', expected the end of the header")
    header("{'descr' '<f8', \(rest)", "header at offset 19 is ''', expected ':'")
    header("{descr: '<f8', \(rest)", "header at offset 11 is 'd', expected a string")
    header("{'descr': '<f8\n', \(rest)", "header at offset 24 is byte 10, expected a character of ASCII")
    header("{'descr': '<f8\\'', \(rest)", "header at offset 24 is '\\', expected a character of ASCII")
    header("{'descr': '<f8", "header at offset 24 is at its end, expected the end of a string")
    header("{'descr': '<f8' \(rest)", "header at offset 26 is ''', expected '}'")
    header(
      "{'descr': '<f8', 'x': 'y', \(rest)",
      "header at offset 32 is one with \"x\", expected no entry but descr, fortran_order, shape")
    header("{'descr': '<f8', 'descr': '<f8', \(rest)", "header at offset 27 is two, expected one entry 'descr'")
    header("{'descr': True, \(rest)", "descr at offset 20 is True, expected \(Self.known)")
    header("{'descr': '', \(rest)", "descr at offset 20 is '', expected \(Self.known)")
    for type in ["=f8", "|f8", "f8", "<f3", "<", "<f8 "] {
      header("{'descr': '\(type)', \(rest)", "descr at offset 20 is '\(type)', expected \(Self.known)")
    }
    let start = "{'descr': '|u1', 'fortran_order': "
    header(start + "'no', 'shape': (1,)}", "fortran_order at offset 44 is 'no', expected True or False")
    header(start + "0, 'shape': (1,)}", "header at offset 44 is '0', expected a string")
    header(start + "False, 'shape': True}", "shape at offset 60 is True, expected a tuple of extents")
    header(start + "False, 'shape': (3)}", "header at offset 62 is ')', expected ','")
    header(start + "False, 'shape': (-3,)}", "header at offset 61 is '-', expected an extent")
    header(start + "False, 'shape': (3.5,)}", "header at offset 62 is '.', expected ','")
    header(start + "False, 'shape': (3,,)}", "header at offset 63 is ',', expected an extent")
    header(
      start + "False, 'shape': (9223372036854775808,)}",
      "header at offset 61 is a larger one, expected an extent in 63 bits")
  }

  @Test(arguments: [
    "{'descr':'|u1','fortran_order':False,'shape':(2,3)}",
    "{\"shape\": (2, 3,), 'descr': '<u1', 'fortran_order': False,}\n",
    "{ 'shape' : ( 2L , 3L ) , 'fortran_order' : False , 'descr' : '>u1' , } \t\n",
  ])
  func otherWaysOfWritingAHeader(header: String) throws {
    let array = try NPYFixtures.read(NPYFixtures.file(header, count: 6))
    #expect(try array.matrix(as: Double.self) == Matrix([[0, 1, 2], [3, 4, 5]]))
  }

  // MARK: - Sizes

  @Test func sizes() throws {
    func file(_ shape: String, type: String = "<f8", count: Int = 0) -> [UInt8] {
      NPYFixtures.file("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape))}", count: count)
    }
    expect("82 bytes, expected 83 (67-byte header + 2×1 of float64)", file("2, 1", count: 15))
    expect("84 bytes, expected 83 (67-byte header + 2×1 of float64)", file("2, 1", count: 17))
    expect(
      "more than 67 bytes, expected 67 (67-byte header + 0×1 of float64)", GzipFixture.stored(file("0, 1", count: 1)))
    expect("66 bytes, expected 67 (65-byte header + 2 of bool)", GzipFixture.stored(file("2,", type: "|b1", count: 1)))
    let tooLarge = "expected extents of at most 2147483647, in memory"
    expect("shape at offset 60 is (2147483648,), \(tooLarge)", file("2147483648,"))
    expect("shape at offset 60 is (0, 9223372036854775807), \(tooLarge)", file("0, 9223372036854775807"))
    expect(
      "shape at offset 60 is (2147483647, 2147483647, 2147483647), \(tooLarge)",
      file("2147483647, 2147483647, 2147483647"))
    // 2⁶³ − 1 bytes are as many as an integer can count, without those of the header.
    let factors = "7, 7, 73, 127, 337, 92737, 649657"
    expect(
      "shape at offset 60 is (\(factors)), expected an array that fits into memory", file(factors, type: "|i1"))
    let message = message { try NPYFixtures.read(GzipFixture.stored(file("1073741824, 1073741824", type: "|i1"))) }
    #expect(
      message
        == "x.npy: the header asks for 1152921504606846976 bytes (85-byte header + 1073741824×1073741824 of int8), "
        + "more than \(MemoryLimit.least)")
    // Without an element there is nothing to read, but a row can still be longer than that of a matrix.
    let wide = try NPYFixtures.read(file("0, 2147483647, 2147483647, 2147483647"))
    expectError(
      DataError.self,
      "x.npy: the shape is (0, 2147483647, 2147483647, 2147483647), expected rows of at most 2147483647 numbers"
    ) { try wide.matrix(as: Double.self) }
  }

  // MARK: - Any bytes

  private func use(_ array: NPY) {
    _ = try? array.matrix(as: Double.self)
    _ = try? array.matrix(as: Float.self)
    _ = try? array.labels()
    _ = try? array.bytes()
  }

  @Test func everyTruncation() throws {
    let files = try NPYFixtures.load()
    for name in ["<f8", "version 2.0", "bool"] {
      let file = Array(try files[name].file)
      for count in 0..<file.count {
        let message = message { try NPYFixtures.read(file[..<count]) }
        #expect(message.hasPrefix("x.npy: ") && message.contains("expected"), "\(name), \(count) bytes: \(message)")
      }
    }
  }

  @Test func everyByteOfTheHeaderChanged() throws {
    let file = Array(try NPYFixtures.load()[">i4"].file)
    for index in 0..<128 {
      for byte in [0, 0x20, 0x28, 0x2C, 0x30, 0x39, 0x7F, 0xFF] as [UInt8] {
        var changed = file
        changed[index] = byte
        do throws(DataError) { use(try NPY(bytes: changed)) } catch { #expect(error.description.hasPrefix("x.npy: ")) }
      }
    }
  }

  @Test func randomBitsFlipped() throws {
    let files = try NPYFixtures.load().readable.map { Array($0.file) }
    var generator = Philox(seed: 7)
    var (read, refused) = (0, 0)
    for _ in 0..<2_000 {
      var file = files[generator.nextIndex(below: files.count)]
      for _ in 0...generator.nextIndex(below: 3) {
        file[generator.nextIndex(below: file.count)] ^= 1 << UInt8(generator.nextIndex(below: 8))
      }
      do throws(DataError) {
        let array = try NPY(bytes: file)
        use(array)
        read += 1
      } catch {
        #expect(error.description.hasPrefix("x.npy: "))
        refused += 1
      }
    }
    #expect(read > 50 && refused > 500, "\(read) read, \(refused) refused")
  }
}

extension NPY {
  /// Reads a file of these bytes, whose failure is the reader's.
  fileprivate init(bytes: [UInt8]) throws(DataError) {
    var result: Result<NPY, DataError>?
    _ = try? withTemporaryDirectory { folder in
      let path = try folder.write(bytes, to: "x.npy")
      do throws(DataError) { result = .success(try NPY(contentsOf: path)) } catch { result = .failure(error) }
    }
    guard let result else { throw .unreadable(file: "x.npy", reason: "not written") }
    self = try result.get()
  }
}
