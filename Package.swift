// swift-tools-version: 6.2
import PackageDescription

/// One set of compiler settings for every Swift target.
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

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    exclude: exclude, swiftSettings: settings)
}

func notebook(_ name: String, data: [String] = []) -> Target {
  .executableTarget(
    name: name, dependencies: ["Minimo", "Probability"], path: "Notebooks-as-scripts/\(name)",
    resources: data.map { .embedInCode($0) }, swiftSettings: settings)
}

let package = Package(
  name: "minimo",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Minimo", targets: ["Minimo"]),
    .library(name: "Probability", targets: ["Probability"]),
    .executable(name: "minimo", targets: ["MinimoCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // Layer 0
    .systemLibrary(name: "CGMP", providers: [.apt(["libgmp-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "CTensorKernels"),
    module("Randomness"),
    module("Parallel"),
    module("Hashing"),
    // Layer 1
    module("Kernel", ["CGMP"]),
    module("Recheck"),
    module("Tensor", ["CTensorKernels"]),
    module("Probability", ["Randomness", "Parallel"]),
    // Layer 2
    module("PeanoSyntax", ["Kernel"]),
    module("Layers", ["Tensor", "CTensorKernels", "Randomness"]),
    module("Search", ["Probability", "Randomness", "Parallel"]),
    // Layer 3
    module("Proving", ["PeanoSyntax", "Kernel", "Probability", "Search"]),
    module("Export", ["Kernel", "Hashing"]),
    module("Truth", ["Proving", "Kernel"]),
    // Layer 4
    module("Conjecturing", ["Proving", "Kernel", "Probability", "Randomness", "Parallel"]),
    module(
      "Agent",
      [
        "Conjecturing", "Proving", "Export", "PeanoSyntax", "Kernel", "Search", "Layers", "Tensor",
        "Probability", "Randomness", "Parallel",
      ]),
    module("RunStore", ["Hashing", "CSQLite", .product(name: "GRDB", package: "GRDB.swift")]),
    // Layer 5
    .target(
      name: "ShippedDomains",
      resources: [
        .embedInCode("groups.p"), .embedInCode("nat-add.p"), .embedInCode("nat-mul.p"),
        .embedInCode("propositional-logic.p"),
        .embedInCode("groups.v"), .embedInCode("lattices.v"), .embedInCode("nat-add.v"),
        .embedInCode("nat-literals.v"), .embedInCode("nat-mul.v"),
        .embedInCode("propositional-logic.v"),
      ],
      swiftSettings: settings),
    module(
      "Minimo",
      [
        "ShippedDomains", "Agent", "Conjecturing", "Proving", "Export", "Truth", "Recheck",
        "PeanoSyntax", "Kernel", "Search", "Layers", "Tensor", "Probability", "Randomness",
        "Parallel", "Hashing", "RunStore",
      ]),
    // Layer 6
    .executableTarget(
      name: "MinimoCLI",
      dependencies: [
        "Minimo", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    notebook("BikeShare", data: ["rides.tsv"]),
    notebook("CustomAxioms"),
    notebook("Dengue"),
    notebook("KalmanChain"),
    notebook("MixedModel", data: ["observations.tsv"]),
    notebook("SteeredDecoder"),

    .target(
      name: "TestSupport", dependencies: ["Randomness"], path: "Tests/TestSupport",
      swiftSettings: settings),
    .target(
      name: "CTileEmulation", dependencies: ["CTensorKernels"], path: "Tests/CTileEmulation"),
    tests("Randomness"),
    tests("Parallel"),
    tests("Recheck", exclude: ["Negative", "Positive"]),
    tests("Kernel", ["Randomness", "Parallel"]),
    tests("Tensor", ["CTensorKernels", "CTileEmulation", "Randomness"]),
    tests("Probability", ["Randomness", "Parallel"], exclude: ["Data", "Oracles"]),
    tests("PeanoSyntax", ["Kernel", "Randomness"], exclude: ["Negative", "Malformed"]),
    tests("Layers", ["Tensor", "CTensorKernels", "Randomness"]),
    tests("Search", ["Probability", "Randomness", "Parallel"]),
    tests("Proving", ["Kernel", "PeanoSyntax", "Probability", "Search", "Randomness", "Parallel"]),
    tests(
      "Conjecturing",
      ["PeanoSyntax", "Proving", "Kernel", "Probability", "Randomness", "Parallel"]),
    tests(
      "Agent",
      [
        "Conjecturing", "Proving", "PeanoSyntax", "Kernel", "Search", "Layers", "Tensor",
        "Probability", "Randomness", "Parallel",
      ]),
    tests(
      "Export",
      [
        "Proving", "PeanoSyntax", "Kernel", "Recheck", "Search", "Probability", "Hashing",
        "Randomness", "Parallel",
      ]),
    tests("Truth", ["Kernel", "PeanoSyntax"]),
    tests("RunStore", ["Hashing", "CSQLite", .product(name: "GRDB", package: "GRDB.swift")]),
    tests("Minimo", ["Kernel", "Hashing", "RunStore"]),
  ]
)
