/// Where a choice process stands.
public enum Status<Query: Sendable, Outcome: Sendable>: Sendable {
  /// It waits for one of the options `0..<optionCount`, of which there is at least one.
  case choose(Query, optionCount: Int)
  /// It has ended with an outcome.
  case done(Outcome)
  /// It can neither go on nor end.
  case stuck
}

/// A program that stops at each choice, shows its options, and is resumed with one.
///
/// A value: a copy is a particle of its own. Sampling, scoring, enumeration and search are
/// strategies over processes, each written once, so that they cannot disagree about what a process
/// does. A process need not be `Sendable`; each is confined to the slot that runs it.
public protocol ChoiceProcess: SendableMetatype {
  /// All that a model may see of a choice: the encoded history and options.
  associatedtype Query: Sendable
  associatedtype Outcome: Sendable

  /// Where the process stands. Asking changes nothing.
  var status: Status<Query, Outcome> { get }

  /// Takes one of the options of the current choice.
  mutating func take(_ option: Int)
}
