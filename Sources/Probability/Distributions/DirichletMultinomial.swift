import Glibc
public import Randomness

/// Multinomial counts whose probabilities are Dirichlet.
@frozen
public struct DirichletMultinomial: Sendable {
  /// Not negative.
  public var count: Int
  /// One for each option, positive and finite.
  public var concentration: Vector

  @inlinable
  public init(count: Int, concentration: Vector) {
    self.count = count
    self.concentration = concentration
  }
}

extension DirichletMultinomial: Distribution {
  @inlinable
  public var isSound: Bool {
    count >= 0 && !concentration.isEmpty && concentration.allSatisfy { Special.isPositive($0) }
  }

  public func logDensity(_ x: [Int]) -> Double {
    guard isSound else { return .nan }
    guard x.count == concentration.count, x.allSatisfy({ $0 >= 0 && $0 <= count }),
      x.reduce(0, +) == count
    else { return -.infinity }
    if count == 0 { return 0 }
    // As `Special.logBetaBinomialMass`, for more options.
    let n = Double(count)
    let sum = concentration.reduce(0, +)
    let (p, q) = (n / (n + sum), sum / (n + sum))
    var density = log1p(n / sum) - Special.logBinomialMass(n, sum, p: p, q: q)
    for (value, parameter) in zip(x, concentration) {
      density +=
        Special.logBinomialMass(Double(value), parameter, p: p, q: q)
        - log1p(Double(value) / parameter)
    }
    return density
  }

  public func sample(_ stream: inout RandomStream) -> [Int] {
    guard isSound else { return concentration.map { _ in 0 } }
    return Multinomial(
      count: count, probabilities: Dirichlet(concentration).sample(&stream)
    ).sample(&stream)
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "DirichletMultinomial", .notNegative("count", count),
      .all("concentration", concentration, "positive and finite") { Special.isPositive($0) })
  }
}
