import Glibc
public import Randomness

/// `true` with probability 1/(1 + e^(−logit)): the model of logistic regression.
@frozen
public struct LogitBernoulli<Logit: Sendable>: Sendable {
  /// The logarithm of the odds of `true`; finite.
  public var logit: Logit

  @inlinable
  @_disfavoredOverload
  public init(logit: Logit) {
    self.logit = logit
  }
}

extension LogitBernoulli where Logit == Double {
  @inlinable
  public init(logit: Double) {
    self.logit = logit
  }
}

extension LogitBernoulli: Distribution where Logit == Double {
  public var isSound: Bool { logit.isFinite }

  public func logDensity(_ x: Bool) -> Double {
    guard logit.isFinite else { return .nan }
    let z = x ? logit : -logit
    return z > 0 ? -log1p(exp(-z)) : z - log1p(exp(z))
  }

  public func sample(_ stream: inout RandomStream) -> Bool {
    stream.uniform() < 1 / (1 + exp(-logit))
  }

  public var flaw: DistributionFlaw? {
    .first(of: "LogitBernoulli", .finite("logit", logit))
  }
}
