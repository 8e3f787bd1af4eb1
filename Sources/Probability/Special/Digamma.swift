import Glibc

// Source: Abramowitz, Stegun, "Handbook of mathematical functions", 6.3 and 6.4.

extension Special {
  /// The derivative of log Γ; error 1e-14, near zeros absolute. NaN at 0, −1, −2, ….
  public static func digamma(_ x: Double) -> Double {
    if x <= 0 {
      let fraction = x - floor(x)
      if fraction == 0 { return .nan }
      return digamma(1 - x) - Double.pi / tan(Double.pi * fraction)
    }
    var shifted = x
    var sum = 0.0
    while shifted < 10 {
      sum -= 1 / shifted
      shifted += 1
    }
    let y = 1 / (shifted * shifted)
    let tail = y * (5.0 / 660 - y * (691.0 / 32760 - y / 12))
    let series = y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - tail))))
    return sum + (log(shifted) - 0.5 / shifted - series)
  }

  /// The second derivative of log Γ; error 1e-14. NaN at 0, −1, −2, ….
  public static func trigamma(_ x: Double) -> Double {
    if x <= 0 {
      let fraction = x - floor(x)
      if fraction == 0 { return .nan }
      let sine = sin(Double.pi * fraction)
      return Double.pi * Double.pi / (sine * sine) - trigamma(1 - x)
    }
    var shifted = x
    var sum = 0.0
    while shifted < 10 {
      sum += 1 / (shifted * shifted)
      shifted += 1
    }
    let z = 1 / shifted
    let y = z * z
    let tail = y * (1.0 / 30 - y * (5.0 / 66 - y * (691.0 / 2730 - y * 7 / 6)))
    return sum + z * (1 + 0.5 * z + y * (1.0 / 6 - y * (1.0 / 30 - y * (1.0 / 42 - tail))))
  }
}
