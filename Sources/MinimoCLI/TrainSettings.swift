import ArgumentParser
import Minimo

/// The flags that decide what a run computes. Nil where the command line is silent.
struct TrainSettings: ParsableArguments {
  @Option(help: "Budgets by name. (default: default)")
  var preset: Preset?

  @Option(help: "How often to pose, prove and learn.")
  var iterations: Int?

  @Option(help: "Conjectures per iteration.")
  var conjectures: Int?

  @Option(help: "States that each search may expand.")
  var expansions: Int?

  @Option(help: "Optimizer steps per iteration.")
  var steps: Int?

  @Option(help: "Where all randomness comes from. (default: 0)")
  var seed: UInt64?

  @Option(help: "Layers of the network. (default: 2)")
  var layers: Int?

  @Option(help: "Width of the network, a multiple of 8. (default: 128)")
  var width: Int?

  @Option(
    help: """
      Learn from what was proved by accident; original: as the paper's code. (default: on)
      """)
  var hindsight: HindsightMode?

  @Option(help: "The rule of the search. (default: puct)")
  var selection: SelectionRule?

  @Option(
    help: """
      How long the statements are that it poses: all lengths alike, or those of which about half \
      were proved so far. (default: uniform)
      """)
  var curriculum: Curriculum?

  @Option(
    help: """
      What guides the search while the network has seen few proofs: nothing else, or which \
      premises proofs used so far. (default: none)
      """)
  var policyPrior: PolicyPrior?

  /// The settings of a new run.
  var configuration: AgentConfiguration {
    apply(to: (preset ?? .default).configuration)
  }

  private func apply(to original: AgentConfiguration) -> AgentConfiguration {
    var configuration = original
    if let seed { configuration.seed = seed }
    if let iterations { configuration.iterations = iterations }
    if let conjectures { configuration.conjectures = conjectures }
    if let expansions { configuration.expansions = expansions }
    if let steps { configuration.learning.steps = steps }
    if let layers { configuration.layers = layers }
    if let width { configuration.width = width }
    if let hindsight { configuration.hindsight = hindsight }
    if let selection { configuration.selection = selection.selection }
    if let curriculum { configuration.curriculum = curriculum }
    if let policyPrior { configuration.policyPrior = policyPrior }
    return configuration
  }

  /// Compares what the command line says with the settings of a run.
  ///
  /// - Throws: `.usage` that names both values of the first setting that differs.
  func requireAgreement(with saved: SavedRun) throws(MinimoError) {
    var wanted = saved.configuration
    if let preset { wanted.applyBudget(of: preset.configuration) }
    wanted = apply(to: wanted)
    if wanted.seed != saved.configuration.seed {
      throw refusal("seed", "\(saved.configuration.seed)", "\(wanted.seed)", saved)
    }
    let own = saved.configuration.json
    let asked = wanted.json
    for name in own.keys.sorted() where own[name] != asked[name] {
      throw refusal(name, own[name]?.text() ?? "-", asked[name]?.text() ?? "-", saved)
    }
  }

  private func refusal(
    _ name: String, _ own: String, _ asked: String, _ saved: SavedRun
  ) -> MinimoError {
    .usage(
      "the run at \(saved.run.path) was started with \(name) \(own), not \(asked); leave the flag "
        + "out to go on with \(own), or start a new run without --resume")
  }
}

extension AgentConfiguration {
  /// Takes over what presets decide.
  fileprivate mutating func applyBudget(of preset: AgentConfiguration) {
    iterations = preset.iterations
    conjectures = preset.conjectures
    expansions = preset.expansions
    learning = preset.learning
  }
}
