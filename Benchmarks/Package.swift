// swift-tools-version: 6.2
import PackageDescription

// Benchmarks, a package of its own so that nobody else pays for them. The modules of Minimo are
// links to its sources: only what is measured is built, and no dependency is fetched.
// `Scripts/bench-compare` builds and runs this.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  targets: [
    .systemLibrary(name: "CGMP", providers: [.apt(["libgmp-dev"])]),
    .target(name: "CTensorKernels"),
    module("Randomness"),
    module("Parallel"),
    module("Hashing"),
    module("Kernel", ["CGMP"]),
    module("Tensor", ["CTensorKernels"]),
    module("Probability", ["Randomness", "Parallel"]),
    module("PeanoSyntax", ["Kernel"]),
    module("Layers", ["Tensor", "CTensorKernels", "Randomness"]),
    module("Search", ["Probability", "Randomness", "Parallel"]),
    module("Proving", ["PeanoSyntax", "Kernel", "Probability", "Search"]),
    module("Export", ["Kernel", "Hashing"]),
    module("Conjecturing", ["Proving", "Kernel", "Probability", "Randomness", "Parallel"]),
    module(
      "Agent",
      [
        "Conjecturing", "Proving", "Export", "PeanoSyntax", "Kernel", "Search", "Layers", "Tensor",
        "Probability", "Randomness", "Parallel",
      ]),
    .executableTarget(
      name: "bench",
      dependencies: [
        "Agent", "Conjecturing", "Proving", "PeanoSyntax", "Search", "Layers", "Tensor",
        "CTensorKernels", "Randomness", "Parallel",
      ],
      path: "Sources/Bench", swiftSettings: settings),
    // Particle filters, by themselves: `Scripts/bench-particles`.
    .executableTarget(
      name: "particle-bench", dependencies: ["Probability", "Randomness", "Parallel"],
      path: "Sources/ParticleBench", swiftSettings: settings),
  ]
)
