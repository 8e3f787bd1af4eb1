/// What a steered process is wanted to do: a weight for each of its histories.
///
/// Steering samples outcomes in proportion to their probability under the model times
/// exp(`logWeight`) of the history that ended. The weights of unfinished histories only guide it;
/// they cancel. But where one is `-infinity` all that follows is excluded, so it must be so only if
/// each of its endings is.
public protocol Potential<Process>: Sendable {
  associatedtype Process: ChoiceProcess

  /// The log-weight of what `process` did so far; `-infinity` excludes it. Neither NaN nor
  /// `+infinity`.
  func logWeight(of process: Process) -> Double
}

/// A potential that is 1 where a condition holds and 0 elsewhere.
public struct Condition<Process: ChoiceProcess>: Potential {
  private let holds: @Sendable (Process) -> Bool

  /// - Parameter holds: Whether a history, finished or not, is allowed. One that is not must have
  ///   no ending that is.
  public init(_ holds: @escaping @Sendable (Process) -> Bool) {
    self.holds = holds
  }

  public func logWeight(of process: Process) -> Double { holds(process) ? 0 : -.infinity }
}
