import Probability
import Randomness
import Testing

@Suite struct ShortAffineTests {
  @Test func isTheSumThatOperatorsGive() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let (x, y) = (p.assume(Normal(0, variance: 1)), p.assume(Normal(0, variance: 1)))
    let (z, w) = (p.assume(Normal(0, variance: 1)), p.assume(Normal(0, variance: 1)))
    let two = Random(2.0)
    #expect(ShortAffine(3, x).affine == 3 * x)
    #expect(ShortAffine(3, x, plus: 1).affine == 3 * x + 1)
    #expect(ShortAffine(2, y, -1, x, plus: 4).affine == 4 - x + 2 * y)
    #expect(ShortAffine(2, z, 1, y, 0.5, x).affine == y + 0.5 * x + 2 * z)
    #expect(ShortAffine(1, w, 2, z, 3, y, 4, x, plus: 5).affine == 4 * x + 3 * y + 2 * z + w + 5)
    #expect(ShortAffine(1, x, 2, x, 3, two).affine == 3 * x + 6)
    #expect(ShortAffine(1, two, 2, two, 3, two, 4, two, plus: 1).meanNumber == 21)
    #expect(ShortAffine(1, two, 2, x).meanNumber == nil)
  }

  /// Repeated variables, known ones and any order, in particles that share and that do not.
  @Test func filtersTakeBothAlike() throws {
    let data = (0..<20).map { Double($0 % 5) - 2 }
    var evidences: Set<Double> = []
    for usesOperators in [false, true] {
      for chunk in [1, 40] {
        let filter = ParticleFilter(particles: 40, chunkSize: chunk)
        let posterior = try filter.run(
          Sums(usesOperators: usesOperators), data: data, key: RandomKey(seed: 2))
        evidences.insert(posterior.logEvidence)
      }
    }
    #expect(evidences.count == 1, "\(evidences)")
  }
}

private struct Sums: SequentialModel {
  var usesOperators: Bool
  var x = Random<Double>(0)
  var y = Random<Double>(1)
  var level = 0.0

  mutating func start(_ p: inout some ProbabilisticContext) {}

  mutating func step(_ t: Int, _ z: Double, _ p: inout some ProbabilisticContext) {
    let new: Random<Double>
    if usesOperators {
      new = p.assume(Normal(0.5 * y + 0.25 * x + level, variance: 1))
      level = p.draw(Normal(new + -0.5 * new + 2 * y, variance: 0.5)) / 4
      p.observe(z, Normal(new - 0.5 * x + 0.125 * y - 1, variance: 1))
    } else {
      new = p.assume(Normal(ShortAffine(0.5, y, 0.25, x, plus: level), variance: 1))
      level = p.draw(Normal(ShortAffine(1, new, -0.5, new, 2, y), variance: 0.5)) / 4
      p.observe(z, Normal(ShortAffine(1, new, -0.5, x, 0.125, y, plus: -1), variance: 1))
    }
    (x, y) = (y, new)
    if t % 7 == 6 { _ = p.value(x) }
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(x)
    visitor.keep(y)
  }
}
