import Probability
import Randomness
import TestSupport
import Testing

@Suite struct AffineTests {
  var p = DelayedContext(key: RandomKey(seed: 1))

  /// Values that are exact in binary, so equal expressions are equal values.
  @Test mutating func writtenOrderNeverMatters() {
    let x = p.assume(Normal(0, variance: 1))
    let expected = 0.5 * x + 3
    #expect(expected.constant == 3 && expected.termCount == 1)
    let others: [Affine] = [
      3 + 0.5 * x, x * 0.5 + 3, 3 + x * 0.5, x / 2 + 3, 3 + x / 2, 3 - -0.5 * x, -(-0.5 * x - 3),
      0.5 * x - -3, x - 0.5 * x + 3, 3 + (x + x) / 4, (x + 6) / 2, (x - -6) * 0.5,
      0.5 * (6 + x), -(-(x / 2 + 3)), (x + x - x) * 0.5 + 1 + 2, 4 - (1 - 0.5 * x),
      -x + 1.5 * x + 3, dot([0.25, 0.25], [x, x]) + 3, dot([x, x], [0.25, 0.25]) + 3,
    ]
    for other in others { #expect(other == expected) }
  }

  @Test mutating func termsOfSeveralVariables() {
    let x = p.assume(Normal(0, variance: 1))
    let y = p.assume(Normal(0, variance: 1))
    let z = p.assume(Normal(0, variance: 1))
    let expected = 2 * x - y + 0.5 * z + 1
    let others: [Affine] = [
      1 + z / 2 + x * 2 - y, -(y - 1) + (x + (x + z * 0.5)), 2 * (x - y / 2) + (z + 2) / 2,
      (z - y) + (x + x) - z / 2 + 1, dot([2, -1, 0.5], [x, y, z]) + 1, -y + (2 * x + z / 2) - -1,
      x - (y - x) + (1 + z * 0.5), z * 0.5 - (y - 2 * x) + 1,
    ]
    for other in others { #expect(other == expected) }
    #expect((x + y) != (x - y) && (x + y) != (x + z))
    #expect(x - x == Affine(0) * 1 + (0 * x))
  }

  @Test mutating func moreThanFourTermsSpill() {
    let variables = (0..<9).map { _ in p.assume(Normal(0, variance: 1)) }
    let coefficients = (0..<9).map { Double($0) - 3.5 }
    var forward = Affine(2)
    for index in 0..<9 { forward = forward + coefficients[index] * variables[index] }
    var backward = Affine(2)
    for index in (0..<9).reversed() { backward = variables[index] * coefficients[index] + backward }
    #expect(forward == backward && forward.termCount == 9)
    #expect(-forward / 2 == backward * -0.5)
    #expect(forward + forward == 2 * backward)
    #expect(dot(coefficients, variables) + 2 == forward)
  }

  @Test func knownValuesAreNumbers() {
    let x = Random(2.0)
    #expect(x.known == 2 && (3 * x + 1).constant == 7 && (3 * x + 1).termCount == 0)
    #expect((1 - x / 4).constant == 0.5 && (-x).constant == -2 && (x - x).constant == 0)
    #expect(Random(-7).known == -7 && Random(true).known == true)
    #expect(Random(Double.nan).known?.isNaN == true && Random(-Double.infinity).known == -.infinity)
    #expect(Random<Double>().known == nil)
    #expect(MemoryLayout<Random<Double>>.size == 8)
  }

  /// Every expression is evaluated like the numbers it stands for.
  @Test func randomExpressionsHaveTheValueOfTheirNumbers() throws {
    try forAll(200) { random in
      var p = DelayedContext(key: RandomKey(seed: random.next()))
      let variables = (0..<6).map { _ in p.assume(Normal(0, variance: 1)) }
      var pairs: [(Affine, Double)] = []
      // Each copy would draw its own: values are fixed in one context first.
      var fixed = p
      let values = variables.map { fixed.value($0) }
      for (variable, value) in zip(variables, values) { pairs.append((Affine(variable), value)) }
      for _ in 0..<20 {
        let (left, right) = (
          pairs[random.uniform(below: pairs.count)], pairs[random.uniform(below: pairs.count)]
        )
        let number = random.normal()
        switch random.uniform(below: 6) {
        case 0: pairs.append((left.0 + right.0, left.1 + right.1))
        case 1: pairs.append((left.0 - right.0, left.1 - right.1))
        case 2: pairs.append((number * left.0, number * left.1))
        case 3: pairs.append((number - left.0, number - left.1))
        case 4: pairs.append((left.0 / (1 + number * number), left.1 / (1 + number * number)))
        default: pairs.append((-left.0 + number, -left.1 + number))
        }
      }
      for (expression, expected) in pairs {
        let value = fixed.value(expression)
        try #require(abs(value - expected) <= 1e-9 * (1 + abs(expected)))
      }
    }
  }
}
