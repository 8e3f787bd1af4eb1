// # Bayesian linear regression, one day at a time
//
// How many people rent a bicycle, given the weather? Coefficients and noise are unknown, and both
// stay random: a normal distribution scaled by an inverse gamma one. Each day updates them exactly;
// there is one particle, and nothing is ever drawn.
//
// Run it with `make build && .build/release/BikeShare [picture.svg]`.

import Glibc
import Minimo
import Probability

// ## 1. The data
//
// 731 days in Washington, D.C.; the file names its source.

struct Day {
  let year: Double
  let weather: Int
  let temperature: Double
  let humidity: Double
  let wind: Double
  let rides: Double
}

let days = String(decoding: PackageResources.rides_tsv, as: UTF8.self)
  .split(separator: "\n").filter { !$0.hasPrefix("#") }
  .map { line in
    let numbers = line.split(separator: "\t").map { Double($0) ?? .nan }
    return Day(
      year: numbers[0], weather: Int(numbers[1]), temperature: numbers[2], humidity: numbers[3],
      wind: numbers[4], rides: numbers[5])
  }

// ## 2. The model
//
// The logarithm of the rides is a sum of effects and noise. What we do not know of the effects we
// measure in units of the noise: `25 * noise` is their variance.

struct Rides: SequentialModel {
  let isCurved: Bool
  var noise = Random<Double>()
  var effects: [Random<Double>] = []

  init(isCurved: Bool) { self.isCurved = isCurved }

  func row(_ day: Day) -> [Double] {
    let row = [
      1, day.year, day.humidity, day.wind, day.weather == 1 ? 1 : 0, day.weather == 2 ? 1 : 0,
      day.temperature,
    ]
    return isCurved ? row + [day.temperature * day.temperature] : row
  }

  var names: [String] {
    ["base", "second year", "humidity", "wind", "mist", "rain or snow", "temperature"]
      + (isCurved ? ["temperature²"] : [])
  }

  mutating func start(_ p: inout some ProbabilisticContext) {
    noise = p.assume(InverseGamma(shape: 2, scale: 0.1))
    for _ in names { effects.append(p.assume(Normal(0, variance: 25 * noise))) }
  }

  mutating func step(_ t: Int, _ day: Day, _ p: inout some ProbabilisticContext) {
    p.observe(log(day.rides), Normal(dot(row(day), effects), variance: noise))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(noise)
    for effect in effects { visitor.keep(effect) }
  }
}

// ## 3. What the days teach

let key = RandomKey(seed: 0)
let straight = try ParticleFilter(particles: 1).run(
  Rides(isCurved: false), data: days, key: key)
let curved = try ParticleFilter(particles: 1).run(Rides(isCurved: true), data: days, key: key)
print("What \(days.count) days say of the logarithm of the rides:")
for (index, name) in Rides(isCurved: true).names.enumerated() {
  let mean = curved.marginalMean { $0.effects[index] }
  let deviation = curved.marginalVariance { $0.effects[index] }.squareRoot()
  print("  \(name.padded(to: 14, right: true)) \(mean.fixed(3)) ± \(deviation.fixed(3))")
}
let noise = curved.marginalMean { $0.noise }.squareRoot()
print("  \("noise".padded(to: 14, right: true)) \(noise.fixed(3))")
print("Nothing was drawn: \(curved.report.isExact)\n")

// ## 4. Is it ever too hot to ride?
//
// The evidence weighs one model against another, and charges the second for its extra parameter.

let difference = curved.logEvidence - straight.logEvidence
print("log evidence, straight in temperature: \(straight.logEvidence.fixed(3))")
print("log evidence, curved in temperature:   \(curved.logEvidence.fixed(3))")
print(
  "The data is exp(\(difference.fixed(1))) times as likely if there is such a thing as too hot.\n")

// ## 5. By the book
//
// The closed form of the evidence, from all days at once: with X the rows, y the logarithms, and
// precision 1/25 for each effect, everything is in one system of linear equations.

func logEvidence(_ model: Rides, _ days: [Day]) -> Double {
  let rows = days.map(model.row)
  let size = rows[0].count
  // The precision XᵀX + 1/25 with Xᵀy beside it, reduced by Cholesky's method row by row.
  var table = (0..<size).map { i in
    (0..<size).map { j in rows.reduce(i == j ? 1.0 / 25 : 0) { $0 + $1[i] * $1[j] } }
      + [zip(rows, days).reduce(0) { $0 + $1.0[i] * log($1.1.rides) }]
  }
  var logDeterminant = 0.0
  var explained = 0.0
  for pivot in 0..<size {
    logDeterminant += log(table[pivot][pivot])
    explained += table[pivot][size] * table[pivot][size] / table[pivot][pivot]
    for row in pivot + 1..<size {
      let factor = table[row][pivot] / table[pivot][pivot]
      for column in pivot...size { table[row][column] -= factor * table[pivot][column] }
    }
  }
  let squares = days.reduce(0) { $0 + log($1.rides) * log($1.rides) }
  let (shape, scale) = (2 + Double(days.count) / 2, 0.1 + (squares - explained) / 2)
  return lgamma(shape) - lgamma(2) + 2 * log(0.1) - shape * log(scale)
    - Double(days.count) / 2 * log(2 * Double.pi)
    - (logDeterminant + Double(size) * log(25)) / 2
}

let book = logEvidence(Rides(isCurved: true), days)
print("The closed form says \(book.fixed(9)), the program \(curved.logEvidence.fixed(9)).")

// ## 6. A picture
//
// Rides by temperature: every day, and what the posterior expects of a clear day in the second year
// with middling humidity and wind, after a month, and after two years.

var figure = Figure("Bicycles and the weather", x: "temperature (scaled)", y: "rides per day")
for (name, count) in [("after 30 days", 30), ("after two years", days.count)] {
  let posterior = try ParticleFilter(particles: 1).run(
    Rides(isCurved: true), data: Array(days.prefix(count)), key: key)
  let particle = posterior.particles[0]
  var band: [(x: Double, low: Double, high: Double)] = []
  for step in 1...17 {
    let temperature = 0.05 * Double(step)
    let day = Day(
      year: count > 365 ? 1 : 0, weather: 0, temperature: temperature, humidity: 0.6, wind: 0.2,
      rides: 0)
    let row = particle.value.row(day)
    var (mean, variance) = (0.0, 0.0)
    for (i, one) in row.enumerated() {
      mean += one * particle.graph.mean(particle.value.effects[i])
      for (j, other) in row.enumerated() {
        variance +=
          one * other
          * (i == j
            ? particle.graph.variance(particle.value.effects[i])
            : particle.graph.covariance(particle.value.effects[i], particle.value.effects[j]))
      }
    }
    let deviation = 2 * variance.squareRoot()
    band.append((temperature, exp(mean - deviation), min(12_000, exp(mean + deviation))))
  }
  figure.band("expected \(name)", band)
}
figure.points("first year", days.filter { $0.year == 0 }.map { ($0.temperature, $0.rides) })
figure.points("second year", days.filter { $0.year == 1 }.map { ($0.temperature, $0.rides) })
let picture = CommandLine.arguments.dropFirst().first ?? "bike-share.svg"
try figure.write(to: picture)
print("\nThe picture is in \(picture).")
