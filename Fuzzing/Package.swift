// swift-tools-version: 6.2
import PackageDescription

// Fuzzers and the differential test, a package of its own so that nobody else pays for them. The
// modules of Minimo are links to its sources: instrumented builds need objects of their own anyway.
// `Scripts/fuzz` builds and runs all of this.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// Only our own modules are instrumented: no path through GRDB is worth a search, and following
// them would take half the time of a run that is opened. Without `comparisons` the fuzzer sees
// which branches were taken, not what was compared.
let instrumentation: [String] =
  switch Context.environment["MINIMO_INSTRUMENTATION"] {
  case "comparisons": ["-sanitize=fuzzer"]
  case "edges": ["-sanitize=fuzzer", "-sanitize-coverage=edge,inline-8bit-counters,pc-table"]
  default: []
  }

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies,
    swiftSettings: settings + [.unsafeFlags(instrumentation)])
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies,
    swiftSettings: settings + [.unsafeFlags(["-parse-as-library"] + instrumentation)],
    linkerSettings: [.unsafeFlags(instrumentation)])
}

let package = Package(
  name: "fuzzing",
  platforms: [.macOS(.v15)],
  dependencies: [.package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0")],
  targets: [
    .systemLibrary(name: "CGMP", providers: [.apt(["libgmp-dev"])]),
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CFuzzer"),
    .target(name: "CTensorKernels"),
    module("Hashing"),
    module("Randomness"),
    module("Kernel", ["CGMP"]),
    module("Recheck"),
    module("Tensor", ["CTensorKernels"]),
    module("PeanoSyntax", ["Kernel"]),
    module("Layers", ["Tensor", "CTensorKernels", "Randomness"]),
    module("Parallel"),
    module("Probability", ["Randomness", "Parallel"]),
    module("Search", ["Probability", "Randomness", "Parallel"]),
    module("Proving", ["PeanoSyntax", "Kernel", "Probability", "Search"]),
    module("Export", ["Kernel", "Hashing"]),
    module("RunStore", ["Hashing", "CSQLite", .product(name: "GRDB", package: "GRDB.swift")]),
    module("FuzzDriver", ["CFuzzer", "Hashing"]),
    module("SyntaxProperty", ["PeanoSyntax", "FuzzDriver"]),
    program("FuzzSyntax", ["FuzzDriver", "SyntaxProperty", "PeanoSyntax"]),
    program("FuzzLegacy", ["FuzzDriver", "SyntaxProperty", "PeanoSyntax"]),
    program("FuzzScript", ["FuzzDriver", "Proving", "PeanoSyntax", "Kernel"]),
    program("FuzzSafetensors", ["FuzzDriver", "Tensor"]),
    program("FuzzNetwork", ["FuzzDriver", "Layers", "Tensor"]),
    program("FuzzExamples", ["FuzzDriver"]),
    program("FuzzDescription", ["FuzzDriver"]),
    program(
      "FuzzDatabase",
      ["FuzzDriver", "RunStore", "Hashing", .product(name: "GRDB", package: "GRDB.swift")]),
    program("FuzzCertificate", ["FuzzDriver", "Export", "Kernel"]),
    module("Verdicts", ["Export", "Kernel", "Recheck"]),
    program("FuzzRecheck", ["FuzzDriver", "Verdicts"]),
    program("Differential", ["Verdicts", "Hashing", "Randomness"]),
  ]
)
