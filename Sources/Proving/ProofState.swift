public import Kernel
public import Probability
public import Search

/// One thing in a state's context, in the order in which it came.
public struct ContextEntry: Sendable {
  public enum Kind: Sendable { case variable, fact, object }

  public let kind: Kind
  /// The local that stands for a variable or for the proof of a fact; an object itself.
  public let term: Term
  /// The type of `term`.
  public let type: Term
  /// How it was derived; nil if it was introduced.
  public let justification: Justification?
}

/// All that a model sees of a state: tokens of the state, and of each option.
///
/// Empty unless the session encodes queries.
public struct ProofQuery: Sendable {
  /// Goal, context, and the marker at whose position the value is read.
  public var state: [Int32]
  public var options: [[Int32]]

  public init(state: [Int32] = [], options: [[Int32]] = []) {
    self.state = state
    self.options = options
  }
}

/// A goal in a context, or that and an arrow whose result is still to be chosen.
///
/// The action space of the original: a step first picks `intro`, an arrow to go forward with, or an
/// arrow to go backward with; then, if that arrow has several results, one of them. Only arrows
/// that have a result are options. A goal that is in sight, or that some option derives in one
/// step, needs no choice: it is done.
public struct ProofState: GoalDomain {
  public typealias Query = ProofQuery
  /// Nothing: the proof is read off the search tree.
  public typealias Outcome = Void

  public struct Key: Hashable {
    let goal: Term
    let entries: [Term]
    let chosen: Int
  }

  let context: ProofContext
  /// The option whose result is still to be chosen, -1 if an option is to be chosen.
  let chosen: Int

  /// The state that has `statement` to prove and nothing in its context.
  ///
  /// - Precondition: `statement` is a closed proposition of the session's arena.
  public init(proving statement: Term, in session: ProofSession) {
    let goal = session.normalize(statement)
    context = ProofContext(session: session, entries: [], goal: goal, level: 0)
    chosen = -1
  }

  init(_ context: ProofContext, chosen: Int = -1) {
    self.context = context
    self.chosen = chosen
  }

  public var session: ProofSession { context.session }
  public var goal: Term { context.goal }
  public var entries: [ContextEntry] { context.entries }

  public var key: Key {
    Key(goal: context.goal, entries: context.entries.map(\.term).sorted(), chosen: chosen)
  }

  public var status: Status<ProofQuery, Void> {
    if chosen >= 0 {
      return .choose(query, optionCount: context.options[chosen].results.count)
    }
    if context.closingAction != nil { return .done(()) }
    let count = context.options.count
    return count == 0 ? .stuck : .choose(query, optionCount: count)
  }

  /// How many options there are to choose from, 0 for a closed goal.
  public var optionCount: Int {
    if chosen >= 0 { return context.options[chosen].results.count }
    return context.closingAction != nil ? 0 : context.options.count
  }

  public func subgoals(after option: Int) -> [ProofState] {
    if chosen >= 0 { return context.successors(context.options[chosen].results[option]) }
    let picked = context.options[option]
    if picked.results.count > 1 { return [ProofState(context, chosen: option)] }
    return context.successors(picked.results[0])
  }

  /// As a choice process, a state follows the first goal that an option leaves.
  public mutating func take(_ option: Int) {
    let next = subgoals(after: option)
    self = next.first ?? ProofState(context.closed())
  }

  /// The step that `option` takes; nil if it only picks an arrow with several results.
  public func action(of option: Int) -> Action? {
    if chosen >= 0 { return context.options[chosen].results[option].action }
    let picked = context.options[option]
    return picked.results.count > 1 ? nil : picked.results[0].action
  }

  /// The step that closes the goal at once, if there is one.
  public var closingAction: Action? { chosen >= 0 ? nil : context.closingAction }

  var query: ProofQuery {
    session.encodesQueries ? context.query(chosen: chosen) : ProofQuery()
  }
}

extension ProofState {
  /// Whether an option, not the result of one, is to be chosen.
  public var isGoalState: Bool { chosen < 0 }

  /// The query with its tokens, whether or not the session encodes queries.
  public var encodedQuery: ProofQuery { context.query(chosen: chosen) }
}
