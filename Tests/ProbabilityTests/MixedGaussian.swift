import Foundation
import Probability

/// A nonlinear variable n and a linear vector l of three:
/// n' ~ N(atan(n) + b·l, σ²), l' ~ N(A l, Σ), y_n ~ N(0.1 n|n|, σ²_n), y_l ~ N(c·l, σ²_l).
///
/// Source: Lindsten, Schön, "Identification of mixed linear/nonlinear state-space models" (CDC
/// 2010), as in the Birch repository's example of the same name.
struct MixedGaussian: SequentialModel {
  struct Observation: Sendable, Decodable {
    var n: Double
    var l: Double

    enum CodingKeys: String, CodingKey {
      case n = "y_n"
      case l = "y_l"
    }
  }

  struct Parameters: Sendable, Decodable {
    var a: [[Double]]
    var b: [Double]
    var c: [Double]
    var stateNoise: [[Double]]
    var nonlinearNoise: Double
    var linearObservationNoise: Double
    var nonlinearObservationNoise: Double

    enum CodingKeys: String, CodingKey {
      case a = "A"
      case b, c
      case stateNoise = "Σ_x_l"
      case nonlinearNoise = "σ2_x_n"
      case linearObservationNoise = "σ2_y_l"
      case nonlinearObservationNoise = "σ2_y_n"
    }
  }

  /// How the same expressions are written.
  enum Form: Sendable {
    /// With the operators of `Random`.
    case operators
    /// As sums of three terms.
    case short
  }

  let a00: Double, a01: Double, a02: Double
  let a10: Double, a11: Double, a12: Double
  let a20: Double, a21: Double, a22: Double
  let b0: Double, b1: Double, b2: Double
  let c0: Double, c1: Double, c2: Double
  let q: Double, qn: Double, rl: Double, rn: Double
  var form = Form.short
  var n = 0.0
  var x = Random<Double>()
  var y = Random<Double>()
  var z = Random<Double>()

  init(_ parameters: Parameters, form: Form = .short) {
    let (a, b, c) = (parameters.a, parameters.b, parameters.c)
    (a00, a01, a02) = (a[0][0], a[0][1], a[0][2])
    (a10, a11, a12) = (a[1][0], a[1][1], a[1][2])
    (a20, a21, a22) = (a[2][0], a[2][1], a[2][2])
    (b0, b1, b2) = (b[0], b[1], b[2])
    (c0, c1, c2) = (c[0], c[1], c[2])
    // The noise of the file is the same for all components, and independent.
    q = parameters.stateNoise[0][0]
    qn = parameters.nonlinearNoise
    rl = parameters.linearObservationNoise
    rn = parameters.nonlinearObservationNoise
    self.form = form
  }

  mutating func start(_ p: inout some ProbabilisticContext) {}

  mutating func step(_ t: Int, _ y: Observation, _ p: inout some ProbabilisticContext) {
    if t == 0 {
      n = p.draw(Normal(0, variance: 1))
      x = p.assume(Normal(0, variance: 1))
      self.y = p.assume(Normal(0, variance: 1))
      z = p.assume(Normal(0, variance: 1))
    } else {
      move(&p)
    }
    p.observe(y.n, Normal(0.1 * n * abs(n), variance: rn))
    switch form {
    case .operators: p.observe(y.l, Normal(c0 * x + c1 * self.y + c2 * z, variance: rl))
    case .short: p.observe(y.l, Normal(ShortAffine(c0, x, c1, self.y, c2, z), variance: rl))
    }
  }

  private mutating func move(_ p: inout some ProbabilisticContext) {
    let (u, v, w) = (x, y, z)
    switch form {
    case .operators:
      n = p.draw(Normal(b2 * w + atan(n) + b0 * u + b1 * v, variance: qn))
      x = p.assume(Normal(a00 * u + a01 * v + a02 * w, variance: q))
      y = p.assume(Normal(a11 * v + a12 * w + u * a10, variance: q))
      z = p.assume(Normal(-(-a20 * u - a21 * v - a22 * w), variance: q))
    case .short:
      n = p.draw(Normal(ShortAffine(b0, u, b1, v, b2, w, plus: atan(n)), variance: qn))
      x = p.assume(Normal(ShortAffine(a00, u, a01, v, a02, w), variance: q))
      y = p.assume(Normal(ShortAffine(a10, u, a11, v, a12, w), variance: q))
      z = p.assume(Normal(ShortAffine(a20, u, a21, v, a22, w), variance: q))
    }
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(x)
    visitor.keep(y)
    visitor.keep(z)
  }
}

extension TestData {
  static func mixedGaussian() throws -> (MixedGaussian.Parameters, [MixedGaussian.Observation]) {
    // The first element has the parameters, the others the observations.
    struct Entry: Decodable {
      var parameters: MixedGaussian.Parameters?
      var observation: MixedGaussian.Observation?

      init(from decoder: any Decoder) throws {
        parameters = try? MixedGaussian.Parameters(from: decoder)
        if parameters == nil { observation = try MixedGaussian.Observation(from: decoder) }
      }
    }
    let entries = try JSONDecoder().decode([Entry].self, from: contents("mixed_gaussian.json"))
    return (entries[0].parameters!, entries.compactMap(\.observation))
  }
}
