import Testing
import nnbench

@Suite("What a process has mapped")
struct MemoryMapTests {
  private static let map = MemoryMap(
    """
    55c63cf32000-55c63cf35000 r-xp 00000000 fe:00 16220413                   /home/a/libraries/openblas.so/nnblas.solver
    55c64b415000-55c64b436000 rw-p 00000000 00:00 0                          [heap]
    7fc5d7000000-7fc5d8000000 r--p 00000000 fe:00 11                         /opt/my libs/libMKL_rt.so.2
    7fc5d8000000-7fc5d9000000 r-xp 01000000 fe:00 12                         /usr/lib/openblas/libopenblasp-r0.3.21.so
    7fc5d9000000-7fc5da000000 rw-p 02000000 fe:00 12                         /usr/lib/openblas/libopenblasp-r0.3.21.so
    7fc5da000000-7fc5db000000 rw-p 00000000 00:00 0
    7fc5db000000-7fc5dc000000 r-xp 00000000 fe:00 13                         /usr/lib/libc.so.6
    7fc5dc000000-7fc5dd000000 r-xp 00000000 fe:00 14                         /usr/lib/liblapacke.so.3 (deleted)
    7fc5dd000000-7fc5de000000 r-xp 00000000 fe:00 15                         /usr/lib/libblis.so
    7fc5de000000-7fc5df000000 r-xp 00000000 fe:00 16                         /usr/lib/libflame.so
    7fc5df000000-7fc5e0000000 r-xp 00000000 fe:00 17                         /usr/lib/libtatlas.so.3
    7fc5e0000000-7fc5e1000000 r-xp 00000000 fe:00 18                         /usr/lib/liblapack.a
    nonsense
    """)

  @Test("Libraries of linear algebra are told by their names, each once")
  func libraries() {
    #expect(
      Self.map.libraries == [
        "/opt/my libs/libMKL_rt.so.2", "/usr/lib/libblis.so", "/usr/lib/libflame.so",
        "/usr/lib/liblapacke.so.3 (deleted)", "/usr/lib/libtatlas.so.3", "/usr/lib/openblas/libopenblasp-r0.3.21.so",
      ])
    #expect(MemoryMap("").libraries.isEmpty)
  }

  @Test("An address is in the file whose range has it")
  func files() {
    #expect(Self.map.file(of: 0x7fc5_d8ff_ffff) == "/usr/lib/openblas/libopenblasp-r0.3.21.so")
    #expect(Self.map.file(of: 0x7fc5_d700_0000) == "/opt/my libs/libMKL_rt.so.2")
    #expect(Self.map.file(of: 0x7fc5_da00_0000) == nil)
    #expect(Self.map.file(of: 0x7fc5_e100_0000) == nil)
  }
}
