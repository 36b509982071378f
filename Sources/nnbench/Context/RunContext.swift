import Foundation
import NNBlas

/// Everything outside the code that a figure depends on.
struct RunContext: Encodable {
  struct Machine: Encodable {
    let cpu: String
    let cores: Int
    let memoryBytes: UInt64
    let os: String
    let architecture: String
    /// The widest level of the elementwise kernels that the processor has.
    let simd: SIMDLevel
    let caches: [Processor.Cache]
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

    init(_ digits: Digits) {
      (name, training, test) = (digits.name, digits.training.count, digits.test.count)
    }
  }

  let date: String
  let machine: Machine
  let versions: Versions
  let openblasCore: String
  /// What it would have been, where OpenBLAS does not know the processor and NNBlas asked for other kernels.
  @Nullable private(set) var openblasCoreReplaced: String?
  let openblasThreading: BLAS.Threading
  /// The libraries of linear algebra in the process.
  let libraries: [String]
  let lapacke: LAPACKE
  let build: String
  /// The threads that there are processors for.
  let threads: Int
  /// The processors of the affinity mask.
  let affinity: Int
  /// The quota of the control groups, in processors.
  @Nullable private(set) var cgroupQuota: Double?
  /// The memory that the control groups leave, in bytes, where that is less than the machine's.
  @Nullable private(set) var cgroupMemoryBytes: Int?
  /// The instructions of the elementwise kernels.
  let simd: SIMDLevel
  /// The system's load averages over 1, 5 and 15 minutes.
  let load: [Double]
  /// The examples, where any are used.
  @Nullable var data: Data?

  /// The context of a measurement that starts now.
  init() {
    date = ISO8601DateFormatter().string(from: Date())
    let (process, processor) = (ProcessInfo.processInfo, Processor())
    machine = Machine(
      cpu: processor.name, cores: process.activeProcessorCount, memoryBytes: process.physicalMemory,
      os: process.operatingSystemVersionString, architecture: Build.architecture, simd: .widest,
      caches: processor.caches)
    versions = Versions(nnblas: packageVersion, swift: Build.swiftVersion, openblas: BLAS.configuration)
    openblasCore = BLAS.core
    openblasCoreReplaced = BLAS.replacedCore
    openblasThreading = BLAS.threading
    libraries = MemoryMap.current.libraries
    lapacke = LAPACKE()
    build = Build.mode
    threads = Processors.available
    affinity = Processors.allowed
    cgroupQuota = Processors.quota
    if case .controlGroup(let bytes) = MemoryLimit.least { cgroupMemoryBytes = Int(bytes) }
    simd = .current
    load = Self.loadAverages
  }

  /// Why figures may not be what they seem. They go to standard error, and into the document that has this context.
  var warnings: [String] {
    let core = OpenBLASCore(
      name: openblasCore, widest: BLAS.widestCore, request: ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"],
      configuration: versions.openblas)
    return [Build.warning, SIMDLevel.warning, core.warning].compactMap { $0 }
  }

  /// The most memory that this process has had resident, in bytes; 0 where the system does not tell.
  static var peakResidentBytes: Int {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    // Linux counts in KiB.
    return Int(usage.ru_maxrss) * 1024
  }

  private static var loadAverages: [Double] {
    var loads = [Double](repeating: 0, count: 3)
    return getloadavg(&loads, 3) == 3 ? loads : []
  }
}
