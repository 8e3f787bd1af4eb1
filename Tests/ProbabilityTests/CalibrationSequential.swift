import Glibc
import Parallel
import Randomness
import TestSupport

@testable import Probability

extension ParticleFilter {
  /// For a program, the draws that calibration wants.
  func sampler<M: CalibratedProgram>(_ model: M) -> CalibratedModel<[M.Observation]>.Sampler {
    { data, draws, key in
      try run(model, data: data, key: key).quantities(draws, key)
    }
  }
}

/// The cells of the methods for sequential programs.
enum SequentialCalibration {
  static let cells: [CalibrationCell] =
    filters + chains(WanderingLevel.model, WanderingLevel()) + [path]
    + chains(Drift.model, Drift(), short: true) { [$0.mu] }
    + chains(Volatility.model, Volatility()) { [$0.mean] }
    + chains(Tosses.model, Tosses()) { [$0.bias] }
    + chains(SymbolChain.model, SymbolChain())
    + chains(TwoGroups.model, TwoGroups()) { [$0.share] + $0.means } + moves + families

  /// How many sweeps lie between draws: what is left of their correlation shows in long runs only.
  static let sweeps = LongTests.areWanted ? 6 : 3

  static let bootstrap = ParticleFilter(particles: 1000, delays: false)
  /// Enough that what varies between runs is a few percent of what varies between draws.
  static let delayed = ParticleFilter(particles: 500)

  static func both<M: CalibratedProgram>(
    _ model: CalibratedModel<[M.Observation]>, _ program: M, short: Bool = false
  ) -> [CalibrationCell] {
    [
      model.cell("bootstrap filter", short: short, bootstrap.sampler(program)),
      model.cell("delayed filter", short: short, delayed.sampler(program)),
      model.cell("alive filter", short: short) { data, draws, key in
        try AliveFilter(particles: 1000, delays: false).run(program, data: data, key: key)
          .quantities(draws, key)
      },
    ]
  }

  static let filters =
    both(WanderingLevel.model, WanderingLevel()) + both(Drift.model, Drift())
    + both(Volatility.model, Volatility(), short: true) + both(Counting.model, Counting())
    + both(SymbolChain.model, SymbolChain()) + both(Tosses.model, Tosses())
    + both(UnknownPersistence.model, UnknownPersistence())
    + both(TwoGroups.model, TwoGroups(), short: true)
    + [
      Counting.model.cell("alive delayed filter", short: true) { data, draws, key in
        try AliveFilter(particles: 500).run(Counting(), data: data, key: key)
          .quantities(draws, key)
      },
      Volatility.model.cell("auxiliary filter", short: true) { data, draws, key in
        // The density if the state goes where it is expected.
        try AuxiliaryFilter<Volatility>(particles: 1000, delays: false) { model, _, _, y in
          let state = 0.6 * model.state.known! + 0.4 * model.mean.known!
          return Normal(0, variance: exp(state) + 0.3).logDensity(y)
        }.run(Volatility(), data: data, key: key).quantities(draws, key)
      },
      WanderingLevel.model.cell("auxiliary filter") { data, draws, key in
        try AuxiliaryFilter<WanderingLevel>(particles: 1000, delays: false) { model, _, _, y in
          Normal(0.9 * model.level.known!, variance: 1).logDensity(y)
        }.run(WanderingLevel(), data: data, key: key).quantities(draws, key)
      },
      Counting.model.cell("auxiliary filter") { data, draws, key in
        try AuxiliaryFilter<Counting>(particles: 1000, delays: false) { model, _, _, y in
          Poisson(1 + 0.2 * Double(model.n.known!)).logDensity(y)
        }.run(Counting(), data: data, key: key).quantities(draws, key)
      },
    ]
    + [
      Resampling.multinomial, .residual, .stratified, .ssp, .optimal(expansion: 2),
    ].map { resampling in
      WanderingLevel.model.cell(
        "bootstrap filter, \(resampling)",
        ParticleFilter(particles: 1000, resampling: resampling, delays: false)
          .sampler(WanderingLevel()))
    }

  /// Particle Gibbs in all its forms; without parameters the marginalized one is the same unless it
  /// is delayed.
  static func chains<M: CalibratedProgram>(
    _ model: CalibratedModel<[M.Observation]>, _ program: M, short: Bool = false,
    _ named: (@Sendable (M) -> [Random<Double>])? = nil
  ) -> [CalibrationCell] {
    let parameters = named ?? { _ in [] }
    let forms: [(String, AncestorSampling)] = [
      ("", .off), (", ancestors", .full), (", one-step ancestors", .steps(1)),
    ]
    return forms.map { name, ancestors in
      model.cell("particle Gibbs\(name)", short: short) { data, draws, key in
        try ParticleGibbs(
          particles: 8, draws: draws, warmup: 5 * sweeps, chains: 1, thinning: sweeps,
          ancestorSampling: ancestors
        ).run(program, parameters: parameters, data: data, key: key).lastQuantities(key)
      }
    }
      + (named == nil ? [] : forms).map { name, ancestors in
        model.cell("marginalized particle Gibbs\(name)", short: short) { data, draws, key in
          try MarginalizedParticleGibbs(
            particles: 8, draws: draws, warmup: 5 * sweeps, chains: 1, thinning: sweeps,
            ancestorSampling: ancestors, trigger: ancestors == .steps(1) ? 0.6 : 1
          ).run(program, parameters: parameters, data: data, key: key).lastQuantities(key)
        }
      }
      + [
        model.cell("marginalized particle Gibbs, delayed", short: short) { data, draws, key in
          try MarginalizedParticleGibbs(
            particles: 8, draws: draws, warmup: 5 * sweeps, chains: 1, thinning: sweeps,
            delays: true
          ).run(program, parameters: parameters, data: data, key: key).lastQuantities(key)
        }
      ]
  }

  /// Conditional filters as chains of paths, from a filter's path.
  static let path = WanderingLevel.model.cell("conditional filter", short: true) {
    data, draws, key in
    let filter = ConditionalFilter(particles: 8)
    var path: ReferencePath?
    return try (0..<draws).map { draw in
      for move in 0..<(draw == 0 ? 5 * sweeps : sweeps) {
        path = try filter.run(
          WanderingLevel(), data: data, given: path,
          key: key.child("draw", draw).child("move", move))
      }
      let states = try filter.states(WanderingLevel(), data: data, along: path!)
      return [states[0].level.known!, states.last!.level.known!]
    }
  }

  /// Parameters that are moved by random walks, given a path.
  static let moves = [
    UnknownPersistence.model.cell("particle Gibbs, moves", short: true) { data, draws, key in
      try ParticleGibbs(
        particles: 6, draws: draws, warmup: 60, chains: 1, thinning: 2 * sweeps,
        ancestorSampling: .steps(1), parameterStep: .randomWalk(deviations: [0.3], moves: 2)
      ).run(UnknownPersistence(), parameters: { [$0.a] }, data: data, key: key)
        .lastQuantities(key)
    },
    moved(UnknownPersistence.model, UnknownPersistence()) { [$0.a] },
    moved(Drift.model, Drift(), short: true) { [$0.mu] },
    moved(Volatility.model, Volatility()) { [$0.mean] },
  ]

  static func moved<M: CalibratedProgram>(
    _ model: CalibratedModel<[M.Observation]>, _ program: M, short: Bool = false,
    _ parameters: @escaping @Sendable (M) -> [Random<Double>]
  ) -> CalibrationCell {
    model.cell("resample-move", short: short) { data, draws, key in
      try ResampleMove<M>(particles: 500, move: .parameters(parameters, moves: 2))
        .run(program, data: data, key: key).quantities(draws, key)
    }
  }

  /// Methods that move parameters by the evidence of filters.
  static let families =
    family(DriftFamily(), Drift.model, short: true) { $0.x.known! }
    + family(VolatilityFamily(), Volatility.model) { $0.state.known! }
    + family(Persistence(), UnknownPersistence.model) { $0.x.known! }
    + [
      Drift.model.cell("particle Metropolis–Hastings, delayed") { data, draws, key in
        let chain = ParticleMetropolisHastings(
          filter: ParticleFilter(particles: 1), draws: draws, warmup: 200, chains: 1,
          thinning: 15, deviations: [0.8])
        return try chain.run(DriftFamily(), data: data, key: key).particles
          .enumerated().map { index, particle in
            let mean = particle.graph.mean(particle.value.state.x)
            let deviation = particle.graph.variance(particle.value.state.x).squareRoot()
            var stream = key.child("last", index).stream()
            return [particle.value.parameters[0], mean + deviation * stream.normal()]
          }
      }
    ]

  static func family<P: ParameterModel>(
    _ family: P, _ model: CalibratedModel<[P.Sequence.Observation]>, short: Bool = false,
    _ last: @escaping @Sendable (P.Sequence) -> Double
  ) -> [CalibrationCell] {
    [
      model.cell("particle Metropolis–Hastings", short: short) { data, draws, key in
        let chain = ParticleMetropolisHastings(
          filter: ParticleFilter(particles: 25, delays: false), draws: draws, warmup: 200,
          chains: 1, thinning: 20, deviations: [0.8])
        return try chain.run(family, data: data, key: key).draws
          .map { $0.parameters + [last($0.state)] }
      },
      model.cell("SMC²", short: short) { data, draws, key in
        try SMCSquared(particles: 250, filter: ParticleFilter(particles: 25, delays: false))
          .run(family, data: data, key: key).pick(draws, key)
          .map { $0.value.parameters + [last($0.value.state)] }
      },
    ]
  }
}

extension Posterior {
  /// The quantities at the end of each path.
  func lastQuantities<M: CalibratedProgram>(
    _ key: RandomKey
  ) -> [[Double]] where Value == PathDraw<M> {
    particles.enumerated().map { index, particle in
      particle.value.states.last!.quantities(particle.graph, key.child("draw", index))
    }
  }
}
