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
