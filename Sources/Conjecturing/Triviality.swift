public import Kernel

/// Why a statement is not worth a search.
public enum Triviality: String, Sendable, Hashable, CaseIterable, Codable {
  /// The conclusion is one of the hypotheses.
  case conclusionAmongHypotheses
  /// The conclusion is `t = t`.
  case reflexivity

  /// Why `statement` is trivial, by its syntax; nil if it is not.
  ///
  /// - Precondition: `statement` is closed.
  public init?(of statement: Term, in arena: TermArena) {
    var domains: [Term] = []
    var conclusion = statement
    while case .pi(let domain, let body) = arena.view(conclusion) {
      domains.append(domain)
      conclusion = body
      // What is left may be an arrow that is a hypothesis itself.
      for (index, domain) in domains.enumerated()
      where arena.lift(domain, by: domains.count - index) == conclusion {
        self = .conclusionAmongHypotheses
        return
      }
    }
    if let sides = arena.equalitySides(conclusion), sides.left == sides.right {
      self = .reflexivity
      return
    }
    return nil
  }
}
