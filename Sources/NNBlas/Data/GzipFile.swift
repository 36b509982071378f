private import CZlib
import Foundation

// The door to zlib: the only file that imports CZlib, for compressed files and for checksums.

/// A file that is read from front to back, decompressed where it starts with gzip's signature.
///
/// Compressed members that follow each other are read as one; what follows the last of them is ignored, as `gzip` does.
struct GzipFile: ~Copyable {
  private let handle: gzFile
  /// The file's name, for messages.
  let name: String
  /// The number of bytes in the file as it is stored, where the contents are stored as they are.
  let plainByteCount: Int?
  /// The number of content bytes read so far.
  private(set) var offset = 0

  /// - Throws: `DataError.unreadable` when the file is missing, not a regular file, or not readable.
  init(path: String) throws(DataError) {
    name = (path as NSString).lastPathComponent
    let storedByteCount: Int
    do throws(RegularFile.Obstacle) {
      storedByteCount = try RegularFile.byteCount(of: path)
    } catch {
      throw .unreadable(file: path, reason: error.reason)
    }
    guard let handle = gzopen(path, "rb") else { throw .unreadable(file: path, reason: Self.lastError()) }
    gzbuffer(handle, 1 << 18)
    self.handle = handle
    plainByteCount = gzdirect(handle) == 1 ? storedByteCount : nil
  }

  deinit {
    gzclose_r(handle)
  }

  /// Reads up to the buffer's size; fewer bytes only at the end of the file.
  ///
  /// - Throws: `DataError.compression` when compressed data are damaged or end early, `DataError.unreadable` when the
  ///   file cannot be read.
  mutating func read(into buffer: UnsafeMutableBufferPointer<UInt8>) throws(DataError) -> Int {
    var total = 0
    while total < buffer.count {
      let wanted = UInt32(min(buffer.count - total, 1 << 30))
      let got = Int(gzread(handle, buffer.baseAddress.map { $0 + total }, wanted))
      if got > 0 {
        // zlib already knows of an early end while it still hands out what came before.
        total += got
        offset += got
        continue
      }
      var code: Int32 = Z_OK
      let message = gzerror(handle, &code)
      switch code {
      case Z_OK, Z_STREAM_END: return total
      case Z_ERRNO: throw .unreadable(file: name, reason: Self.lastError())
      case Z_BUF_ERROR: throw .compression(file: name, offset: offset, reason: "the file ends early")
      default: throw .compression(file: name, offset: offset, reason: Self.text(of: message))
      }
    }
    return total
  }

  /// zlib's own words, without the path that it puts before them.
  private static func text(of message: UnsafePointer<CChar>?) -> String {
    let words = message.map { String(cString: $0) } ?? "unknown error"
    return words.range(of: ": ", options: .backwards).map { String(words[$0.upperBound...]) } ?? words
  }

  private static func lastError() -> String { String(cString: strerror(errno)) }
}

/// The checksum of gzip and PNG, which finds every single wrong bit, and all but one in 2³² of other changes.
struct CRC32: Equatable {
  private(set) var value: UInt32 = 0

  /// Takes more bytes into account.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    // Of no bytes it would begin anew.
    guard !bytes.isEmpty else { return }
    value = UInt32(crc32_z(UInt(value), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
  }
}
