import Glibc
import Randomness

/// The Pólya–Gamma distribution PG(1, tilt), under which logistic models are Gaussian.
///
/// Its mean is tanh(tilt/2)/(2·tilt).
///
/// Sources: Polson, Scott, Windle, "Bayesian inference for logistic models using Pólya–Gamma
/// latent variables" (JASA 2013), sections 2 and 4; Devroye, "On exact simulation algorithms for
/// some distributions related to Jacobi theta functions" (2009), for the alternating series.
struct PolyaGamma {
  /// Not negative.
  var tilt: Double

  /// Between the two forms of the density's series.
  private static let switchPoint = 0.64

  func sample(_ stream: inout RandomStream) -> Double {
    // Of the Jacobi distribution J*(1, z), of which this is a quarter.
    let z = tilt / 2
    let t = Self.switchPoint
    let rate = Double.pi * Double.pi / 8 + z * z / 2
    let right = Double.pi / (2 * rate) * exp(-rate * t)
    let left = 2 * exp(-z) * Self.inverseGaussianCDF(t, z)
    while true {
      let x =
        stream.uniform() * (left + right) < right
        ? t + stream.exponential() / rate : Self.truncatedInverseGaussian(t, z, &stream)
      var sum = Self.term(0, x)
      let height = stream.uniform() * sum
      var n = 0
      while true {
        n += 1
        if n % 2 == 1 {
          sum -= Self.term(n, x)
          if height <= sum { return x / 4 }
        } else {
          sum += Self.term(n, x)
          if height > sum { break }
        }
      }
    }
  }

  /// A coefficient of the alternating series of the density at x.
  private static func term(_ n: Int, _ x: Double) -> Double {
    let k = Double(n) + 0.5
    if x > switchPoint { return Double.pi * k * exp(-k * k * Double.pi * Double.pi * x / 2) }
    return Double.pi * k * pow(2 / (Double.pi * x), 1.5) * exp(-2 * k * k / x)
  }

  /// P(X ≤ t) of the inverse Gaussian distribution with mean 1/z and shape 1.
  private static func inverseGaussianCDF(_ t: Double, _ z: Double) -> Double {
    let root = (1 / t).squareRoot()
    return Special.normalCDF(root * (t * z - 1))
      + exp(2 * z + Special.logNormalCDF(-root * (t * z + 1)))
  }

  /// A draw of it given that it is below t.
  private static func truncatedInverseGaussian(
    _ t: Double, _ z: Double, _ stream: inout RandomStream
  ) -> Double {
    if z < 1 / t {
      while true {
        var (first, second) = (stream.exponential(), stream.exponential())
        while first * first > 2 * second / t {
          (first, second) = (stream.exponential(), stream.exponential())
        }
        let x = t / ((1 + t * first) * (1 + t * first))
        if stream.uniform() <= exp(-z * z * x / 2) { return x }
      }
    }
    let mean = 1 / z
    while true {
      let y = stream.normal()
      let half = mean * y * y / 2
      let smaller = mean + mean * half - mean * (2 * half + half * half).squareRoot()
      let x = stream.uniform() <= mean / (mean + smaller) ? smaller : mean * mean / smaller
      if x < t { return x }
    }
  }
}
