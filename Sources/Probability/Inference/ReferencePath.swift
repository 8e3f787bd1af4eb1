public import Randomness

/// What one step of a program drew.
@frozen
@usableFromInline
struct PathStep: Sendable {
  /// The random numbers with which it drew: the step can be run again.
  @usableFromInline var generator: RandomStream?
  /// The values, in the order of the calls; a vector has its length before it.
  @usableFromInline var values: [Double]
  /// The sweep that drew it.
  @usableFromInline var sweep: Int

  @inlinable
  init(generator: RandomStream?, values: [Double], sweep: Int) {
    (self.generator, self.values, self.sweep) = (generator, values, sweep)
  }
}

/// A path of a program through its data: what conditional sequential Monte Carlo keeps.
///
/// It holds the value of every variable that was drawn, and the generator that drew it, for the
/// start and each step; not closures and not the program's state.
public struct ReferencePath: Sendable {
  @usableFromInline var steps: [PathStep]

  @usableFromInline
  init(steps: [PathStep]) { self.steps = steps }

  /// A path of given values: those of the start first, then those of each step, in the order of the
  /// program's calls. Numbers for scalars, 0 and 1 for false and true; a vector has its length
  /// before it.
  public init(values: [[Double]]) {
    steps = values.map { PathStep(generator: nil, values: $0, sweep: 0) }
  }

  /// The values drawn in the start, and in each step.
  public var values: [[Double]] { steps.map(\.values) }
}

/// A particle that knows its path.
@frozen
@usableFromInline
struct PathParticle<Program: Sendable>: Sendable {
  @usableFromInline var model: Program
  @usableFromInline var log = PathList<PathStep>()
  /// It takes its values from the reference path.
  @usableFromInline var isReference = false

  @inlinable
  init(model: Program) { self.model = model }
}
