import Foundation
import NNBlas
import TestSupport
import Testing

@Suite("The processors that a process may use")
struct ProcessorsTests {
  @Test("are limited by the least quota of its control groups")
  func quotas() throws {
    try withTemporaryDirectory { directory in
      let root = directory.path
      try FileManager.default.createDirectory(atPath: root + "/a/b", withIntermediateDirectories: true)
      #expect(Processors.quota(of: "/a/b", below: root) == nil)
      try directory.write(Array("max 100000\n".utf8), to: "cpu.max")
      #expect(Processors.quota(of: "/a/b", below: root) == nil)
      try directory.write(Array("150000 100000\n".utf8), to: "a/cpu.max")
      try directory.write(Array("400000 100000\n".utf8), to: "a/b/cpu.max")
      #expect(Processors.quota(of: "/a/b", below: root) == 1.5)
      #expect(Processors.quota(of: "/a", below: root) == 1.5)
      #expect(Processors.quota(of: "/", below: root) == nil)
      for damage in ["", "0 100000", "-1 5", "150000", "150000 0", "a b"] {
        try directory.write(Array(damage.utf8), to: "a/cpu.max")
        #expect(Processors.quota(of: "/a", below: root) == nil, "\(damage)")
      }
    }
  }

  @Test("are told by a group of version 2 alone")
  func groups() {
    #expect(Processors.group(in: "0::/user.slice/run-1.scope\n") == "/user.slice/run-1.scope")
    #expect(Processors.group(in: "5:cpu:/x\n0::/\n") == "/")
    #expect(Processors.group(in: "5:cpu:/x\n") == nil)
    #expect(Processors.group(in: "") == nil)
  }

  @Test("are one at least")
  func available() { #expect(Processors.available >= 1) }
}
