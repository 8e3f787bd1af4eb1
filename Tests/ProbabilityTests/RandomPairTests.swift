import Probability
import Randomness
import TestSupport
import Testing

/// Conjugate pairs at parameters that are drawn: evidence and posterior by quadrature.
@Suite struct RandomPairTests {
  @Test func closedFormsAtDrawnParameters() throws {
    try forAll(6) { random in
      let numbers = PairNumbers(&random)
      for pair in ConjugatePair.drawn(numbers, &random) { try check(pair) }
    }
  }

  private func check(_ pair: ConjugatePair) throws {
    var p = DelayedContext(key: RandomKey(seed: 9))
    let theta = pair.parent(&p)
    for x in pair.data { pair.observe(&p, theta, x) }
    let truth = Quadrature.moments(pair.domain) { t, rest in
      pair.data.reduce(pair.logPrior(t, rest)) { $0 + pair.logLikelihood($1, t, rest) }
    }
    let place = Comment(rawValue: "\(pair.name): \(pair.data)")
    try #require(isClose(p.logWeight, truth.logIntegral), place)
    try #require(isClose(p.graph.mean(theta), truth.mean), place)
    try #require(isClose(p.graph.variance(theta), truth.variance), place)
    try #require(p.report.isExact, place)
  }
}
