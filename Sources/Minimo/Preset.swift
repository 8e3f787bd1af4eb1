public import Agent

/// Budgets by name.
public enum Preset: String, Sendable, CaseIterable {
  /// A look: ends within two minutes on two cores.
  case quick
  /// Ends within fifteen minutes on two cores, slow ones without AVX-512 included: at present the
  /// budget of the paper.
  case `default`
  /// The budget of Poesia et al. 2024: 5 iterations of 200 conjectures, 1,000 expansions each.
  case paper

  public var configuration: AgentConfiguration {
    var configuration = AgentConfiguration()
    switch self {
    case .quick:
      configuration.iterations = 3
      configuration.conjectures = 60
      configuration.expansions = 300
      configuration.learning.steps = 150
    case .default, .paper:
      configuration.iterations = 5
      configuration.conjectures = 200
      configuration.expansions = 1000
    }
    return configuration
  }
}
