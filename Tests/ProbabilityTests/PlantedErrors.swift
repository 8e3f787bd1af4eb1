import Glibc
import Randomness

@testable import Probability

/// Methods that sample something else than the posterior, for the test of the tests.
enum PlantedErrors {
  static let cells: [CalibrationCell] = [
    Volatility.model.cell("bootstrap filter of a higher mean") { data, draws, key in
      try SequentialCalibration.bootstrap.sampler(Volatility(center: 1))(data, draws, key)
    },
    Drift.model.cell("particle Metropolis–Hastings with a narrow prior") { data, draws, key in
      let chain = ParticleMetropolisHastings(
        filter: ParticleFilter(particles: 25, delays: false), draws: draws, warmup: 100,
        chains: 1, thinning: 10, deviations: [0.5])
      return try chain.run(DriftFamily(scale: 0.3), data: data, key: key).draws
        .map { $0.parameters + [$0.state.x.known!] }
    },
    OneShotCalibration.regression.cell("NUTS with data that counts three times") {
      data, draws, key in
      try CalibrationCases.hamiltonian(draws).run(Repeated(data: data), key: key).draws
    },
    Faults.model.cell("enumeration with another count") { count, draws, key in
      try enumerate(Faults(count: 2 * count + 1)).pick(draws, key).map(\.value)
    },
    // Accepts with the sixth root of the right ratio.
    Drift.model.cell("a walk that accepts too readily") { data, draws, key in
      var stream = key.stream()
      var (mu, density) = (0.0, try exact(0, data))
      return try (0..<draws).map { _ in
        for _ in 0..<15 {
          let proposal = mu + 2 * stream.normal()
          let other = try exact(proposal, data)
          if stream.uniform() < exp((other - density) / 6) { (mu, density) = (proposal, other) }
        }
        let last = try ParticleFilter(particles: 1).run(KnownDrift(mu: mu), data: data, key: key)
        let graph = last.particles[0].graph
        let x = last.particles[0].value.x
        return [mu, graph.mean(x) + graph.variance(x).squareRoot() * stream.normal()]
      }
    },
  ]

  /// The log-density of a drift and its data.
  static func exact(_ mu: Double, _ data: [Double]) throws -> Double {
    try ParticleFilter(particles: 1)
      .run(KnownDrift(mu: mu), data: data, key: RandomKey(seed: 0)).logEvidence - mu * mu / 2
  }

  struct Repeated: DifferentiableModel {
    let data: [Double]
    func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
      let draw = Regression(data: data).run(&p)
      for (x, y) in zip(Regression.inputs, data) {
        let law = Law<P.Number>.normal(draw[0] + draw[1] * P.Number(x), deviation: draw[2])
        p.observe(y, law)
        p.observe(y, law)
      }
      return draw
    }
  }
}
