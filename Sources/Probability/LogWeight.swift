import Glibc

/// Arithmetic on the logarithms of weights, in double precision and in a fixed order.
public enum LogWeight {
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
