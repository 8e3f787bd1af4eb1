import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// The same program with delay on and with delay off: equal evidence and posterior mean, by
/// simulation. What a relation gets wrong in its draws, closed forms alone would not show.
@Suite struct OnOffDelayTests {
  /// A program that observes and returns a number.
  struct Program: Sendable {
    var name: String
    var run: @Sendable (inout DelayedContext) -> Double
  }

  /// Estimates with their squared standard errors.
  struct Estimate {
    var evidence = 0.0
    var evidenceError = 0.0
    var mean = 0.0
    var meanError = 0.0

    init(_ program: Program, delays: Bool, runs: Int, seed: UInt64) {
      let key = RandomKey(seed: seed)
      var draws: [(weight: Double, value: Double)] = []
      for run in 0..<runs {
        var p = DelayedContext(key: key.child("run", run), delays: delays)
        let value = program.run(&p)
        draws.append((exp(p.logWeight), p.logWeight == -.infinity ? 0 : value))
      }
      let n = Double(runs)
      for draw in draws {
        evidence += draw.weight / n
        mean += draw.weight * draw.value / n
      }
      mean /= evidence
      for draw in draws {
        let (first, second) = (draw.weight - evidence, draw.weight * (draw.value - mean))
        evidenceError += first * first / (n * n)
        meanError += second * second / (n * n)
      }
      meanError /= evidence * evidence
    }
  }

  static let pairs: [Program] = ConjugatePair.all.map { pair in
    Program(name: pair.name) { p in
      let theta = pair.parent(&p)
      // Assumed, drawn and dropped in between.
      _ = pair.child(&p, theta)
      for x in pair.data { pair.observe(&p, theta, x) }
      return p.value(theta)
    }
  }

  /// The child's own posterior, when its sibling was observed.
  static let children: [Program] = ConjugatePair.all.map { pair in
    Program(name: pair.name + ", child") { p in
      let theta = pair.parent(&p)
      pair.observe(&p, theta, pair.data[0])
      let value = pair.child(&p, theta)
      // Bounded, for the children without a variance.
      return value / (1 + abs(value))
    }
  }

  static let counts: [Program] = CountDelayTests.counts.flatMap { count in
    [
      Program(name: count.name + " thinned twice") { p in
        let n = count.assume(&p)
        p.observe(2, Binomial(count: n, probability: 0.5))
        p.observe(1, Binomial(count: n, probability: 0.3))
        return Double(p.value(n))
      },
      Program(name: count.name + " chain") { p in
        let n = count.assume(&p)
        let x = p.assume(Binomial(count: n, probability: 0.7))
        p.observe(2, Binomial(count: x, probability: 0.5))
        return Double(3 * p.value(x) + p.value(n))
      },
      Program(name: count.name + " chain used twice") { p in
        let n = count.assume(&p)
        let x = p.assume(Binomial(count: n, probability: 0.7))
        p.observe(1, Binomial(count: x, probability: 0.5))
        p.observe(2, Binomial(count: n, probability: 0.4))
        p.observe(2, Binomial(count: x, probability: 0.6))
        return Double(3 * p.value(n) + p.value(x))
      },
    ]
  }

  static let others: [Program] = [
    Program(name: "Dirichlet") { p in
      let shares = p.assume(Dirichlet([1, 2, 0.5]))
      let word = p.assume(Categorical(shares))
      p.observe(2, Categorical(shares))
      p.observe([1, 0, 2], Multinomial(count: 3, probabilities: shares))
      return p.value(shares)[0] + Double(p.value(word))
    },
    Program(name: "rate of thinned counts") { p in
      let rate = p.assume(Gamma(shape: 2, rate: 1))
      let n = p.assume(Poisson(2 * rate))
      let m = p.assume(Poisson(rate))
      p.observe(2, Binomial(count: n, probability: 0.4))
      p.observe(1, Binomial(count: m, probability: 0.4))
      return p.value(rate) + Double(p.value(n))
    },
    Program(name: "normal inverse gamma") { p in
      let variance = p.assume(InverseGamma(shape: 3, scale: 2))
      let x = p.assume(Normal(1.0, variance: 2 * variance))
      let y = p.assume(Normal(x + 1, variance: variance))
      p.observe(2, Normal(x - y, variance: variance / 2))
      p.observe(1, Normal(y, variance: 0.7))
      return p.value(variance) + p.value(x)
    },
    Program(name: "normal of two scales") { p in
      let one = p.assume(InverseGamma(shape: 3, scale: 2))
      let two = p.assume(Gamma(shape: 3, rate: 2))
      let x = p.assume(Normal(1.0, variance: 2 * one))
      p.observe(2, Normal(2 * x, variance: 1 / two))
      return p.value(x) + p.value(two)
    },
    Program(name: "hidden Markov") { p in
      let rows = [[0.8, 0.2], [0.3, 0.7]]
      var state = p.assume(Categorical([0.5, 0.5]))
      let first = state
      for y in [0.3, 1.5, 0.9] {
        state = p.assume(Categorical(rows[state]))
        p.observe(y, Switch(state) { Normal(Double($0), variance: 0.5) })
      }
      return Double(p.value(first) + 2 * p.value(state))
    },
    Program(name: "sum of Poissons") { p in
      let x = p.assume(Poisson(1.0))
      let y = p.assume(Poisson(2.0))
      let z = p.assume(Exactly(x + y))
      p.observe(2, Binomial(count: z, probability: 0.5))
      return Double(p.value(x))
    },
    Program(name: "shares of a total") { p in
      let x = p.assume(Poisson(1.0))
      let y = p.assume(Poisson(2.0))
      let child = p.assume(Binomial(count: x, probability: 0.5))
      let z = p.assume(Exactly(x + y))
      p.observe(2, Binomial(count: z, probability: 0.5))
      p.observe(1, Binomial(count: y, probability: 0.6))
      p.observe(0, Binomial(count: child, probability: 0.4))
      return Double(p.value(x) + 3 * p.value(child))
    },
    Program(name: "total of totals") { p in
      let (x, y) = (p.assume(Poisson(1.0)), p.assume(Poisson(2.0)))
      p.observe(1, Binomial(count: y, probability: 0.3))
      let inner = p.assume(Exactly(x + y))
      let outer = p.assume(Exactly(inner + p.assume(Poisson(0.5)) + 1))
      let sum = p.assume(Exactly(p.assume(Poisson(0.7)) + 0))
      let child = p.assume(Binomial(count: inner, probability: 0.5))
      p.observe(4, Exactly(outer + sum))
      return Double(p.value(x) + 2 * p.value(child))
    },
    Program(name: "drawn total") { p in
      let x = p.assume(Poisson(3.0))
      let y = p.assume(Poisson(2.0))
      let sum = p.draw(Exactly(x + y))
      p.observe(Double(sum), Normal(4, variance: 4))
      p.observe(1, Binomial(count: y, probability: 0.6))
      return Double(p.value(x))
    },
    Program(name: "total of gammas") { p in
      let x = p.assume(Gamma(shape: 2, rate: 2))
      let y = p.assume(Gamma(shape: 1, rate: 1))
      let z = p.assume(Exactly(2 * x + y))
      p.observe(3, Poisson(z))
      p.observe(1, Poisson(y))
      p.observe(0.5, Normal(0, variance: 1 / z))
      return p.value(x) + 2 * p.value(z)
    },
    Program(name: "Student's t") { p in
      let x = p.assume(Normal(0, variance: 1))
      let y = p.assume(StudentT(degreesOfFreedom: 4, location: x, scale: 0.7))
      p.observe(1.5, StudentT(degreesOfFreedom: 3, location: 2 * x, scale: 0.5))
      p.observe(1, Normal(y, variance: 0.5))
      return p.value(x) + p.value(y)
    },
    Program(name: "Student's t alone") { p in
      let y = p.assume(StudentT(degreesOfFreedom: 5, location: 1, scale: 0.7))
      p.observe(2, Normal(y, variance: 0.5))
      return p.value(y)
    },
    Program(name: "Laplace") { p in
      let x = p.assume(Normal(0, variance: 1))
      let y = p.assume(Laplace(location: x + 1, scale: 0.7))
      p.observe(1.5, Laplace(location: 2 * x, scale: 0.5))
      p.observe(1, Normal(y, variance: 0.5))
      return p.value(x) + p.value(y)
    },
    Program(name: "logistic") { p in
      let x = p.assume(Normal(0, variance: 1))
      p.observe(2.5, Logistic(location: 2 * x, scale: 0.5))
      p.observe(0.5, Logistic(location: x, scale: 2))
      return p.value(x)
    },
    Program(name: "logistic regression") { p in
      let a = p.assume(Normal(0, variance: 4))
      let b = p.assume(Normal(1, variance: 4))
      for (x, y) in [(0.5, true), (-1, true), (2, false), (-3, false), (4, true)] {
        p.observe(y, LogitBernoulli(logit: a + x * b))
      }
      return p.value(a) + p.value(b)
    },
    Program(name: "intervals") { p in
      let x = p.assume(Normal(0, variance: 2))
      let y = p.assume(Normal(x, variance: 1))
      p.observe(2, BinnedNormal(x + y, variance: 0.5, cuts: [-1, 0.5]))
      p.observe(1, BinnedNormal(y, variance: 0.5, cuts: [-1, 0.5, 3]))
      return p.value(x) + 2 * p.value(y)
    },
    Program(name: "normal vectors") { p in
      let v = p.assume(
        MultivariateNormal([0.5, 1], covariance: DenseMatrix(rows: [[2, 0.5], [0.5, 1]])))
      let w = p.assume(
        MultivariateNormal(
          DenseMatrix(rows: [[1, 1], [0, 2]]) * v + [1, 0],
          covariance: DenseMatrix(rows: [[1, 0.3], [0.3, 0.5]])))
      p.observe(1, Normal(dot([1, -1], w), variance: 0.5))
      return p.value(v)[0] + p.value(w)[1]
    },
    Program(name: "random covariance") { p in
      let psi = DenseMatrix(rows: [[6, 0.5], [0.5, 5]])
      let w = p.assume(InverseWishart(degreesOfFreedom: 7, scale: psi))
      let x = p.assume(
        MatrixNormal(
          DenseMatrix(rows: [[0, 1], [0.5, 0]]), rowCovariance: DenseMatrix(diagonal: [1, 0.5]),
          columnCovariance: w))
      let rows = x.rows(2)
      p.observe([1, 0.5], MultivariateNormal(dot([1, 0.5], rows), covariance: w))
      let y = p.assume(MultivariateNormal(rows[0] - rows[1], covariance: 0.5 * w))
      return p.value(y)[0] + 2 * p.value(x)[1, 1] + p.value(w)[0, 1]
    },
    Program(name: "random precision") { p in
      let scale = DenseMatrix(rows: [[0.3, 0.05], [0.05, 0.2]])
      let w = p.assume(Wishart(degreesOfFreedom: 6, scale: scale))
      let x = p.assume(MultivariateNormal([0, 1], covariance: 1 / w))
      p.observe([1, 0.5], MultivariateNormal(x, covariance: 0.5 / w))
      return p.value(w)[0, 0] + 2 * p.value(x)[1]
    },
    Program(name: "random covariance forced") { p in
      let psi = DenseMatrix(rows: [[6, 0.5], [0.5, 5]])
      let w = p.assume(InverseWishart(degreesOfFreedom: 7, scale: psi))
      let x = p.assume(MultivariateNormal([0, 1], covariance: w))
      p.observe([1, 0.5], MultivariateNormal(x, covariance: w))
      p.observe(0.5, Normal(x[0] + x[1], variance: 1))
      return p.value(x)[0] + p.value(w)[0, 0]
    },
    Program(name: "switching normal") { p in
      let flag = p.assume(Bernoulli(0.3))
      let other = p.assume(Categorical([0.2, 0.3, 0.5]))
      let x = p.assume(Normal(0, variance: 1))
      let y = p.assume(
        SwitchingNormal(flag, mean: { Double($0) + x }, variance: { $0 == 0 ? 0.5 : 2 }))
      p.observe(
        1.5, SwitchingNormal(other, mean: { Double($0) - x + y }, variance: { _ in 0.7 }))
      let v = p.assume(InverseGamma(shape: 3, scale: 2))
      let z = p.assume(Normal(1.0, variance: v))
      p.observe(1, Normal(z + y, variance: 0.5))
      return p.value(x) + (p.value(flag) ? 1 : 0) + Double(p.value(other))
    },
    Program(name: "switching normal, index first") { p in
      let flag = p.assume(Bernoulli(0.3))
      let x = p.assume(Normal(0, variance: 1))
      p.observe(
        1.5, SwitchingNormal(flag, mean: { $0 == 0 ? Affine(x) : 2 - x }, variance: { _ in 0.7 }))
      let isTrue = p.value(flag)
      return p.value(x) + (isTrue ? 1 : 0)
    },
    Program(name: "switching over a random scale") { p in
      let flag = p.assume(Bernoulli(0.3))
      let chosen = p.assume(Bernoulli(p.assume(Beta(2, 1))))
      let w = p.assume(Normal(0, variance: 1))
      p.observe(0.5, SwitchingNormal(flag, mean: { Double($0) + w }, variance: { _ in 1 }))
      let v = p.assume(InverseGamma(shape: 3, scale: 2))
      let x = p.assume(Normal(1.0, variance: v))
      p.observe(
        1.5, SwitchingNormal(flag, mean: { $0 == 0 ? x + w : 2 - x }, variance: { _ in 0.7 }))
      let u = p.assume(InverseGamma(shape: 4, scale: 2))
      let y = p.assume(Normal(1.0, variance: u))
      p.observe(
        1, SwitchingNormal(chosen, mean: { $0 == 0 ? y + x : 2 - y }, variance: { _ in 0.7 }))
      return p.value(x) + p.value(y) + (p.value(flag) ? 1 : 0) + (p.value(chosen) ? 2 : 0)
    },
    Program(name: "mixture of random weights") { p in
      let shares = p.assume(Dirichlet([1, 2, 0.5]))
      var sum = 0.0
      for y in [0.4, 1.7, 1.2] {
        let index = p.assume(Categorical(shares))
        p.observe(y, Switch(index) { Normal(Double($0), variance: 0.5) })
        sum += Double(p.value(index))
      }
      return p.value(shares)[0] + sum
    },
    Program(name: "flags of a random probability") { p in
      let probability = p.assume(Beta(1, 3))
      let x = p.assume(Normal(0, variance: 1))
      for y in [0.4, 3, 1.2] {
        let flag = p.assume(Bernoulli(probability))
        p.observe(y, SwitchingNormal(flag, mean: { _ in x + 0 }, variance: { $0 == 1 ? 9 : 0.5 }))
        p.observe(y > 2, Bernoulli([0.2, 0.7][flag]))
      }
      return p.value(probability) + p.value(x)
    },
    Program(name: "random rows") { p in
      let rows = [p.assume(Dirichlet([1, 2])), p.assume(Dirichlet([2, 1]))]
      var state = p.assume(Categorical([0.5, 0.5]))
      for y in [1, 1, 0] {
        p.observe(y, Categorical(rows[state]))
        state = p.assume(Categorical(rows[state]))
      }
      return p.value(rows[0])[1] + Double(p.value(state))
    },
    Program(name: "mixture of random means") { p in
      let shares = p.assume(Dirichlet([1, 2]))
      let means = [p.assume(Normal(-1, variance: 2)), p.assume(Normal(1, variance: 1))]
      let variance = p.assume(InverseGamma(shape: 4, scale: 3))
      var sum = 0.0
      for y in [0.4, 1.7, -1.2] {
        let index = p.assume(Categorical(shares))
        p.observe(y, Switch(index) { Normal(means[$0], variance: variance) })
        sum += Double(p.value(index))
      }
      return p.value(shares)[0] + sum + p.value(means[1])
    },
    Program(name: "cases that need values") { p in
      let index = p.assume(Categorical([0.3, 0.7]))
      let scales = [
        p.assume(Gamma(shape: 2, rate: 1)), p.assume(Gamma(shape: 3, rate: 1)),
      ]
      let count = p.assume(Poisson(scales[0]))
      p.observe(0.8, Switch(index) { Normal(0, variance: scales[$0]) })
      p.observe(2, Switch(p.assume(Bernoulli([0.4, 0.8][index]))) { Poisson(scales[$0]) })
      return p.value(scales[0]) + Double(p.value(index)) + Double(p.value(count))
    },
    Program(name: "assumed of cases") { p in
      let index = p.assume(Categorical([0.3, 0.7]))
      let means = [p.assume(Normal(-1, variance: 2)), p.assume(Normal(1, variance: 1))]
      let x = p.assume(Switch(index) { Normal(means[$0], variance: 0.5) })
      p.observe(0.7, Normal(x, variance: 1))
      let flags = [p.assume(Beta(2, 1)), p.assume(Beta(1, 3))]
      p.observe(true, Bernoulli(flags[index]))
      return p.value(x) + p.value(means[0]) + p.value(flags[1]) + Double(p.value(index))
    },
    Program(name: "regression") { p in
      let variance = p.assume(InverseGamma(shape: 4, scale: 3))
      let slopes = p.assume(
        MultivariateNormal([0, 1], covariance: variance * DenseMatrix(diagonal: [2, 1])))
      for (x, y) in [(0.5, 1), (-1, 0.4), (2, 1.3)] {
        p.observe(y, Normal(dot([1, x], slopes), variance: variance))
      }
      return p.value(slopes)[1] + p.value(variance)
    },
  ]

  static let all = pairs + children + counts + others

  @Test(arguments: all.map(\.name)) func agree(_ name: String) throws {
    let program = try #require(Self.all.first { $0.name == name })
    let on = Estimate(program, delays: true, runs: 5000, seed: 11)
    let off = Estimate(program, delays: false, runs: 30_000, seed: 12)
    let evidence = abs(on.evidence - off.evidence)
    let mean = abs(on.mean - off.mean)
    #expect(evidence <= 4 * (on.evidenceError + off.evidenceError).squareRoot() + 1e-12)
    #expect(mean <= 4 * (on.meanError + off.meanError).squareRoot() + 1e-12)
    // The comparison would see a wrong constant.
    #expect(off.evidenceError.squareRoot() < 0.1 * off.evidence)
    #expect(on.evidenceError.squareRoot() < 0.1 * on.evidence)
  }
}
