import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("The processors that a process may use")
struct ProcessorsTests {
  @Test("are limited by the least quota of its control groups")
  func quotas() throws {
    try withTemporaryDirectory { directory in
      func quota(of group: String) -> Double? {
        Processors.quota(of: ControlGroups("0::\(group)\n", below: directory.path))
      }
      try FileManager.default.createDirectory(atPath: directory.path + "/a/b", withIntermediateDirectories: true)
      #expect(quota(of: "/a/b") == nil)
      try directory.write(Array("max 100000\n".utf8), to: "cpu.max")
      #expect(quota(of: "/a/b") == nil)
      try directory.write(Array("150000 100000\n".utf8), to: "a/cpu.max")
      try directory.write(Array("400000 100000\n".utf8), to: "a/b/cpu.max")
      #expect(quota(of: "/a/b") == 1.5)
      #expect(quota(of: "/a") == 1.5)
      #expect(quota(of: "/") == nil)
      for damage in ["", "0 100000", "-1 5", "150000", "150000 0", "a b"] {
        try directory.write(Array(damage.utf8), to: "a/cpu.max")
        #expect(quota(of: "/a") == nil, "\(damage)")
      }
    }
  }

  @Test("are one at least")
  func available() { #expect(Processors.available >= 1) }
}
