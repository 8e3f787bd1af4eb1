/// Why a program cannot be traced, enumerated or sampled by a Markov chain.
public enum ProgramError: Error, Equatable, Sendable {
  /// A distribution in the program has a parameter that it must not have.
  case flawed(DistributionFlaw, place: String)
  /// The log-density of a choice, observation or factor is NaN or `+infinity`.
  case invalidDensity(Double, place: String)
  /// An address that the caller named is none of the program's.
  case unknownAddress(String, known: [String])
  /// A value that the caller gave is not of the choice's type.
  case wrongType(String, expected: String)
  /// No run of the program had positive density.
  case noStart(attempts: Int)
  /// Nor can one have it: an observation lies outside of its distribution's support whatever is
  /// drawn.
  case impossible(ModelProblem)
  /// A choice has infinitely many values, so it cannot be enumerated.
  case notFinite(place: String, distribution: String)
  /// Enumeration would need more runs than allowed.
  case tooManyRuns(cap: Int)
  /// Runs of a differentiable program differ in the number of their parameters.
  case variableDimension(expected: Int, found: Int)
}

extension ProgramError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .flawed(let flaw, let place):
      return "\(place): \(flaw)"
    case .invalidDensity(let value, let place):
      return "\(place): the log-density is \(value); check the parameters and the data there"
    case .unknownAddress(let name, let known):
      let list = known.isEmpty ? "it makes no choices" : "it has \(known.joined(separator: ", "))"
      return "the program has no choice at '\(name)'; \(list)"
    case .wrongType(let address, let expected):
      return "the value given for '\(address)' must be of type \(expected)"
    case .noStart(let attempts):
      return "none of \(attempts) runs had positive density: the data may be impossible under the "
        + "model, or so surprising that its density underflows, or a distribution is flawed"
    case .impossible(let problem):
      return problem.description
    case .notFinite(let place, let distribution):
      return "\(place): \(distribution) has infinitely many values; only programs whose choices "
        + "are all finite can be enumerated"
    case .tooManyRuns(let cap):
      return "the program has more than \(cap) runs; raise maximumRuns, or use sampling"
    case .variableDimension(let expected, let found):
      return "the program had \(expected) parameters in its first run and \(found) in a later one; "
        + "Hamiltonian Monte Carlo needs the same in all runs (MetropolisHastings does not)"
    }
  }
}
