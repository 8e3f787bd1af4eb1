import Glibc
import Probability
import Randomness
import Testing

/// A particle that an observation made impossible goes on until it is replaced. What its senseless
/// state leads to is no flaw of the program.
@Suite struct DeadParticleTests {
  /// A third of the particles are impossible at once; their state is a negative number of trials.
  struct Survivors: SequentialModel {
    var rest = 0
    var usesLogarithm: Bool

    mutating func start(_ p: inout some ProbabilisticContext) {}

    mutating func step(_ t: Int, _ y: Int, _ p: inout some ProbabilisticContext) {
      if t == 0 {
        let k = p.draw(Poisson(3))
        p.observe(y, Binomial(count: k, probability: 0.5))
        rest = k - y
      } else {
        p.observe(y, Binomial(count: rest, probability: 0.3))
        rest -= y
      }
      // Nothing is known of these, and they are none where fewer than no one is left.
      _ = p.draw(Binomial(count: rest, probability: 0.3))
      if usesLogarithm {
        p.factor(0 * log(Double(rest) + 0.5))
        p.observe(0, Normal(0 * log(Double(rest) + 0.5), variance: 1))
        let x = p.assume(Normal(0 * log(Double(rest) + 0.5), variance: 1))
        p.observe(0, Normal(x, variance: 1))
      }
    }

    func visit(_ visitor: inout RandomVisitor) {}
  }

  /// Thinned twice: what is seen first and then are independent Poisson counts.
  @Test(arguments: [false, true]) func filtersGoOn(delays: Bool) throws {
    for usesLogarithm in [false, true] {
      for trigger in [0.0, 0.5, 1] {
        let filter = ParticleFilter(particles: 40_000, trigger: trigger, delays: delays)
        let posterior = try filter.run(
          Survivors(usesLogarithm: usesLogarithm), data: [2, 1], key: RandomKey(seed: 5))
        let normals = usesLogarithm ? 2 * (-log(2 * .pi) - 0.5 * log(2)) : 0
        let exact = Poisson(1.5).logDensity(2) + Poisson(0.45).logDensity(1) + normals
        #expect(abs(posterior.logEvidence - exact) < 0.03, "\(trigger): \(posterior.logEvidence)")
      }
    }
  }

  /// One pass without resampling, where the particles are `DelayedContext`s of their own.
  @Test func otherFiltersGoOn() throws {
    let alive = try AliveFilter(particles: 4000, delays: false)
      .run(Survivors(usesLogarithm: true), data: [2, 1], key: RandomKey(seed: 6))
    let normals = 2 * (-log(2 * .pi) - 0.5 * log(2))
    let exact = Poisson(1.5).logDensity(2) + Poisson(0.45).logDensity(1) + normals
    #expect(abs(alive.logEvidence - exact) < 0.1, "\(alive.logEvidence)")
  }

  /// What was wrong before the particle became impossible is one.
  struct FlawedFirst: Model {
    func run(_ p: inout some ProbabilisticContext) {
      _ = p.draw(Poisson(-1), at: "flaw")
      p.observe(-1, Poisson(2))
    }
  }

  @Test(arguments: [false, true]) func flawsBeforeAreFlaws(delays: Bool) {
    do {
      _ = try ImportanceSampler(particles: 3, delays: delays)
        .run(FlawedFirst(), key: RandomKey(seed: 1))
      Issue.record("no error")
    } catch {
      #expect("\(error)".hasPrefix("flaw: Poisson: the rate is -1.0"), "\(error)")
    }
  }
}
