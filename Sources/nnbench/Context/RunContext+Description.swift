import Foundation
import NNBlas

extension RunContext {
  /// The lines that stand above every table.
  var heading: String {
    """
    Machine:  \(machine.cpu), \(machine.cores) cores, \(memory), \(machine.os)
    OpenBLAS: \(openblasOptions)
    Kernels:  \(kernels)
    Build:    nnbench \(versions.nnblas), Swift \(versions.swift), \(build)\(Build.isDebug ? " — DO NOT MEASURE WITH IT" : "")
    Load:     \(loadText)
    """
  }

  /// All that there is to tell, in two columns of at most 100 characters; only what cannot be divided, as a long path, is
  /// wider.
  var details: String {
    let quota = cgroupQuota.map { "cgroup quota \(significant($0))" } ?? "no cgroup quota"
    let rows = [
      ("Processor:", [machine.cpu]),
      ("Caches:", [machine.caches.isEmpty ? "unknown" : machine.caches.map(\.summary).joined(separator: ", ")]),
      ("Memory:", [memory]),
      ("System:", ["\(machine.os), \(machine.architecture)"]),
      ("Cores:", ["\(machine.cores) cores, affinity to \(affinity), \(quota): \(threads) in use"]),
      ("SIMD:", ["\(simd) in use, the processor has \(machine.simd)"]),
      ("OpenBLAS:", [openblasOptions]),
      ("Kernels:", [kernels]),
      ("Threading:", ["\(openblasThreading.rawValue) of OpenBLAS"]),
      ("Libraries:", libraries.isEmpty ? ["none found"] : libraries),
      ("LAPACKE:", [lapacke.summary]),
      ("Versions:", ["nnbench \(versions.nnblas), Swift \(versions.swift)"]),
      ("Build:", [build + (Build.isDebug ? " — DO NOT MEASURE WITH IT" : "")]),
      ("Load:", [loadText]),
    ]
    let indent = 12
    return rows.flatMap { name, paragraphs in
      paragraphs.flatMap { wrapped($0, width: 100 - indent) }.enumerated().map { index, line in
        (index == 0 ? name : "").padding(toLength: indent, withPad: " ", startingAt: 0) + line
      }
    }.joined(separator: "\n")
  }

  /// What stands above a plot.
  var conditions: String {
    "\(machine.cpu), \(openblasCore) kernels of \(versions.openblas.split(separator: " ").prefix(2).joined(separator: " ")), "
      + "nnbench \(versions.nnblas), \(date.prefix(10))" + (Build.isDebug ? " — DEBUG BUILD" : "")
  }

  private var memory: String {
    func text(_ bytes: some BinaryInteger) -> String { String(format: "%.1f GiB", Double(bytes) / 1_073_741_824) }
    return text(machine.memoryBytes) + (cgroupMemoryBytes.map { ", cgroup limit \(text($0))" } ?? "")
  }

  /// The version and the build options.
  private var openblasOptions: String { versions.openblas.replacing("OpenBLAS ", with: "", maxReplacements: 1) }

  private var kernels: String {
    let unknown = openblasCoreReplaced.map { ", which took \($0) for this unknown processor" } ?? ""
    return "\(openblasCore) of OpenBLAS\(unknown); elementwise \(simd)"
  }

  private var loadText: String { load.map { String(format: "%.2f", $0) }.joined(separator: " ") }
}
