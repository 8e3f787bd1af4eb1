/// Why an inference could not go on.
public enum InferenceError: Error, Equatable, Sendable {
  /// The program has a problem that makes its weights worthless.
  case problem(ModelProblem)
  /// There is nothing to observe.
  case noData
  /// A particle's weight became NaN, or infinite, for a reason that `diagnose` did not find.
  /// `step` is -1 before the first observation.
  case invalidWeight(step: Int, slot: Int, logWeight: Double)
  /// An alive filter drew `trials` times without finding enough particles of positive weight.
  case noSurvivors(step: Int, trials: Int)
  /// The variable that was named as parameter `number`, from 0, is none that the model's start
  /// assumes.
  case noParameter(number: Int)
  /// A parameter should have stayed random along a path, but got its value from the call at
  /// `cause`: no rule of the graph applies there.
  case parameterNotMarginal(site: Site, cause: Site)
  /// A chain found no parameters of positive density among `attempts` draws from the prior.
  case noStart(attempts: Int)
}

extension InferenceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .problem(let problem):
      problem.description
    case .noData:
      "there are no observations; give at least one, or draw from the prior with ImportanceSampler"
    case .invalidWeight(let step, let slot, let logWeight):
      "the log-weight of particle \(slot) became \(logWeight) in step \(step); look for a "
        + "parameter that is none, such as a negative variance"
    case .noSurvivors(let step, let trials):
      "step \(step): too few of \(trials) trials have positive weight"
    case .noParameter(let number):
      "parameter number \(number) is no variable that the model's start assumes"
    case .parameterNotMarginal(let site, let cause):
      "the parameter of \(site) got its value at \(cause), where it should have stayed random; "
        + "give it a conjugate use, or draw it in the start"
    case .noStart(let attempts):
      "none of \(attempts) starts, drawn from the prior or as given, has positive posterior density"
    }
  }
}
