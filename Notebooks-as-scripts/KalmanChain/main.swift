// # Delayed sampling, step by step
//
// A probabilistic program draws random numbers. A delayed one puts that off: a variable stays a
// distribution until somebody asks for its value, and what is observed of it conditions the
// distribution. Where everything is linear and Gaussian nobody ever has to ask, and the program
// computes what Kalman did, without knowing his name.
//
// Run it with `make build && .build/release/KalmanChain [picture.svg]`.

import Glibc
import Minimo
import Probability

// ## 1. A model is a program
//
// A position that is pulled back to the origin, seen through a noisy sensor at half its scale.
// `assume` makes a random variable, `observe` weighs by an observation. Nothing here says "filter".

struct Position: SequentialModel {
  var x = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(0, variance: 5))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(0.9 * x, variance: 1))
    p.observe(y, Normal(x / 2, variance: 0.25))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(x)
  }
}

// ## 2. By hand
//
// One particle. The mean and variance that the program holds after each step, beside the two lines
// of algebra that Kalman would have written.

let data = [1.1, 0.4, -0.3, -1.2, -0.8, 0.1, 1.4, 2.2]
var model = Position()
var context = DelayedContext(key: RandomKey(seed: 0))
model.start(&context)
var (mean, variance) = (0.0, 5.0)
print(" t      y   program: mean, variance   by hand: mean, variance")
for (t, y) in data.enumerated() {
  model.step(t, y, &context)
  // Predict, then correct.
  (mean, variance) = (0.9 * mean, 0.81 * variance + 1)
  let gain = 0.5 * variance / (0.25 * variance + 0.25)
  (mean, variance) = (mean + gain * (y - mean / 2), (1 - gain / 2) * variance)
  let found = (context.graph.mean(model.x), context.graph.variance(model.x))
  print(
    " \(t)  \(y.fixed(1).padded(to: 5))   \(found.0.fixed(6).padded(to: 12)) "
      + "\(found.1.fixed(6).padded(to: 9))   \(mean.fixed(6).padded(to: 12)) "
      + "\(variance.fixed(6).padded(to: 9))")
}
print("\nEvery variable stayed without a value:\n\(context.report)\n")

// ## 3. Against a filter that draws
//
// The same program, delayed and not. The delayed one gives the evidence with a single particle and
// without error; the bootstrap filter needs thousands to come close.

func simulated(_ steps: Int, key: RandomKey) -> (states: [Double], data: [Double]) {
  var stream = key.stream()
  var x = 5.0.squareRoot() * stream.normal()
  var (states, data): ([Double], [Double]) = ([], [])
  for _ in 0..<steps {
    x = 0.9 * x + stream.normal()
    states.append(x)
    data.append(x / 2 + 0.5 * stream.normal())
  }
  return (states, data)
}

let (states, series) = simulated(60, key: RandomKey(seed: 4).child("data"))
let exact = try ParticleFilter(particles: 1).run(
  Position(), data: series, key: RandomKey(seed: 0))
print("log evidence, delayed, 1 particle: \(exact.logEvidence.fixed(9))")
for particles in [10, 100, 1000, 10000] {
  let estimates = try (0..<20).map { number in
    try ParticleFilter(particles: particles, delays: false).run(
      Position(), data: series, key: RandomKey(seed: 1).child("run", number)
    ).logEvidence
  }
  let mean = estimates.reduce(0, +) / 20
  let spread = estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 19
  print(
    "bootstrap, \(particles) particles: mean \(mean.fixed(2)), "
      + "standard deviation \(spread.squareRoot().fixed(3))")
}

// ## 4. A picture
//
// What the program believes after each observation, and where the position truly was.

var tracker = Position()
var tracking = DelayedContext(key: RandomKey(seed: 0))
tracker.start(&tracking)
var believed: [(x: Double, mean: Double, deviation: Double)] = []
for (t, y) in series.enumerated() {
  tracker.step(t, y, &tracking)
  believed.append(
    (Double(t), tracking.graph.mean(tracker.x), tracking.graph.variance(tracker.x).squareRoot()))
}
var figure = Figure("A position, filtered", x: "step", y: "position")
figure.band(
  "mean ± 2 deviations",
  believed.map { ($0.x, $0.mean - 2 * $0.deviation, $0.mean + 2 * $0.deviation) })
figure.line("posterior mean", believed.map { ($0.x, $0.mean) })
figure.points("true position", states.enumerated().map { (Double($0), $1) })
figure.points("2 × observation", series.enumerated().map { (Double($0), 2 * $1) })
let picture = CommandLine.arguments.dropFirst().first ?? "kalman-chain.svg"
try figure.write(to: picture)
print("\nThe picture is in \(picture).")
