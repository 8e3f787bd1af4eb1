public import Randomness

/// A token drawn in proportion to exp(`logWeights[token]`).
@frozen
public struct TokenLogits: Sendable {
  /// Unnormalized; none NaN or +infinity, at least one finite.
  public var logWeights: [Float]

  @inlinable
  public init(_ logWeights: [Float]) {
    self.logWeights = logWeights
  }
}

extension TokenLogits: DiscreteDistribution {
  public var isSound: Bool {
    var hasFinite = false
    for weight in logWeights {
      guard weight < .infinity else { return false }
      if weight > -.infinity { hasFinite = true }
    }
    return hasFinite
  }

  /// The log-probability of a token; that of `LogWeight.logProbability`.
  public func logDensity(_ x: Int) -> Double {
    guard isSound else { return .nan }
    guard logWeights.indices.contains(x) else { return -.infinity }
    return LogWeight.logProbability(of: x, in: logWeights)
  }

  public func sample(_ stream: inout RandomStream) -> Int {
    isSound ? stream.categorical(logWeights: logWeights) : 0
  }

  public var flaw: DistributionFlaw? {
    if isSound { return nil }
    if let index = logWeights.firstIndex(where: { !($0 < .infinity) }) {
      return .first(
        of: "TokenLogits",
        Requirement("logWeights[\(index)]", logWeights[index], "less than infinity", false))
    }
    return .first(
      of: "TokenLogits",
      Requirement("logWeights", logWeights.isEmpty ? "[]" : "-inf", "finite somewhere", false))
  }

  public var support: ClosedRange<Int> { 0...Swift.max(logWeights.count - 1, 0) }

  public func logCDF(_ x: Int) -> Double { logShare(of: logWeights.prefix(Swift.max(x, -1) + 1)) }

  public func logSurvival(_ x: Int) -> Double {
    logShare(of: logWeights.dropFirst(Swift.max(x, -1) + 1))
  }

  private func logShare(of part: ArraySlice<Float>) -> Double {
    guard isSound else { return .nan }
    if part.count == logWeights.count { return 0 }
    return Swift.min(LogWeight.sum([Float](part)) - LogWeight.sum(logWeights), 0)
  }
}
