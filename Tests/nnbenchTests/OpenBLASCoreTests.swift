import Testing
import nnbench

@Suite("Kernels of OpenBLAS below the processor")
struct OpenBLASCoreTests {
  private static let options = "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY Prescott MAX_THREADS=64"

  private func warning(
    _ name: String, widest: String?, request: String? = nil, configuration: String = options
  ) -> String? {
    OpenBLASCore(name: name, widest: widest, request: request, configuration: configuration).warning
  }

  @Test("are warned of, with the remedy that helps")
  func warnings() {
    let slow = "OpenBLAS uses its Prescott kernels, made for SSE, on a processor with "
    #expect(
      warning("Prescott", widest: "SkylakeX", request: "Prescott") == slow
        + "AVX-512, several times slower: OPENBLAS_CORETYPE is 'Prescott'; unset it, or set it to SkylakeX")
    #expect(
      warning("Prescott", widest: "Haswell") == slow
        + "AVX2, several times slower: OpenBLAS 0.3.21 does not know this processor; set OPENBLAS_CORETYPE=Haswell")
    #expect(
      warning("Zen", widest: "SkylakeX")
        == "OpenBLAS uses its Zen kernels, made for AVX2, on a processor with AVX-512, which may be slower: "
        + "OpenBLAS 0.3.21 chose them; set OPENBLAS_CORETYPE=SkylakeX")
    #expect(
      warning("SANDYBRIDGE", widest: "Haswell", request: "Haswell", configuration: "OpenBLAS 0.3.21 SANDYBRIDGE")
        == "OpenBLAS uses its SANDYBRIDGE kernels, made for AVX, on a processor with AVX2, which may be slower: "
        + "this OpenBLAS has no others; install one that was built with DYNAMIC_ARCH, such as libopenblas0-pthread")
  }

  @Test("are none where they fit, or nobody knows")
  func noWarnings() {
    for core in ["SkylakeX", "Cooperlake", "SapphireRapids", "Zen9", "armv8", ""] {
      #expect(warning(core, widest: "SkylakeX") == nil, "\(core)")
    }
    for core in ["Haswell", "Zen", "Excavator", "SkylakeX"] {
      #expect(warning(core, widest: "Haswell", request: core) == nil, "\(core)")
    }
    for core in ["Prescott", "Nehalem", "Haswell"] { #expect(warning(core, widest: nil, request: core) == nil) }
  }

  @Test("have a level by their name, in any case")
  func levels() {
    let levels: [(OpenBLASCore.Level?, [String])] = [
      (
        .sse,
        [
          "Prescott", "Core2", "Penryn", "Dunnington", "Atom", "Nano", "Nehalem", "Athlon", "Opteron", "Opteron_SSE3",
          "Barcelona", "Bobcat", "Katmai", "Coppermine", "Northwood", "Banias", "PRESCOTT",
        ]
      ),
      (.avx, ["Sandybridge", "Bulldozer", "Piledriver", "Steamroller"]),
      (.avx2, ["Excavator", "Haswell", "Zen", "zen"]),
      (.avx512, ["SkylakeX", "Cooperlake", "SapphireRapids", "SKYLAKEX"]),
      (nil, ["", "Unknown", "neoversen1", "opter"]),
    ]
    for (level, cores) in levels { for core in cores { #expect(OpenBLASCore.level(of: core) == level, "\(core)") } }
    #expect(OpenBLASCore.Level.sse < .avx && .avx < OpenBLASCore.Level.avx2 && .avx2 < OpenBLASCore.Level.avx512)
  }
}
