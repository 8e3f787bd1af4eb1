// # Half of it linear
//
// A state of four numbers: one moves nonlinearly, three linearly given the first. Filters that draw
// all four need many particles. Delayed sampling draws the first and keeps the others as a normal
// distribution, in every particle, without being told to: it follows from the program.
//
// Model: Lindsten, Schön, "Identification of mixed linear/nonlinear state-space models" (CDC 2010).
//
// Run it with `make build && .build/release/MixedModel [picture.svg]`.

import Glibc
import Minimo
import Probability

// ## 1. The program

struct Mixed: SequentialModel {
  static let a = [[1, 0.3, 0], [0, 0.92, -0.3], [0, 0.3, 0.92]]
  static let b = [1.0, 0, 0]
  static let c = [1.0, -1, 1]
  var nonlinear = Random<Double>()
  var linear: [Random<Double>] = []

  mutating func start(_ p: inout some ProbabilisticContext) {}

  mutating func step(
    _ t: Int, _ y: (nonlinear: Double, linear: Double), _ p: inout some ProbabilisticContext
  ) {
    if t == 0 {
      nonlinear = p.assume(Normal(0, variance: 1))
      linear = (0..<3).map { _ in p.assume(Normal(0, variance: 1)) }
    } else {
      // Here, and only here, the first variable needs a number.
      let drift = atan(p.value(nonlinear))
      nonlinear = p.assume(Normal(drift + dot(Self.b, linear), variance: 0.01))
      linear = Self.a.map { row in p.assume(Normal(dot(row, linear), variance: 0.01)) }
    }
    let n = p.value(nonlinear)
    p.observe(y.nonlinear, Normal(0.1 * n * abs(n), variance: 0.1))
    p.observe(y.linear, Normal(dot(Self.c, linear), variance: 0.1))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(nonlinear)
    visitor.keep(linear)
  }
}

let data = String(decoding: PackageResources.observations_tsv, as: UTF8.self)
  .split(separator: "\n").filter { !$0.hasPrefix("#") }
  .map { line in
    let numbers = line.split(separator: "\t").map { Double($0) ?? .nan }
    return (nonlinear: numbers[0], linear: numbers[1])
  }

// ## 2. What stays random

let one = try ParticleFilter(particles: 100).run(Mixed(), data: data, key: RandomKey(seed: 0))
print("Variables of 100 particles over \(data.count) steps:\n\(one.report)\n")

// ## 3. What that buys
//
// The log-evidence of the same data, again and again: its variance says how many particles are
// enough. The exact value is near -105.89.

let runs = 60
var curves: [(name: String, points: [(x: Double, y: Double)])] = []
for delays in [true, false] {
  var points: [(x: Double, y: Double)] = []
  for particles in [32, 128, 512, 2048] {
    let filter = ParticleFilter(particles: particles, delays: delays)
    let values = try (0..<runs).map { run in
      try filter.run(Mixed(), data: data, key: RandomKey(seed: 1).child("run", run)).logEvidence
    }
    let mean = values.reduce(0, +) / Double(runs)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(runs - 1)
    points.append((Double(particles), variance))
    print(
      "\(delays ? "delayed" : "drawn  "), \(particles) particles: mean \(mean.fixed(2)), "
        + "variance \(variance.fixed(3))")
  }
  curves.append((delays ? "delayed" : "everything drawn", points))
}

var figure = Figure(
  "Mixed linear and nonlinear model: variance of the log-evidence", x: "particles",
  y: "variance over \(runs) runs", xScale: .logarithmic, yScale: .logarithmic)
for curve in curves { figure.line(curve.name, curve.points) }
let picture = CommandLine.arguments.dropFirst().first ?? "mixed-model.svg"
try figure.write(to: picture)
print("\nThe picture is in \(picture).")
