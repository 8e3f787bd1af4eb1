extension Special {
  /// exp(x) of numbers that are not positive, four at a time: within 1 unit in the last place of
  /// the true value where that is at least 2^-1022, and 0 below (`x` = -∞ included).
  /// NaN must not occur.
  ///
  /// Only additions, multiplications and shifts: the bits are the same on all processors.
  ///
  /// Source: Tang, "Table-driven implementation of the exponential function in IEEE floating-point
  /// arithmetic" (TOMS 1989), for the reduction in two parts; the polynomial is Taylor's, whose
  /// remainder for |r| ≤ log(2)/2 is below 2^-57 at degree 13.
  @inlinable
  @inline(__always)
  static func negativeExponential(_ x: SIMD4<Double>) -> SIMD4<Double> {
    // Rounds x/log 2 to an integer k, which is then in the low bits.
    let shift = SIMD4<Double>(repeating: 0x1.8p52)
    let shifted = x * 1.4426950408889634 + shift
    let k = shifted - shift
    let r = (x - k * 0x1.62e42fefap-1) - k * 0x1.cf79abc9e3b39p-40
    var p = SIMD4<Double>(repeating: 1 / 6_227_020_800.0)
    p = p * r + 1 / 479_001_600.0
    p = p * r + 1 / 39_916_800.0
    p = p * r + 1 / 3_628_800.0
    p = p * r + 1 / 362_880.0
    p = p * r + 1 / 40_320.0
    p = p * r + 1 / 5_040.0
    p = p * r + 1 / 720.0
    p = p * r + 1 / 120.0
    p = p * r + 1 / 24.0
    p = p * r + 1 / 6.0
    p = p * r + 0.5
    p = p * (r * r) + r
    p += 1
    let exponent = unsafeBitCast(shifted, to: SIMD4<UInt64>.self) &<< 52
    let scaled = unsafeBitCast(
      unsafeBitCast(p, to: SIMD4<UInt64>.self) &+ exponent, to: SIMD4<Double>.self)
    // Below, the exponent would wrap around.
    return scaled.replacing(with: 0, where: x .< -708.396)
  }

  /// exp(x) of one number that is not positive; not NaN.
  @inlinable
  static func negativeExponential(_ x: Double) -> Double {
    negativeExponential(SIMD4(repeating: x))[0]
  }
}
