import Glibc
import Randomness
import Testing

@testable import Probability

@Suite struct ZigguratTests {
  /// `scipy.stats.norm.ppf` (1.17.1) of `probabilities`.
  static let quantiles = [
    -4.753424308822899, -4.264890793922825, -3.7190164854556804, -3.090232306167813,
    -2.575829303548901, -2.053748910631823, -1.5547735945968535, -1.2815515655446004,
    -1.0803193408149558, -0.915365087842814, -0.7721932141886848, -0.643345405392917,
    -0.5244005127080409, -0.41246312944140473, -0.3054807880993974, -0.20189347914185088,
    -0.10043372051146975, 0.0,
  ]
  static let probabilities = [
    1e-6, 1e-5, 1e-4, 1e-3, 0.005, 0.02, 0.06, 0.1, 0.14, 0.18, 0.22, 0.26, 0.3, 0.34, 0.38, 0.42,
    0.46, 0.5,
  ]

  @Test func drawsAreNormalAlsoFarOut() {
    var stream = RandomKey(seed: 5).child("ziggurat").stream()
    let edges = Self.quantiles + Self.quantiles.dropLast().reversed().map { -$0 }
    let upper = Self.probabilities.dropLast().reversed().map { 1 - $0 }
    let cumulated = Self.probabilities + upper + [1]
    let cells = zip(cumulated, [0] + cumulated).map { $0 - $1 }
    var counts = [Int](repeating: 0, count: edges.count + 1)
    let draws = 10_000_000
    var (square, fourth) = (0.0, 0.0)
    for _ in 0..<draws {
      let x = Ziggurat.standard.normal(&stream)
      square += x * x
      fourth += x * x * x * x
      // Binary search for the first edge that is not below x.
      var (low, high) = (0, edges.count)
      while low < high {
        let middle = (low + high) / 2
        if edges[middle] < x { low = middle + 1 } else { high = middle }
      }
      counts[low] += 1
    }
    let n = Double(draws)
    // Each cell by itself too: beyond 4.7 standard deviations 10 draws are expected on each side.
    for (count, cell) in zip(counts, cells) {
      let deviation = (Double(count) - n * cell) / (n * cell * (1 - cell)).squareRoot()
      #expect(abs(deviation) < 4, "\(count) draws where \(n * cell) are expected")
    }
    #expect(Fit(counts, cells).isGood, "\(Fit(counts, cells).description)")
    // The variances of x² and x⁴ are 2 and 96.
    #expect(abs(square / n - 1) < 4 * (2 / n).squareRoot())
    #expect(abs(fourth / n - 3) < 4 * (96 / n).squareRoot())
  }

  /// Beyond the tail's start, at `norm.isf(norm.sf(start) * q)` for q of 3/4, 1/2, 1/4, 1/10.
  @Test func tailHasTheRightShape() {
    let start = 3.654152885361009
    let edges = [3.7273230171218295, 3.8283289574577246, 3.995682568382465, 4.2076566828459825]
    var stream = RandomKey(seed: 6).child("tail").stream()
    var counts = [0, 0, 0, 0, 0]
    let draws = 30_000_000
    for _ in 0..<draws {
      let x = abs(Ziggurat.standard.normal(&stream))
      if x > start { counts[edges.filter { $0 < x }.count] += 1 }
    }
    let total = counts.reduce(0, +)
    // `2 * norm.sf(3.654152885361009)`
    let expected = Double(draws) * 2 * 0.00012901624382695038
    #expect(abs(Double(total) - expected) < 4 * expected.squareRoot())
    #expect(Fit(counts, [0.25, 0.25, 0.25, 0.15, 0.1]).isGood)
  }

  /// The strips have one area, and the last one ends at the top of the density.
  @Test func stripsFit() {
    let strips = Ziggurat.standard.strips
    #expect(strips.count == 256)
    for (index, strip) in strips.enumerated().dropFirst() {
      let width = strip.step * 0x1p53
      #expect(abs(width * (strip.high - strip.low) - 0.004928673233974655) < 1e-15)
      #expect(index == 255 || strip.certain < width && strip.certain > 0)
    }
    #expect(strips[255].certain == 0 && strips[255].high == 1)
  }

  @Test func exponentialIsWithinOneUnitInTheLastPlace() {
    // `mpmath.exp` at 30 digits.
    let known: [(Double, Double)] = [
      (-0.1, 0.9048374180359595), (-0.25, 0.7788007830714049), (-1, 0.36787944117144233),
      (-3.5, 0.0301973834223185), (-20.125, 1.8189616875530459e-09),
      (-100.7, 1.8473350586794258e-44), (-700.1, 8.921404266525102e-305),
      (-708.25, 2.5759248692837695e-308), (0, 1), (-.infinity, 0), (-800, 0), (-1e300, 0),
    ]
    for (x, truth) in known {
      let value = Special.negativeExponential(SIMD4(repeating: x))[2]
      #expect(abs(value - truth) <= truth.ulp, "exp(\(x))")
    }
    // Glibc's is within 0.52 units in the last place.
    var stream = RandomKey(seed: 8).stream()
    var largest = 0.0
    for _ in 0..<500_000 {
      let scale = exp(8 * stream.uniform() - 2)
      let x = SIMD4(
        -stream.uniform() * scale, -stream.uniform() * 708, -stream.uniform(),
        -stream.uniform() * 1e-9)
      let values = Special.negativeExponential(x)
      for lane in 0..<4 where x[lane] > -708 {
        let truth = exp(x[lane])
        largest = max(largest, abs(values[lane] - truth) / truth.ulp)
      }
    }
    print("largest distance from exp:", largest, "units in the last place")
    #expect(largest <= 1)
  }

  @Test func logSumsAreThoseOfTheDefinition() {
    var weights: [Double] = []
    let logWeights = (0..<11).map { -Double($0 * $0) } + [-.infinity]
    let (sum, squares) = LogWeight.exponentiate(logWeights, largest: 0, into: &weights)
    // `sum(math.exp(-i*i) for i in range(11))`, `sum(math.exp(-2*i*i) for i in range(11))`
    #expect(abs(sum - 1.3863186024133263) < 1e-15)
    #expect(abs(squares - 1.1356707610945076) < 1e-15)
    #expect(weights.count == 12 && weights[0] == 1 && weights[11] == 0)
    #expect(LogWeight.largest([-2, -.infinity, -1, -7, -3]) == (-1, true))
    #expect(!LogWeight.largest([0, .nan, 0, 0, 1]).isValid)
    #expect(!LogWeight.largest([0, 0, 0, 0, 0, .infinity]).isValid)
  }
}
