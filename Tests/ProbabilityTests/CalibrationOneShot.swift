import Glibc
import Parallel
import Randomness

@testable import Probability

/// Some parts of unknown number fail, each with a chance of its own: finite, of any structure.
struct Faults: Model {
  static let chances = [0.5, 0.2, 0.7]
  let count: Int

  func run(_ p: inout some ProbabilisticContext) -> [Double] {
    let parts = p.draw(Categorical([0.2, 0.3, 0.5]), at: "parts") + 1
    var faults = 0
    for part in 0..<parts where p.draw(Bernoulli(Self.chances[part]), at: "fault") { faults += 1 }
    p.observe(count, Poisson(0.5 + Double(faults)))
    return [Double(parts), Double(faults)]
  }

  static let model = CalibratedModel<Int>(
    name: "faults", quantities: ["parts", "faults"]
  ) { random in
    let parts = Categorical([0.2, 0.3, 0.5]).sample(&random) + 1
    let faults = (0..<parts).count { random.uniform() < chances[$0] }
    return ([Double(parts), Double(faults)], Poisson(0.5 + Double(faults)).sample(&random))
  }
}

/// A sentence of the toy language, from how its zeros outweigh its other letters, with noise.
struct Overheard: Potential {
  let sound: Double

  static func score(_ letters: [Int]) -> Double {
    letters.reduce(0) { $0 + ($1 == 0 ? 1 : -0.5) }
  }

  func logWeight(of process: Sentence) -> Double {
    Normal(Self.score(process.letters), variance: 1).logDensity(sound)
  }

  static let model = CalibratedModel<Double>(
    name: "sentence", quantities: ["length", "score", "first"]
  ) { random in
    var letters: [Int] = []
    while letters.count < Sentence.longest {
      let token = Categorical(weights: ToyModel.row(letters).map { exp(Double($0)) })
        .sample(&random)
      if token == 3 { break }
      letters.append(token)
    }
    return (quantities(letters), score(letters) + random.normal())
  }

  static func quantities(_ letters: [Int]) -> [Double] {
    [Double(letters.count), score(letters), Double(letters.first ?? 3)]
  }
}

/// The cells of the methods for programs that run once.
enum OneShotCalibration {
  static let cells: [CalibrationCell] =
    mean + counts + spread + split + chain + faults + sentence + tempered
    + density(regression, short: true) { Regression(data: $0) }
    + density(groups) { Groups(data: $0) }
    + density(logistic) { LogisticRegression(data: $0) }
    + density(mixture) { OrderedMixture(data: $0) }
    + density(choices) { CountsAndChoices(data: $0) }

  static func normal(_ mean: Double, _ deviation: Double, _ random: inout RandomStream) -> Double {
    CalibrationCases.normal(mean, deviation, &random)
  }

  /// Importance sampling, and single-site moves, for a program that returns its quantities.
  static func common<Data: Sendable, M: Model>(
    _ model: CalibratedModel<Data>, particles: Int = 2000, thinning: Int = 10,
    _ make: @escaping @Sendable (Data) -> M
  ) -> [CalibrationCell] where M.Result == [Double] {
    [
      model.cell("importance sampling") { data, draws, key in
        try ImportanceSampler(particles: particles, delays: false).run(make(data), key: key)
          .pick(draws, key).map(\.value)
      },
      model.cell("single-site Metropolis–Hastings") { data, draws, key in
        try CalibrationCases.metropolis(draws, thinning: thinning).run(make(data), key: key).draws
      },
    ]
  }

  static func block<Data: Sendable, M: Model>(
    _ model: CalibratedModel<Data>, short: Bool = false, thinning: Int = 10,
    _ moves: [MetropolisHastings.Move], _ make: @escaping @Sendable (Data) -> M
  ) -> CalibrationCell where M.Result == [Double] {
    model.cell("block Metropolis–Hastings", short: short) { data, draws, key in
      try CalibrationCases.metropolis(draws, thinning: thinning, moves).run(make(data), key: key)
        .draws
    }
  }

  static func delayed<Data: Sendable, M: Model>(
    _ model: CalibratedModel<Data>, short: Bool = false, _ make: @escaping @Sendable (Data) -> M
  ) -> CalibrationCell where M.Result == [Double] {
    model.cell("importance sampling, delayed", short: short) { data, draws, key in
      try ImportanceSampler(particles: 500).run(make(data), key: key).pick(draws, key).map(\.value)
    }
  }

  static func enumerated<Data: Sendable, M: Model>(
    _ model: CalibratedModel<Data>, short: Bool, _ make: @escaping @Sendable (Data) -> M
  ) -> CalibrationCell where M.Result == [Double] {
    model.cell("exact enumeration", short: short) { data, draws, key in
      try enumerate(make(data)).pick(draws, key).map(\.value)
    }
  }

  /// Four methods for programs with a density that can be differentiated.
  static func density<Data: Sendable, M: DifferentiableModel>(
    _ model: CalibratedModel<Data>, short: Bool = false, _ make: @escaping @Sendable (Data) -> M
  ) -> [CalibrationCell] {
    [
      model.cell("NUTS", short: short) { data, draws, key in
        try CalibrationCases.hamiltonian(draws).run(make(data), key: key).draws
      },
      model.cell("Hamiltonian of fixed length", short: short) { data, draws, key in
        var sampler = CalibrationCases.hamiltonian(draws)
        sampler.trajectory = .fixed(length: .pi / 2)
        return try sampler.run(make(data), key: key).draws
      },
    ] + common(model, particles: 4000) { DifferentiableProgram(make($0)) }
  }
}

// MARK: Models that run once

extension OneShotCalibration {
  /// The result of a program as a list.
  struct Listed<M: Model>: Model {
    var program: M
    let list: @Sendable (M.Result) -> [Double]
    mutating func run(_ p: inout some ProbabilisticContext) -> [Double] { list(program.run(&p)) }
  }

  static let mean: [CalibrationCell] = {
    let model = CalibratedModel<[Double]>(
      name: "normal mean", quantities: ["mean"]
    ) { random in
      let mean = normal(0, 2, &random)
      return ([mean], (0..<3).map { _ in normal(mean, 1.5.squareRoot(), &random) })
    }
    let make: @Sendable ([Double]) -> Listed<NormalMean> = { data in
      Listed(program: NormalMean(data: data)) { [$0] }
    }
    return common(model, thinning: 5, make) + [
      block(model, thinning: 5, [.block(["mean"])], make), delayed(model, make),
    ]
  }()

  static let counts: [CalibrationCell] = {
    let model = CalibratedModel<[Int]>(
      name: "rate and bias", quantities: ["bias", "rate"]
    ) { random in
      let (bias, rate) = (Beta(2, 3).sample(&random), Gamma(shape: 2, rate: 1).sample(&random))
      return (
        [bias, rate],
        [
          Binomial(count: 6, probability: bias).sample(&random), Poisson(rate).sample(&random),
        ]
      )
    }
    let make: @Sendable ([Int]) -> RateAndBias = { RateAndBias(data: $0) }
    return common(model, make) + [
      block(model, short: true, thinning: 12, [.block(["bias", "rate"])], make),
      delayed(model, short: true, make),
    ]
  }()

  static let spread: [CalibrationCell] = {
    let make: @Sendable ([Double]) -> UnknownSpread = { UnknownSpread(data: $0) }
    return common(spreadModel, make) + [
      block(spreadModel, [.singleSite(), .block(["mean", "variance"])], make),
      delayed(spreadModel, make),
    ]
  }()

  static let spreadModel = CalibratedModel<[Double]>(
    name: "mean and variance", quantities: ["variance", "mean"]
  ) { random in
    let variance = InverseGamma(shape: 3, scale: 2).sample(&random)
    let mean = normal(1, (2 * variance).squareRoot(), &random)
    return ([variance, mean], (0..<3).map { _ in normal(mean, variance.squareRoot(), &random) })
  }

  static let split: [CalibrationCell] = {
    let model = CalibratedModel<[Double]>(
      name: "one mean or two", quantities: ["parts", "mean"]
    ) { random in
      let parts = random.uniform() < 0.4 ? 2 : 1
      let mean = normal(0, 3, &random)
      let other = parts == 2 ? normal(0, 3, &random) : mean
      return (
        [Double(parts), mean], (0..<4).map { normal($0 % 2 == 0 ? mean : other, 1, &random) }
      )
    }
    let make: @Sendable ([Double]) -> Listed<OneOrTwo> = { data in
      Listed(program: OneOrTwo(data: data)) { [Double($0.parts), $0.mean] }
    }
    return Array(common(model, particles: 8000, make).prefix(1)) + [
      block(
        model, thinning: 25,
        [.singleSite(steps: 3), .block(["split"]), .block(["mean"], .prior)], make)
    ]
  }()

  static let chain: [CalibrationCell] = {
    let model = CalibratedModel<[Double]>(
      name: "hidden chain", quantities: ["last", "sum"]
    ) { random in
      var state = Categorical([0.5, 0.5]).sample(&random)
      let path = (0..<3).map { _ in
        state = Categorical(HiddenChain.moves[state]).sample(&random)
        return state
      }
      return (
        [Double(path[2]), Double(path.reduce(0, +))],
        path.map { normal(HiddenChain.means[$0], 1, &random) }
      )
    }
    let make: @Sendable ([Double]) -> Listed<HiddenChain> = { data in
      Listed(program: HiddenChain(data: data)) { [Double($0[2]), Double($0.reduce(0, +))] }
    }
    return common(model, make) + [enumerated(model, short: false, make)]
  }()

  static let faults: [CalibrationCell] = {
    let make: @Sendable (Int) -> Faults = { Faults(count: $0) }
    return common(Faults.model, thinning: 15, make).map { cell in
      var cell = cell
      cell.isShort = true
      return cell
    } + [enumerated(Faults.model, short: true, make)]
  }()

  static let sentence: [CalibrationCell] = {
    let forms: [(String, Steering)] = [
      ("steering", Steering(particles: 300)),
      ("steering, rejection", Steering(particles: 300, sampler: .rejection(checks: 2))),
      (
        "steering, without replacement",
        Steering(particles: 100, resampling: .optimal(expansion: 1))
      ),
    ]
    return forms.map { name, steering in
      Overheard.model.cell(name, short: name == "steering") { sound, draws, key in
        try steering.run(
          Sentence(), model: ToyModel(), potential: Overheard(sound: sound), key: key
        ).pick(draws, key).map { Overheard.quantities($0.value) }
      }
    }
  }()

  static let tempered: [CalibrationCell] = [
    spreadModel.cell("tempered SMC", short: true) { data, draws, key in
      try TemperedSMC(particles: 500).run(
        prior: { random in
          let variance = InverseGamma(shape: 3, scale: 2).sample(&random)
          return [variance, normal(1, (2 * variance).squareRoot(), &random)]
        },
        logPrior: { point in
          point[0] <= 0
            ? -.infinity
            : InverseGamma(shape: 3, scale: 2).logDensity(point[0])
              + Normal(1, variance: 2 * point[0]).logDensity(point[1])
        },
        logLikelihood: { point in
          data.reduce(0) { $0 + Normal(point[1], variance: point[0]).logDensity($1) }
        }, key: key
      ).pick(draws, key).map(\.value)
    },
    regression.cell("tempered SMC") { data, draws, key in
      try TemperedSMC(particles: 500).run(
        prior: { random in
          let t = StudentT(degreesOfFreedom: 5, location: 0, scale: 1).sample(&random)
          return [random.normal(), t, 0.5 * random.normal()]
        },
        logPrior: { point in
          Normal(0, variance: 1).logDensity(point[0])
            + StudentT(degreesOfFreedom: 5, location: 0, scale: 1).logDensity(point[1])
            + Normal(0, variance: 0.25).logDensity(point[2])
        },
        logLikelihood: { point in
          zip(Regression.inputs, data).reduce(0) { sum, pair in
            sum
              + Normal(point[0] + point[1] * pair.0, deviation: exp(point[2])).logDensity(pair.1)
          }
        }, key: key
      ).pick(draws, key).map { [$0.value[0], $0.value[1], exp($0.value[2])] }
    },
  ]
}
