public import Probability

/// A choice process in which an option may leave several goals, all of which must be solved.
///
/// As a goal, `status` reads: `.done` is solved already, `.stuck` can never be solved.
public protocol GoalDomain: ChoiceProcess {
  associatedtype Key: Hashable

  /// Names the goal: goals with equal keys have the same options with the same subgoals, and are
  /// searched once.
  var key: Key { get }

  /// The goals that remain after `option` of the current choice; none if it closes the goal.
  func subgoals(after option: Int) -> [Self]
}
