// # An outbreak of dengue
//
// In an outbreak people infect mosquitoes and mosquitoes infect people, and all that is known is
// how many cases were reported each day. The program in `Outbreak.swift` tells that story day by
// day; here it is run backwards, from the reports to what must have happened, with several methods.
//
// Run it with `make build && .build/release/Dengue [picture.svg]`; with `--full`, which takes
// minutes, there are more runs, and chains of as many particles as in the paper they are from.

import Glibc
import Minimo
import Probability

let isFull = CommandLine.arguments.contains("--full")
let key = RandomKey(seed: 2018)
let pool = WorkerPool(threads: max(1, min(8, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))))

// ## 1. What is never drawn
//
// The six unknown probabilities stay in closed form, each a Beta distribution that every day's
// counts sharpen. The report says so, site by site.

let reported = cases.reduce(0) { $0 + ($1 ?? 0) }
print("\(cases.count) days, \(reported) cases reported.\n")

let first = try ParticleFilter(particles: 256, trigger: 0.7)
  .run(Outbreak(), data: cases, key: key.child("first"), pool: pool)
print("Variables of 256 particles:\n\(first.report)\n")

// ## 2. Evidence against the number of particles
//
// The same model, once with the probabilities integrated out and once with them drawn at the start.
// A run can lose all its particles: a day reports more cases than any of them has.

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted[(sorted.count - 1) / 2]
}

let runs = isFull ? 10 : 6
var evidence: [(delays: Bool, particles: Int, values: [Double])] = []
print("Log-evidence of the \(cases.count) days in \(runs) runs, and mean effective sample size:")
print("  particles  delayed  median    best   lost   ESS")
for particles in isFull ? [64, 256, 1024] : [64, 256] {
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
      "\(particles)".padded(to: 11) + (delays ? "yes" : "no").padded(to: 9)
        + median(values).fixed(1).padded(to: 8) + values.max()!.fixed(1).padded(to: 8)
        + "\(lost)".padded(to: 7) + "\((100 * share).fixed(0)) %".padded(to: 6))
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
        name + "log-evidence" + posterior.logEvidence.fixed(1).padded(to: 8) + ", at most"
          + trials.max()!.fixed(1).padded(to: 6) + " trials for a particle")
    } catch {
      print(name + "gave up: \(error)")
    }
  }
}

// ## 4. How many mosquitoes?
//
// Their number is not conjugate to anything. SMC² runs a filter for each of many values of it, the
// six probabilities still integrated out, and moves the values as the days go by. A move is as good
// as its filter: it is accepted by an estimate of the evidence, and a chain sticks to an estimate
// that came out too high. The variance of its logarithm should be about 1, so that is measured
// first, for as many mosquitoes as people.

/// The logarithm to base 10 of mosquitoes for each person, between -1 and 2.
struct Density: ParameterModel {
  func logPrior(_ parameters: [Double]) -> Double {
    parameters[0] > -1 && parameters[0] < 2 ? -log(3) : -.infinity
  }

  func drawPrior(_ stream: inout RandomStream) -> [Double] { [3 * stream.uniform() - 1] }

  func make(_ parameters: [Double]) -> Outbreak { Outbreak(density: parameters[0]) }
}

print("\nVariance of the log-evidence of \(early.count) days, one mosquito for each person:")
for particles in isFull ? [32, 128, 512] : [32, 128] {
  let count = isFull ? 40 : 10
  let filter = ParticleFilter(particles: particles, trigger: 0.7)
  let values = try (0..<count).map { run in
    let key = key.child("noise \(particles)", run)
    return try filter.run(Outbreak(density: 0), data: early, key: key, pool: pool).logEvidence
  }.filter { $0 > -.infinity }
  let mean = values.reduce(0, +) / Double(values.count)
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  print(
    "\(particles)".padded(to: 8) + " particles: "
      + (squares / Double(values.count - 1)).fixed(1).padded(to: 6) + " around "
      + mean.fixed(1).padded(to: 7) + ", \(count - values.count) of \(count) lost")
}

let more = Array(cases.prefix(isFull ? 60 : 40))
let inner = ParticleFilter(particles: isFull ? 256 : 128, trigger: 0.7)
let squared = try SMCSquared(
  particles: isFull ? 64 : 24, filter: inner, trigger: 0.8, moves: 1, leastAcceptance: 0
).run(Density(), data: more, key: key.child("squared"), pool: pool)
let density = squared.summary { $0.parameters[0] }
print(
  "\nSMC² over the density of mosquitoes, \(more.count) days, filters of \(inner.particles):")
print("  log-evidence" + squared.logEvidence.fixed(1).padded(to: 8))
print(
  "  log10 of mosquitoes for each person" + density.mean.fixed(2).padded(to: 6) + " ±"
    + density.deviation.fixed(2).padded(to: 5) + " (prior 0.50 ± 0.87)")
let rounds = squared.acceptanceRates
print(
  "  \(rounds.count) rounds of moves, accepted "
    + (100 * rounds.reduce(0, +) / Double(max(rounds.count, 1))).fixed(0) + " %")

// ## 5. Chains
//
// Particle Gibbs draws the counts given the probabilities, then the probabilities given the counts:
// each holds the other back. Marginalized particle Gibbs draws the counts alone. How much a draw
// remembers of the last one is its autocorrelation. Wigren and others (NeurIPS 2019, section 4.2)
// show it for the probability that a case is reported, with 2048 particles on the reports of 28
// weeks: 0.95 at lag 1 for particle Gibbs, 0.61 marginalized. With `--full` it is 0.94 and 0.62
// here. Draws should have new starts: with few particles all of them soon descend from the start
// that they were given, and a chain that cannot leave its start says little, whatever its
// autocorrelation.

func correlation(_ values: [Double], lag: Int) -> Double {
  let mean = values.reduce(0, +) / Double(values.count)
  var (product, square) = (0.0, 0.0)
  for index in values.indices {
    square += (values[index] - mean) * (values[index] - mean)
    if index >= lag { product += (values[index] - mean) * (values[index - lag] - mean) }
  }
  return square > 0 ? product / square : 1
}

let draws = isFull ? 200 : 50
let reports: [Int?] = weeks.map { $0 }
var memory = Figure(
  "Dengue: autocorrelation of the reporting probability", x: "lag", y: "autocorrelation")
var last: Posterior<PathDraw<Outbreak>>?
print(
  "\nChains of \(draws) draws, \(weeks.count) weeks; lag 1 of reporting, and of all on average:")
print("                 particles   reporting   all   new starts")
for particles in isFull ? [256, 2048] : [32, 128] {
  let plain = try ParticleGibbs(
    particles: particles, draws: draws, warmup: draws / 5, chains: 1, trigger: 0.7,
    keepsStates: false
  ).run(
    Outbreak.weekly, parameters: { $0.rates }, data: reports, key: key.child("plain", particles),
    pool: pool)
  let marginal = try MarginalizedParticleGibbs(
    particles: particles, draws: draws, warmup: draws / 5, chains: 1, trigger: 0.7, delays: true,
    keepsStates: false
  ).run(
    Outbreak.weekly, parameters: { $0.rates }, data: reports,
    key: key.child("marginal", particles), pool: pool)
  for (name, posterior) in [("particle Gibbs", plain), ("marginalized", marginal)] {
    let values = Outbreak.names.indices.map { index in posterior.draws.map { $0.parameters[index] }
    }
    let lags = values.map { correlation($0, lag: 1) }
    print(
      "  " + name + "\(particles)".padded(to: 24 - name.count)
        + lags[lags.count - 1].fixed(2).padded(to: 12)
        + (lags.reduce(0, +) / Double(lags.count)).fixed(2).padded(to: 6)
        + "\((100 * posterior.acceptanceRates[0]).fixed(0)) %".padded(to: 13))
    memory.line(
      "\(name), \(particles) particles",
      (0...20).map { (Double($0), correlation(values[values.count - 1], lag: $0)) })
  }
  last = marginal
}

print("\nPosterior of the probabilities after \(weeks.count) weeks, a step of the model each:")
for (index, name) in Outbreak.names.enumerated() {
  let rate = last!.summary { $0.parameters[index] }
  print(
    name.padded(to: 20) + rate.mean.fixed(2).padded(to: 6) + " ±"
      + rate.deviation.fixed(2).padded(to: 5))
}

// ## 6. The pictures
//
// Runs that lost all their particles have no log-evidence, and no place in the first.

var figure = Figure(
  "Dengue: log-evidence of each run", x: "particles", y: "log-evidence", xScale: .logarithmic)
for (name, delays, shift) in [("probabilities integrated out", true, 0.95), ("drawn", false, 1.05)]
{
  let points = evidence.filter { $0.delays == delays }.flatMap { row in
    row.values.map { (Double(row.particles) * shift, $0) }
  }
  figure.points(name, points)
}
let picture = CommandLine.arguments.dropFirst().first { !$0.hasPrefix("--") } ?? "dengue.svg"
let second = (picture.hasSuffix(".svg") ? String(picture.dropLast(4)) : picture) + "-chains.svg"
try figure.write(to: picture)
try memory.write(to: second)
print("\nThe pictures are in \(picture) and \(second).")
