/// Why an inference could not go on.
public enum InferenceError: Error, Equatable, Sendable {
  /// A particle's weight became NaN, or infinite: a parameter of a distribution is flawed, or an
  /// observation has all the probability. `step` is -1 before the first observation.
  case invalidWeight(step: Int, slot: Int, logWeight: Double)
  /// An alive filter drew `trials` times without finding enough particles of positive weight.
  case noSurvivors(step: Int, trials: Int)
}

extension InferenceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidWeight(let step, let slot, let logWeight):
      "the log-weight of particle \(slot) became \(logWeight) in step \(step)"
    case .noSurvivors(let step, let trials):
      "step \(step): too few of \(trials) trials have positive weight"
    }
  }
}
