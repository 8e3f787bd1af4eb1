// # An outbreak of dengue
//
// In an outbreak people infect mosquitoes and mosquitoes infect people, and all that is known is
// how many cases were reported each day. The program in `Outbreak.swift` tells that story day by
// day; here it is run backwards, from the reports to what must have happened, with several methods.
//
// Run it with `make build && .build/release/Dengue [picture.svg]`.

import Glibc
import Minimo
import Probability

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

/// A number with the given decimals, right-aligned.
func column(_ number: Double, _ decimals: Int, width: Int) -> String {
  guard number.isFinite else { return padded(number < 0 ? "-inf" : "-", width) }
  let power = pow(10.0, Double(decimals))
  let scaled = Int((number.magnitude * power).rounded())
  var digits = String(scaled % Int(power))
  digits = String(repeating: "0", count: max(0, decimals - digits.count)) + digits
  let sign = number < 0 && scaled > 0 ? "-" : ""
  return padded("\(sign)\(scaled / Int(power))" + (decimals > 0 ? ".\(digits)" : ""), width)
}

let key = RandomKey(seed: 2018)
let pool = WorkerPool(threads: max(1, min(8, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))))

// ## 1. What is never drawn
//
// The six unknown probabilities stay in closed form, each a Beta distribution that every day's
// counts sharpen. The report says so, site by site.

let reported = cases.reduce(0) { $0 + ($1 ?? 0) }
print("\(cases.count) days, \(reported) cases reported.\n")

let first = try ParticleFilter(particles: 512, trigger: 0.7)
  .run(Outbreak(), data: cases, key: key.child("first"), pool: pool)
print("Variables of 512 particles:\n\(first.report)\n")

// ## 2. Evidence against the number of particles
//
// The same model, once with the probabilities integrated out and once with them drawn at the start.
// A run can lose all its particles: a day reports more cases than any of them has.

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted[(sorted.count - 1) / 2]
}

let runs = 4
var evidence: [(delays: Bool, particles: Int, values: [Double])] = []
print("Log-evidence of the \(cases.count) days in \(runs) runs, and mean effective sample size:")
print("  particles  delayed  median    best   lost   ESS")
for particles in [64, 256, 1024] {
  for delays in [true, false] {
    let filter = ParticleFilter(particles: particles, trigger: 0.7, delays: delays)
    var (values, share): ([Double], Double) = ([], 0)
    for run in 0..<runs {
      let key = key.child("evidence \(particles)", run)
      let posterior = try filter.run(Outbreak(), data: cases, key: key, pool: pool)
      values.append(posterior.logEvidence)
      let sizes = posterior.effectiveSampleSizes
      share += sizes.reduce(0, +) / Double(sizes.count * particles * runs)
    }
    evidence.append((delays, particles, values))
    let lost = values.count { $0 == -.infinity }
    print(
      padded("\(particles)", 11) + padded(delays ? "yes" : "no", 9)
        + column(median(values), 1, width: 8)
        + column(values.max()!, 1, width: 8) + padded("\(lost)", 7)
        + padded("\(column(100 * share, 0, width: 0)) %", 6))
  }
}

// ## 3. An alive filter
//
// It does not lose its particles: a day is tried again until enough of them can explain it. What it
// cannot mend is an outbreak that has ended in all of them.

let early = Array(cases.prefix(40))
print("\nAlive filters, the first \(early.count) days, 256 particles:")
for delays in [true, false] {
  let filter = AliveFilter(particles: 256, delays: delays, maximumTrials: 20_000)
  for run in 0..<2 {
    let name = delays ? "  delayed: " : "  drawn:   "
    do {
      let posterior = try filter.run(
        Outbreak(), data: early, key: key.child("alive", run), pool: pool)
      let trials = posterior.acceptanceRates.map { 1 / $0 }
      print(
        name + "log-evidence" + column(posterior.logEvidence, 1, width: 8) + ", at most"
          + column(trials.max()!, 1, width: 6) + " trials for a particle")
    } catch {
      print(name + "gave up: \(error)")
    }
  }
}

// ## 4. How many mosquitoes?
//
// Their number is not conjugate to anything. SMC² runs a filter for each of many values of it, the
// six probabilities still integrated out, and moves the values as the days go by.

/// The logarithm to base 10 of mosquitoes for each person, between -1 and 2.
struct Density: ParameterModel {
  func logPrior(_ parameters: [Double]) -> Double {
    parameters[0] > -1 && parameters[0] < 2 ? -log(3) : -.infinity
  }

  func drawPrior(_ stream: inout RandomStream) -> [Double] { [3 * stream.uniform() - 1] }

  func make(_ parameters: [Double]) -> Outbreak { Outbreak(density: parameters[0]) }
}

let squared = try SMCSquared(
  particles: 24, filter: ParticleFilter(particles: 32, trigger: 0.7), moves: 1, leastAcceptance: 0
).run(Density(), data: early, key: key.child("squared"), pool: pool)
let density = squared.summary { $0.parameters[0] }
print("\nSMC² over the density of mosquitoes, the first \(early.count) days:")
print("  log-evidence" + column(squared.logEvidence, 1, width: 8))
print(
  "  log10 of mosquitoes for each person" + column(density.mean, 2, width: 6) + " ±"
    + column(density.deviation, 2, width: 5) + " (prior 0.50 ± 0.87)")
let rounds = squared.acceptanceRates
print(
  "  \(rounds.count) rounds of moves, accepted"
    + column(100 * rounds.reduce(0, +) / Double(max(rounds.count, 1)), 0, width: 4) + " %")

// ## 5. Chains
//
// Particle Gibbs draws the counts given the probabilities, then the probabilities given the counts:
// each holds the other back. Marginalized particle Gibbs draws the counts alone. How far a chain
// gets shows in two numbers: what a draw remembers of the last one, and how often it has a new
// start of the outbreak. With few particles all soon descend from the start that they were given:
// the chain then explores what can follow from that one start, and a small autocorrelation means
// little.

func correlation(_ values: [Double], lag: Int) -> Double {
  let mean = values.reduce(0, +) / Double(values.count)
  var (product, square) = (0.0, 0.0)
  for index in values.indices {
    square += (values[index] - mean) * (values[index] - mean)
    if index >= lag { product += (values[index] - mean) * (values[index - lag] - mean) }
  }
  return square > 0 ? product / square : 1
}

/// The mean autocorrelation of the six probabilities at each lag.
func correlations(_ posterior: Posterior<PathDraw<Outbreak>>) -> [Double] {
  (0...20).map { lag in
    Outbreak.names.indices.reduce(0) { sum, index in
      sum + correlation(posterior.draws.map { $0.parameters[index] }, lag: lag)
        / Double(Outbreak.names.count)
    }
  }
}

let draws = 60
var last: Posterior<PathDraw<Outbreak>>?
print("\nChains of \(draws) draws, the first \(early.count) days:")
print("                 particles   lag 1   lag 5  new starts")
for particles in [16, 64] {
  let plain = try ParticleGibbs(
    particles: particles, draws: draws, warmup: 20, chains: 1, keepsStates: false
  ).run(
    Outbreak(), parameters: { $0.rates }, data: early, key: key.child("plain", particles),
    pool: pool)
  let marginal = try MarginalizedParticleGibbs(
    particles: particles, draws: draws, warmup: 20, chains: 1, delays: true, keepsStates: false
  ).run(
    Outbreak(), parameters: { $0.rates }, data: early, key: key.child("marginal", particles),
    pool: pool)
  for (name, posterior) in [("particle Gibbs", plain), ("marginalized", marginal)] {
    let values = correlations(posterior)
    print(
      "  " + name + padded("\(particles)", 25 - name.count) + column(values[1], 2, width: 8)
        + column(values[5], 2, width: 8)
        + padded("\(column(100 * posterior.acceptanceRates[0], 0, width: 0)) %", 10))
  }
  last = marginal
}

print("\nPosterior of the probabilities after \(early.count) days:")
for (index, name) in Outbreak.names.enumerated() {
  let rate = last!.summary { $0.parameters[index] }
  print(
    padded(name, 20) + column(rate.mean, 2, width: 6) + " ±" + column(rate.deviation, 2, width: 5))
}

// ## 6. The picture

//
// Runs that lost all their particles have no log-evidence, and no place in it.

var figure = Figure(
  "Dengue: log-evidence of each run", x: "particles", y: "log-evidence", xScale: .logarithmic)
for (name, delays, shift) in [("probabilities integrated out", true, 0.95), ("drawn", false, 1.05)]
{
  let points = evidence.filter { $0.delays == delays }.flatMap { row in
    row.values.map { (Double(row.particles) * shift, $0) }
  }
  figure.points(name, points)
}
let picture = CommandLine.arguments.dropFirst().first ?? "dengue.svg"
try figure.write(to: picture)
print("\nThe picture is in \(picture).")
