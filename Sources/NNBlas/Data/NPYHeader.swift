/// The header of a file in NumPy's format: a dictionary as Python writes it, of which exactly three entries are known.
struct NPYHeader {
  let elementType: NPY.ElementType
  /// Whether the elements' bytes are in the other order than this machine's.
  let isSwapped: Bool
  let shape: [Int]
  /// Where the shape is in the file, for messages.
  let shapeOffset: Int

  /// As long as NumPy itself takes headers to be harmless.
  private static let longest = 10_000

  /// Reads a file's header, and leaves the file at its first element.
  ///
  /// - Throws: `DataError.format` that names the offset, what was expected and what was found.
  init(from file: inout GzipFile) throws(DataError) {
    let magic = try file.readField(of: 6, named: "magic string", expected: Self.magicName)
    guard magic == Self.magic else {
      let found =
        magic.starts(with: [0x50, 0x4B]) ? "that of a ZIP archive; extract the .npy files of an .npz" : "\(magic)"
      throw .format(file: file.name, offset: 0, field: "magic string", expected: Self.magicName, found: found)
    }
    let version = try file.readField(of: 2, named: "version", expected: "2 bytes")
    guard version[1] == 0, (1...3).contains(version[0]) else {
      throw .format(
        file: file.name, offset: 6, field: "version", expected: "1.0, 2.0 or 3.0", found: "\(version[0]).\(version[1])")
    }
    let width = version[0] == 1 ? 2 : 4
    let lengthOffset = file.offset
    let length = try file.readField(of: width, named: "header length", expected: "\(width) bytes, little-endian")
      .reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.longest else {
      throw .format(
        file: file.name, offset: lengthOffset, field: "header length", expected: "at most \(Self.longest)",
        found: "\(length)")
    }
    let start = file.offset
    let text = try file.readField(of: length, named: "header", expected: counted(length, "byte"))
    var literal = PythonLiteral(text: text, file: file.name, start: start)
    let entries = try literal.readDictionary()
    if case (_, .list)? = entries["descr"] {
      throw Self.error(entries["descr"], "descr", Self.known, note: "records", file: file.name)
    }
    try Self.check(entries, file: file.name, start: start)
    (elementType, isSwapped) = try Self.elementType(entries["descr"], file: file.name)
    try Self.checkOrder(entries["fortran_order"], file: file.name)
    guard case (let offset, .tuple(let shape))? = entries["shape"] else {
      throw Self.error(entries["shape"], "shape", "a tuple of extents", file: file.name)
    }
    (self.shape, shapeOffset) = (shape, offset)
  }

  typealias Entry = (offset: Int, value: PythonLiteral.Value)

  private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  private static let magicName = "\\x93NUMPY, as np.save writes it"

  /// Exactly the three entries.
  private static func check(_ entries: [String: Entry], file: String, start: Int) throws(DataError) {
    let names = ["descr", "fortran_order", "shape"]
    for name in names where entries[name] == nil {
      throw .format(file: file, offset: start, field: "header", expected: "an entry '\(name)'", found: "without one")
    }
    for (name, entry) in entries.sorted(by: { $0.value.offset < $1.value.offset }) where !names.contains(name) {
      throw .format(
        file: file, offset: entry.offset, field: "header", expected: "no entry but \(names.joined(separator: ", "))",
        found: "one with \(quoted(name))")
    }
  }

  private static func elementType(
    _ entry: Entry?, file: String
  ) throws(DataError) -> (NPY.ElementType, isSwapped: Bool) {
    guard case (_, .string(let descr))? = entry, let order = descr.first else {
      throw error(entry, "descr", known, file: file)
    }
    let code = String(descr.dropFirst())
    let isOrdered = order == "<" || order == ">"
    guard let type = types[code], isOrdered || order == "|" && type.size == 1 else {
      throw error(entry, "descr", known, note: names[code] ?? names[String(code.prefix(1))], file: file)
    }
    #if _endian(little)
      return (type, order == ">")
    #else
      return (type, order == "<")
    #endif
  }

  private static func checkOrder(_ entry: Entry?, file: String) throws(DataError) {
    guard case (_, .boolean(let isFortran))? = entry else {
      throw error(entry, "fortran_order", "True or False", file: file)
    }
    guard !isFortran else {
      throw error(entry, "fortran_order", "False; save np.ascontiguousarray(array)", file: file)
    }
  }

  private static func error(
    _ entry: Entry?, _ field: String, _ expected: String, note: String? = nil, file: String
  ) -> DataError {
    .format(
      file: file, offset: entry?.offset ?? 0, field: field, expected: expected,
      found: (entry.map { "\($0.value)" } ?? "missing") + (note.map { " (\($0))" } ?? ""))
  }

  private static let types: [String: NPY.ElementType] = [
    "b1": .bool, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64, "u1": .uint8, "u2": .uint16, "u4": .uint32,
    "u8": .uint64, "f4": .float32, "f8": .float64,
  ]

  private static let known =
    "bool, an integer, float32 or float64 in a known byte order, as array.astype(np.float32) has"

  /// What other types are called.
  private static let names = [
    "f2": "float16", "f16": "longdouble", "c": "complex numbers", "O": "Python objects", "U": "strings", "S": "bytes",
    "M": "dates", "m": "time spans", "V": "records",
  ]
}
