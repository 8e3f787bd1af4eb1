import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// One law, its parameters and its value as functions of the coordinates.
private struct OneLaw: DifferentiableModel {
  var family: Int
  var value: Double?

  static let families = 15

  func law<N: RealNumber>(_ a: N, _ b: N) -> Law<N> {
    switch family {
    case 0: .normal(a, deviation: b)
    case 1: .logNormal(a, deviation: b)
    case 2: .studentT(degreesOfFreedom: b, location: a, scale: 2)
    case 3: .cauchy(a, scale: b)
    case 4: .halfNormal(deviation: b)
    case 5: .halfCauchy(scale: b)
    case 6: .halfStudentT(degreesOfFreedom: 3, scale: b)
    case 7: .laplace(a, scale: b)
    case 8: .logistic(a, scale: b)
    case 9: .exponential(rate: b)
    case 10: .gamma(shape: .exp(a), rate: b)
    case 11: .inverseGamma(shape: .exp(a), scale: b)
    case 12: .weibull(shape: .exp(a), scale: b)
    case 13: .beta(.exp(a), b)
    default: .uniform(a, a + b)
    }
  }

  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let x = p.assume(law(0.4, 0.7))
    // A second number whose law depends on the first.
    let y = p.assume(law(.sin(x) * 0.5, .log1pExp(x * 0.3)))
    if let value { p.observe(value, law(.atan(y), .exp(x * 0.1))) }
    return [x, y]
  }

  /// The same first law as a distribution of its own.
  var reference: (any ContinuousDistribution)? {
    switch family {
    case 0: Normal(0.4, deviation: 0.7)
    case 1: LogNormal(0.4, variance: 0.49)
    case 2: StudentT(degreesOfFreedom: 0.7, location: 0.4, scale: 2)
    case 3: StudentT(degreesOfFreedom: 1, location: 0.4, scale: 0.7)
    case 7: Laplace(location: 0.4, scale: 0.7)
    case 8: Logistic(location: 0.4, scale: 0.7)
    case 9: Exponential(rate: 0.7)
    case 10: Gamma(shape: exp(0.4), rate: 0.7)
    case 11: InverseGamma(shape: exp(0.4), scale: 0.7)
    case 12: Weibull(shape: exp(0.4), scale: 0.7)
    case 13: Beta(exp(0.4), 0.7)
    case 14: Uniform(0.4, 0.4 + 0.7)
    default: nil
    }
  }
}

/// The law of one number alone: its density over the coordinate is a density.
private struct Alone: DifferentiableModel {
  var family: Int
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    [p.assume(OneLaw(family: family).law(0.4, 0.7))]
  }
}

@Suite struct LawTests {
  @Test(arguments: 0..<15) func densityIsThatOfTheDistribution(_ family: Int) throws {
    let law = OneLaw(family: family).law(0.4, 0.7)
    guard let reference = OneLaw(family: family).reference else {
      // The half laws: twice the density of the whole.
      let whole: [Int: any ContinuousDistribution] = [
        4: Normal(0, deviation: 0.7), 5: StudentT(degreesOfFreedom: 1, location: 0, scale: 0.7),
        6: StudentT(degreesOfFreedom: 3, location: 0, scale: 0.7),
      ]
      for x in [0.1, 0.8, 3] {
        #expect(abs(law.logDensity(x) - log(2) - whole[family]!.logDensity(x)) < 1e-12)
      }
      #expect(law.logDensity(-0.1) == -.infinity)
      return
    }
    for x in [-3, -0.1, 0.05, 0.4, 0.6, 0.9, 1.05, 4] {
      let (found, truth) = (law.logDensity(x), reference.logDensity(x))
      #expect(found == truth || abs(found - truth) < 1e-11 * (1 + abs(truth)))
    }
  }

  /// Derivatives against central differences, at random coordinates.
  @Test(arguments: 0..<15) func gradientsAreDerivatives(_ family: Int) throws {
    try forAll(20, seed: UInt64(family)) { random in
      let value: Double? =
        switch family {
        case 13: 0.05 + 0.9 * random.uniform()
        case 14: nil
        case 0, 2, 3, 7, 8: random.normal()
        default: 0.1 + random.uniform()
        }
      let model = OneLaw(family: family, value: value)
      let point = [1.5 * random.normal(), 1.5 * random.normal()]
      let (_, gradient) = try logDensity(of: model, at: point)
      for index in 0..<2 {
        func shifted(_ step: Double) throws -> Double {
          var moved = point
          moved[index] += step
          return try logDensity(of: model, at: moved).value
        }
        let step = 1e-4
        let wide = (try shifted(2 * step) - shifted(-2 * step)) / (4 * step)
        let narrow = (try shifted(step) - shifted(-step)) / (2 * step)
        let difference = (4 * narrow - wide) / 3
        // Laplace has a kink that a difference can straddle.
        if family == 7 && abs(wide - narrow) > 1e-6 { continue }
        try #require(abs(gradient[index] - difference) < 1e-7 * (1 + abs(difference)))
      }
    }
  }

  /// Over the unbounded coordinate the density has integral 1: the derivative belongs to it.
  @Test(arguments: 0..<15) func densityOverTheCoordinateIsNormalized(_ family: Int) throws {
    // Heavy tails on the line need the substitution u = sinh(s).
    let isHeavy = [2, 3].contains(family)
    var total = 0.0
    let step = 0.01
    for s in stride(from: -40.0, through: 40, by: step) {
      let u = isHeavy ? sinh(s) : s
      let (value, _) = try logDensity(of: Alone(family: family), at: [u])
      if value > -700 { total += exp(value) * (isHeavy ? cosh(s) : 1) * step }
    }
    // The kink of Laplace limits the rule.
    #expect(abs(total - 1) < (family == 7 ? 1e-4 : 1e-9))
  }

  @Test func simplexAndOrderAreNormalized() throws {
    struct Simplex: DifferentiableModel {
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] { p.assumeSimplex([1.5, 2, 3]) }
    }
    struct Ordered: DifferentiableModel {
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        p.assumeOrdered(2, .normal(1, deviation: 2))
      }
    }
    // Moments by quadrature over both coordinates.
    func moments(_ model: some DifferentiableModel, _ part: ([Double]) -> Double) throws
      -> (total: Double, mean: Double)
    {
      var (total, mean) = (0.0, 0.0)
      let step = 0.1
      for u in stride(from: -22.0, through: 16, by: step) {
        for v in stride(from: -22.0, through: 16, by: step) {
          let weight = exp(try logDensity(of: model, at: [u, v]).value) * step * step
          total += weight
          mean += weight * part([u, v])
        }
      }
      return (total, mean / total)
    }
    // The first part of the stick, and the first of two sorted numbers: E = 1 − 2/√π.
    let simplex = try moments(Simplex()) { 1 / (1 + exp(-($0[0] - log(2)))) }
    #expect(abs(simplex.total - 1) < 1e-8 && abs(simplex.mean - 1.5 / 6.5) < 1e-8)
    let ordered = try moments(Ordered()) { $0[0] }
    #expect(abs(ordered.total - 1) < 1e-8)
    #expect(abs(ordered.mean - (1 - 2 / Double.pi.squareRoot())) < 1e-8)
  }

  @Test func vectorsHaveGradients() throws {
    struct Vectors: DifferentiableModel {
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        let weights = p.assumeSimplex([1.5, 2, 3])
        let levels = p.assumeOrdered(3, .studentT(degreesOfFreedom: 4))
        let terms = zip(weights, levels).map { weight, level -> P.Number in
          let law = Law.normal(level, deviation: 0.7)
          return .log(weight) + law.logDensity(0.3)
        }
        p.factor(.logSumExp(terms))
        p.factor(.dot([0.2, -0.1, 0.4], levels) * .tanh(levels[0]) / .sqrt(1 + .pow(levels[1], 2)))
        p.factor(.cos(levels[2]) - .logistic(levels[0]))
        return weights
      }
    }
    try forAll(20) { random in
      let point = (0..<5).map { _ in random.normal() }
      let (_, gradient) = try logDensity(of: Vectors(), at: point)
      for index in point.indices {
        var (up, down) = (point, point)
        up[index] += 1e-5
        down[index] -= 1e-5
        let values = (
          try logDensity(of: Vectors(), at: up).value, try logDensity(of: Vectors(), at: down).value
        )
        try #require(abs(gradient[index] - (values.0 - values.1) / 2e-5) < 1e-5)
      }
    }
  }

  @Test func countsHaveTheirProbabilities() throws {
    for x in 0..<6 {
      let poisson = Poisson(2.3).logDensity(x)
      #expect(abs(CountLaw<Double>.poisson(2.3).logProbability(x) - poisson) < 1e-12)
      let byLog = CountLaw<Double>.poisson(logMean: log(2.3)).logProbability(x)
      #expect(abs(byLog - poisson) < 1e-12)
      let binomial = Binomial(count: 5, probability: 0.3).logDensity(x)
      let odds = CountLaw<Double>.binomial(count: 5, logOdds: log(3.0 / 7)).logProbability(x)
      #expect(abs(odds - binomial) < 1e-12)
      let plain = CountLaw<Double>.binomial(count: 5, probability: 0.3).logProbability(x)
      #expect(abs(plain - binomial) < 1e-12)
      // Mean 2.3 and dispersion 1.7: success probability 1.7 / (1.7 + 2.3).
      let negative = NegativeBinomial(successes: 1.7, probability: 1.7 / 4).logDensity(x)
      let found = CountLaw<Double>.negativeBinomial(logMean: log(2.3), dispersion: 1.7)
      #expect(abs(found.logProbability(x) - negative) < 1e-12)
    }
    #expect(CountLaw<Double>.binomial(count: 5, probability: 0.3).logProbability(6) == -.infinity)
    #expect(CountLaw<Double>.poisson(2.3).logProbability(-1) == -.infinity)
    #expect(CountLaw<Double>.binomial(count: 5, probability: 0).logProbability(0) == 0)
  }

  /// The gradients of the counts, with the parameters functions of one coordinate.
  @Test func countsHaveGradients() throws {
    struct Counts: DifferentiableModel {
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        let x = p.assume(.normal(0, deviation: 1))
        p.observe(3, .poisson(logMean: x))
        p.observe(2, .poisson(.exp(x) + 1))
        p.observe(2, .binomial(count: 5, logOdds: x * 2))
        p.observe(4, .binomial(count: 5, probability: .logistic(x)))
        p.observe(6, .negativeBinomial(logMean: x, dispersion: .exp(-x)))
        p.observe(true, logOdds: x - 1)
        p.observe(false, logOdds: x * 3)
        return [x]
      }
    }
    for x in [-2.0, -0.3, 0.6, 2.5] {
      let (_, gradient) = try logDensity(of: Counts(), at: [x])
      let up = try logDensity(of: Counts(), at: [x + 1e-5]).value
      let down = try logDensity(of: Counts(), at: [x - 1e-5]).value
      #expect(abs(gradient[0] - (up - down) / 2e-5) < 1e-7)
    }
  }

  /// A differentiable program as a model: the same density, without the derivatives of scales.
  @Test func programsAreModels() throws {
    let model = DifferentiableProgram(EightSchools())
    let (draw, trace) = try Trace.run(
      model, given: ["mu": 3, "tau": 2, "z": 0.5], key: RandomKey(seed: 1))
    #expect(draw[0...1] == [3, 2] && draw[2] == 4)
    let prior =
      Normal(0, deviation: 5).logDensity(3) + log(2 / Double.pi / 5 / (1 + 0.16))
      + 8 * Normal(0, deviation: 1).logDensity(0.5)
    #expect(abs(trace.logPrior - prior) < 1e-12)
    var data = 0.0
    for (y, error) in zip(EightSchools.effects, EightSchools.errors) {
      data += Normal(4, deviation: error).logDensity(y)
    }
    #expect(abs(trace.logLikelihood - data) < 1e-12)
  }

  @Test func flawedLawsAreNamed() {
    #expect(Law<Double>.normal(0, deviation: 1).flaw == nil)
    let text = Law<Double>.normal(0, deviation: -1).flaw.map { "\($0)" }
    #expect(text == "Law.normal: the deviation is -1.0 but must be positive and finite")
    #expect(Law<Double>.uniform(1, 1).flaw?.parameter == "upper")
    #expect(Law<Double>.gamma(shape: 0, rate: 1).flaw?.parameter == "shape")
    #expect(Law<Double>.normal(0, deviation: -1).logDensity(0).isNaN)
  }
}
