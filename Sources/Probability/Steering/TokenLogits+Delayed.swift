import Glibc

extension TokenLogits: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> TokenLogits { self }

  /// A choice among tokens, actions or tools that stays open: what is observed of it, such as a
  /// verifier's verdict on each option, multiplies its table.
  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    if flaw != nil { return nil }
    return Random(graph.assumeFinite(probabilities, &work))
  }

  private var probabilities: [Double] {
    let total = LogWeight.sum(logWeights)
    return logWeights.map { exp(Double($0) - total) }
  }
}
