public import Randomness

/// Something in a probabilistic program that makes inference impossible, and where.
public struct ModelProblem: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// A parameter of a distribution is not what it must be.
    case flaw(DistributionFlaw)
    /// The observed value has probability zero, with all that it depends on drawn before it.
    case impossible(value: String, distribution: String)
    /// An expression of continuous variables is observed without noise, and no rule of `Exactly`
    /// applies to it.
    case exact(value: String)
    /// The observed value is NaN.
    case missing
    /// A `factor`, or the density of an observation, is NaN or infinite.
    case weight(Double)
  }

  public var kind: Kind
  /// The call of the program.
  public var site: Site
  /// The step; -1 before the first observation, and in a model that runs once.
  public var step: Int
  /// Of an impossible observation, the ends of the support that it lies outside of, if it has any.
  var support: ClosedRange<Double>?
  /// Of an impossible observation: it was compared with a continuous variable that was drawn.
  var isExact = false
}

extension ModelProblem: CustomStringConvertible {
  /// The place, what is wrong, and what to do about it.
  public var description: String {
    let place = step < 0 ? "\(site)" : "\(site), step \(step)"
    switch kind {
    case .flaw(let flaw): return "\(place): \(flaw)"
    case .impossible(let value, let distribution):
      let what = support == nil ? "has density zero" : "is impossible"
      return "\(place): the observation \(value) \(what) under \(distribution); "
        + "look at the data, or give it a distribution that can produce it"
    case .exact(let value):
      return "\(place): \(value) is observed exactly of variables that no rule of Exactly applies "
        + "to, or that are not delayed, and numbers drawn for them never equal it; give the "
        + "observation noise"
    case .missing:
      return "\(place): the observation is nan; leave it out if it is missing"
    case .weight(let logWeight):
      return "\(place): the log-weight is \(logWeight); it must be finite or minus infinity"
    }
  }
}

/// Runs a program a few times with every variable drawn, and tells what is wrong with it.
///
/// Finds parameters that are not what they must be and observations that cannot be. What only goes
/// wrong for rare values may be missed.
///
/// - Returns: The problems of the first run that has any, in the order in which they were met.
public func diagnose<M: Model>(_ model: M, key: RandomKey, runs: Int = 16) -> [ModelProblem] {
  Diagnosis(model, key: key, runs: runs).first
}

/// Runs a program through the data a few times with every variable drawn, and tells what is wrong
/// with it.
///
/// Finds parameters that are not what they must be and observations that cannot be. What only goes
/// wrong for rare values may be missed. Each run ends after the step with the first problem.
///
/// - Returns: The problems of the first run that has any, in the order in which they were met.
public func diagnose<M: SequentialModel>(
  _ model: M, data: [M.Observation], key: RandomKey, runs: Int = 16
) -> [ModelProblem] {
  Diagnosis(model, data: data, key: key, runs: runs).first
}
