/// The rule by which a search picks the option of a goal, and the subgoal of an option.
public enum Selection: Sendable, Hashable {
  /// Value plus exploration: `Q + exploration · P · sqrt(N) / (1 + n)`.
  ///
  /// `P` is the prior of the option, `n` its visits, `N` the visits of the goal (its expansion is
  /// the first), and `Q` the product of the values of the option's subgoals, or the first-play
  /// urgency while `n = 0`. Below an option, the search goes on with the first subgoal that is
  /// not evaluated yet, then with the open subgoal of least value: all must be solved, so the
  /// hardest decides.
  ///
  /// Sources: Silver et al., "A general reinforcement learning algorithm" (2018); Lample et al.,
  /// "HyperTree Proof Search for Neural Theorem Proving" (2022), section 4.
  case puct(exploration: Float = 1, firstPlayUrgency: FirstPlayUrgency = .belowParent(0))

  /// The rule of the Minimo paper: `P · ((W/n) / Σ_j (W_j/n_j) + √2/2 · sqrt(log2 N / n))`.
  ///
  /// The prior multiplies the whole score, options without visits come first, and so does the
  /// first unsolved subgoal. The first visit of an option counts its value eleven times, since the
  /// original starts `W` at ten times the value and `n` at 0. Values pass through options
  /// unchanged.
  ///
  /// Source: Poesia et al., "Learning Formal Mathematics From Intrinsic Motivation" (2024).
  case paper
}

/// The value assumed for an option that has not been visited.
public enum FirstPlayUrgency: Sendable, Hashable {
  /// A fixed value.
  case fixed(Float)
  /// The present value of the goal less this amount. With 0 and even priors, all options of a
  /// goal are tried once before one is tried twice.
  case belowParent(Float)
}
