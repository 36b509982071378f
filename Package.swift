// swift-tools-version: 6.2
import PackageDescription

// Read from top to bottom as data flows: C libraries, the library over them, the tool over the library.
let package = Package(
  name: "NNBlas",
  products: [
    .library(name: "NNBlas", targets: ["NNBlas"]),
    .executable(name: "nnbench", targets: ["nnbench"]),
  ],
  targets: [
    // MARK: - C libraries of the system: one Swift file of NNBlas is the door to each

    /// BLAS and what OpenBLAS tells about itself. Door: `LinearAlgebra/BLAS.swift`.
    .systemLibrary(name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev", "pkg-config"])]),
    /// LAPACK. Door: `LinearAlgebra/LAPACK.swift`.
    .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev", "pkg-config"])]),
    /// Gzip. Door: `Data/GzipFile.swift`.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev", "pkg-config"])]),
    /// Exponentials and logarithms of vectors. Used by CElementwise alone.
    .systemLibrary(name: "CSLEEF", pkgConfig: "sleef", providers: [.apt(["libsleef-dev", "pkg-config"])]),

    // MARK: - C of our own: one Swift file of NNBlas is the door to each

    /// The loops over elements that BLAS lacks. Door: `LinearAlgebra/Kernels.swift`.
    .target(name: "CElementwise", dependencies: ["CSLEEF"]),
    /// Kernels of OpenBLAS for processors that it does not know. Door: `LinearAlgebra/BLAS.swift`.
    .target(name: "COpenBLAS", dependencies: ["CBLAS"]),
    /// What Glibc does not show to Swift: waiting for other threads, floating-point control. Door: `Engine/Platform.swift`.
    .target(name: "CPlatform"),

    // MARK: - The library

    .target(name: "NNBlas", dependencies: ["CBLAS", "CLAPACKE", "CZlib", "CElementwise", "COpenBLAS", "CPlatform"]),

    // MARK: - The measuring tool

    /// The processor's peak and a count of allocations. Door: `Measuring/Machine.swift`.
    .target(name: "CMeasure"),
    .executableTarget(name: "nnbench", dependencies: ["NNBlas", "CMeasure"]),

    // MARK: - Examples, which the tests run

    .executableTarget(
      name: "example-mnist", dependencies: ["NNBlas"], path: "Examples/MNIST"),
    .executableTarget(name: "example-regression", dependencies: ["NNBlas"], path: "Examples/Regression"),
    .executableTarget(name: "example-custom-layer", dependencies: ["NNBlas"], path: "Examples/CustomLayer"),

    // MARK: - Tests

    /// What both test targets need: files and messages.
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(
      name: "NNBlasTests", dependencies: ["NNBlas", "CElementwise", "CMeasure", "COpenBLAS", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "nnbenchTests",
      dependencies: [
        "nnbench", "NNBlas", "CElementwise", "TestSupport", "example-mnist", "example-regression",
        "example-custom-layer",
      ],
      resources: [.copy("Fixtures")]),
  ],
  swiftLanguageModes: [.v6]
)
