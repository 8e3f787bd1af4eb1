import Glibc

/// Arithmetic on the logarithms of weights, in double precision and in a fixed order.
public enum LogWeight {
  /// What a step's log-weight begins with: a particle that is impossible stays so.
  @inlinable
  static func start(after logWeight: Double) -> Double {
    logWeight == -.infinity ? logWeight : 0
  }

  /// log(exp(a) + exp(b)); `-infinity` is the weight zero.
  public static func sum(_ first: Double, _ second: Double) -> Double {
    let (low, high) = first < second ? (first, second) : (second, first)
    return low == -.infinity ? high : high + log1p(exp(low - high))
  }

  /// log Σ exp(weights[i]); `-infinity` for none.
  public static func sum(_ weights: [Double]) -> Double {
    let largest = weights.max() ?? -.infinity
    guard largest.isFinite else { return largest }
    var total = 0.0
    for weight in weights { total += exp(weight - largest) }
    return largest + log(total)
  }

  /// log Σ exp(weights[i]); `-infinity` for none.
  public static func sum(_ weights: [Float]) -> Double {
    let largest = Double(weights.max() ?? -.infinity)
    guard largest.isFinite else { return largest }
    var total = 0.0
    for weight in weights { total += exp(Double(weight) - largest) }
    return largest + log(total)
  }

  /// The log-probability of `option` where options are drawn in proportion to `exp(weights)`.
  public static func logProbability(of option: Int, in weights: [Float]) -> Double {
    Double(weights[option]) - sum(weights)
  }
}

extension LogWeight {
  /// The largest of some log-weights, and whether all are below infinity and none is NaN.
  @usableFromInline
  static func largest(_ logWeights: [Double]) -> (value: Double, isValid: Bool) {
    logWeights.withUnsafeBufferPointer { weights in
      var largest = SIMD4<Double>(repeating: -.infinity)
      var valid = SIMDMask<SIMD4<Int64>>(repeating: true)
      forEachFour(weights, filling: -.infinity) { _, four in
        largest.replace(with: four, where: four .> largest)
        valid .&= four .< .infinity
      }
      return (largest.max(), all(valid))
    }
  }

  /// The largest of some particles' log-weights.
  ///
  /// - Throws: `InferenceError.invalidWeight` for the first that is NaN or infinite.
  @usableFromInline
  static func largest(_ logWeights: [Double], step: Int) throws(InferenceError) -> Double {
    let (largest, isValid) = largest(logWeights)
    if !isValid {
      for (slot, weight) in logWeights.enumerated() where !(weight < .infinity) {
        throw .invalidWeight(step: step, slot: slot, logWeight: weight)
      }
    }
    return largest
  }

  /// exp(`logWeight` − `total`), at most 1.
  static func share(_ logWeight: Double, of total: Double) -> Double {
    Special.negativeExponential(min(logWeight - total, 0))
  }

  /// How likely Metropolis–Hastings accepts a proposal whose density is exp(`logRatio`) times that
  /// of the current point; 0 for NaN.
  @usableFromInline
  static func acceptance(_ logRatio: Double) -> Double {
    if logRatio >= 0 { return 1 }
    return logRatio > -.infinity ? Special.negativeExponential(logRatio) : 0
  }

  /// Writes exp(w − largest) for each log-weight; returns the sum of these and of their squares.
  @usableFromInline
  static func exponentiate(
    _ logWeights: [Double], largest: Double, into weights: inout [Double]
  ) -> (sum: Double, squares: Double) {
    if weights.count != logWeights.count {
      weights = [Double](repeating: 0, count: logWeights.count)
    }
    // Four partial sums, whose order is the slots' whatever the number of threads.
    var (sum, squares) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    weights.withUnsafeMutableBufferPointer { weights in
      logWeights.withUnsafeBufferPointer { logWeights in
        forEachFour(logWeights, filling: -.infinity) { start, four in
          let exponentials = Special.negativeExponential(four - largest)
          sum += exponentials
          squares += exponentials * exponentials
          for lane in 0..<min(4, weights.count - start) {
            weights[start + lane] = exponentials[lane]
          }
        }
      }
    }
    return (sum.sum(), squares.sum())
  }

  /// Calls `body` with four numbers at a time, the last ones filled up.
  @inline(__always)
  private static func forEachFour(
    _ numbers: UnsafeBufferPointer<Double>, filling: Double,
    _ body: (Int, SIMD4<Double>) -> Void
  ) {
    guard let base = numbers.baseAddress else { return }
    var start = 0
    while start &+ 4 <= numbers.count {
      let at = base + start
      body(start, SIMD4(at[0], at[1], at[2], at[3]))
      start &+= 4
    }
    if start == numbers.count { return }
    var rest = SIMD4<Double>(repeating: filling)
    for lane in 0..<numbers.count - start { rest[lane] = base[start + lane] }
    body(start, rest)
  }
}
