import Foundation
import TestSupport
import Testing
import nnbench

@Suite("What the system tells of the processor")
struct ProcessorTests {
  @Test("Caches come from the nearest to the farthest, without what is incomplete")
  func caches() throws {
    try withTemporaryDirectory { folder in
      func write(_ index: String, _ files: [String: String]) throws {
        try FileManager.default.createDirectory(atPath: folder.path(of: index), withIntermediateDirectories: true)
        for (name, text) in files { try folder.write(Array((text + "\n").utf8), to: "\(index)/\(name)") }
      }
      try write("index0", ["level": "3", "type": "Unified", "size": "96M", "shared_cpu_list": "0-7,16-23,40"])
      try write("index1", ["level": "1", "type": "Instruction", "size": "64K", "shared_cpu_list": "0,8"])
      try write("index2", ["level": "1", "type": "Data", "size": "48K", "shared_cpu_list": "0"])
      try write("index10", ["level": "2", "type": "Unified", "size": "1048576"])
      try write("index4", ["level": "4", "type": "Unified", "shared_cpu_list": "0"])
      try write("index5", ["level": "x", "type": "Unified", "size": "1K"])
      try write("index6", ["level": "5", "type": "Unified", "size": "9223372036854775807G"])
      try write("power", ["level": "1", "type": "Data", "size": "1K"])
      let caches = Processor(information: "/nowhere", caches: folder.path).caches
      #expect(
        caches == [
          .init(level: 1, type: "data", bytes: 48 << 10, sharedBy: 1),
          .init(level: 1, type: "instruction", bytes: 64 << 10, sharedBy: 2),
          .init(level: 2, type: "unified", bytes: 1 << 20, sharedBy: 1),
          .init(level: 3, type: "unified", bytes: 96 << 20, sharedBy: 17),
        ])
      let summaries = ["L1 data 48 KiB", "L1 instruction 64 KiB for 2", "L2 1 MiB", "L3 96 MiB for 17"]
      #expect(caches.map(\.summary) == summaries)
      #expect(Processor(information: "/nowhere", caches: folder.path(of: "nowhere")).caches.isEmpty)
    }
  }

  @Test("The model is the first one's, colons and all")
  func model() throws {
    try withTemporaryDirectory { folder in
      func name(_ text: String) throws -> String {
        Processor(information: try folder.write(Array(text.utf8), to: "cpuinfo"), caches: "/nowhere").name
      }
      let two = "processor\t: 0\nmodel\t: 17\nmodel name\t: EPYC: the 9R14 \n\nmodel name\t: other\n"
      let names = [try name(two), try name("processor\t: 0\nmodel\t: 17\n"), try name("model name\n")]
      #expect(names == ["EPYC: the 9R14", "unknown processor", "unknown processor"])
    }
  }
}
