import Foundation
import NNBlas

/// The version of the package and of the tool.
package let packageVersion = "0.1.0"

/// Everything outside the code that a figure depends on.
struct RunContext: Encodable {
  struct Machine: Encodable {
    let cpu: String
    let cores: Int
    let memoryBytes: UInt64
    let os: String
    let architecture: String
  }

  struct Versions: Encodable {
    let nnblas: String
    let swift: String
    let openblas: String
  }

  struct Data: Encodable {
    let name: String
    let training: Int
    let test: Int
  }

  let date: String
  let machine: Machine
  let versions: Versions
  let openblasCore: String
  let build: String
  /// The threads that there are processors for.
  let threads: Int
  /// The instructions of the elementwise kernels.
  let simd: String
  /// The system's load averages over 1, 5 and 15 minutes.
  let load: [Double]
  /// The examples, where any are used.
  let data: Data?

  /// The context of a measurement that starts now.
  init(digits: Digits? = nil) {
    date = ISO8601DateFormatter().string(from: Date())
    machine = Machine(
      cpu: Self.cpuName, cores: ProcessInfo.processInfo.activeProcessorCount,
      memoryBytes: ProcessInfo.processInfo.physicalMemory, os: ProcessInfo.processInfo.operatingSystemVersionString,
      architecture: Self.architecture)
    versions = Versions(nnblas: packageVersion, swift: Self.swiftVersion, openblas: BLAS.configuration)
    openblasCore = BLAS.core
    build = Self.isDebugBuild ? "debug" : "release"
    threads = Processors.available
    simd = SIMDLevel.current.rawValue
    load = Self.loadAverages
    data = digits.map { Data(name: $0.name, training: $0.training.count, test: $0.test.count) }
  }

  /// The lines that stand above every table.
  var heading: String {
    let memory = String(format: "%.1f", Double(machine.memoryBytes) / 1_073_741_824)
    let unknown = BLAS.replacedCore.map { ", which does not know this processor and took \($0)" } ?? ""
    let load = load.map { String(format: "%.2f", $0) }.joined(separator: " ")
    return """
      Machine:  \(machine.cpu), \(machine.cores) cores, \(memory) GiB, \(machine.os)
      OpenBLAS: \(versions.openblas.replacing("OpenBLAS ", with: "", maxReplacements: 1))
      Kernels:  \(openblasCore) of OpenBLAS\(unknown); elementwise \(simd)
      Build:    nnbench \(versions.nnblas), Swift \(versions.swift), \(build)\(Self.isDebugBuild ? " — DO NOT MEASURE WITH IT" : "")
      Load:     \(load)
      """
  }

  /// The most memory that this process has had resident, in bytes; 0 where the system does not tell.
  static var peakResidentBytes: Int {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    // Linux counts in KiB.
    return Int(usage.ru_maxrss) * 1024
  }

  private static var cpuName: String {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = info.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
  }

  private static var loadAverages: [Double] {
    var loads = [Double](repeating: 0, count: 3)
    return getloadavg(&loads, 3) == 3 ? loads : []
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }

  /// The compiler's version as far as conditional compilation can tell.
  private static var swiftVersion: String {
    #if compiler(>=6.5)
      "6.5 or newer"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  private static var isDebugBuild: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }
}
