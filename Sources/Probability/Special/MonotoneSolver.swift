import Glibc

extension Special {
  /// The x in `bounds` at which a distribution has P(X ≤ x) = `probability`; NaN unless that is in
  /// `0...1`.
  ///
  /// Newton's method on the logarithm of the smaller tail, kept in a bracket that is halved in the
  /// order of the representable numbers: it ends for any scale, even at subnormal numbers.
  ///
  /// - Parameters:
  ///   - lower: log P(X ≤ x).
  ///   - upper: log P(X > x).
  ///   - density: The log-density of x.
  static func solve(
    _ probability: Double, in bounds: ClosedRange<Double>, lower: (Double) -> Double,
    upper: (Double) -> Double, density: (Double) -> Double
  ) -> Double {
    guard probability >= 0, probability <= 1 else { return .nan }
    if probability == 0 { return bounds.lowerBound }
    if probability == 1 { return bounds.upperBound }
    let isLower = probability <= 0.5
    let target = isLower ? log(probability) : log1p(-probability)
    var low = position(bounds.lowerBound)
    var high = position(bounds.upperBound)
    var next = middle(low, high)
    var width = Double(high) - Double(low)
    var round = 0
    while high - 1 > low {
      let x = number(next)
      let tail = isLower ? lower(x) : upper(x)
      if tail.isNaN { return .nan }
      let excess = isLower ? tail - target : target - tail
      if excess == 0 { return x }
      if excess > 0 { high = next } else { low = next }
      // d tail / dx = density / tail.
      let step = excess * exp(tail - density(x))
      let proposal = position(x - step)
      if step.isFinite && abs(proposal - next) <= 1 { return x - step }
      round += 1
      let isShrinking = round % 4 != 0 || Double(high) - Double(low) < width / 4
      if round % 4 == 0 { width = Double(high) - Double(low) }
      let isInside = step.isFinite && proposal > low && proposal < high
      next = isInside && isShrinking ? proposal : middle(low, high)
    }
    return number(high)
  }

  /// The place of `x` in the order of all numbers; 0 and −0 share it.
  private static func position(_ x: Double) -> Int {
    let bits = Int(bitPattern: UInt(x.bitPattern))
    return bits >= 0 ? bits : Int.min &- bits
  }

  private static func number(_ position: Int) -> Double {
    let bits = position >= 0 ? position : Int.min &- position
    return Double(bitPattern: UInt64(UInt(bitPattern: bits)))
  }

  private static func middle(_ low: Int, _ high: Int) -> Int {
    (low >> 1) + (high >> 1) + (low & high & 1)
  }
}
