public import Randomness

/// Runs of a program with every variable drawn, to find out why an inference failed.
@usableFromInline
struct Diagnosis {
  private let runs: Int
  /// The problems of one run, in the order in which they were met. The run ends after the step with
  /// the first, or the first that `isReason`.
  private let problems: (_ run: Int, _ isReason: (ModelProblem) -> Bool) -> [ModelProblem]

  @usableFromInline
  init<M: Model>(_ model: M, key: RandomKey, runs: Int = 16) {
    self.runs = runs
    problems = { run, _ in
      var (program, context) = (model, CheckingContext(key: key.child("run", run)))
      _ = program.run(&context)
      return context.problems
    }
  }

  @usableFromInline
  init<M: SequentialModel>(
    _ model: M, data: [M.Observation], key: RandomKey, runs: Int = 16
  ) {
    self.runs = runs
    problems = { run, isReason in
      var (program, context) = (model, CheckingContext(key: key.child("run", run)))
      program.start(&context)
      for (t, y) in data.enumerated() {
        if context.problems.contains(where: isReason) { break }
        context.step = t
        program.step(t, y, &context)
      }
      return context.problems
    }
  }

  /// The problems of the first run that has any.
  var first: [ModelProblem] {
    for run in 0..<runs {
      let found = problems(run) { _ in true }
      if !found.isEmpty { return found }
    }
    return []
  }

  /// What explains a weight that is none. Observations that are impossible for values drawn from
  /// the prior do not, unless nothing else is wrong and they are exact, of continuous variables.
  var flaw: ModelProblem? {
    func isReason(_ problem: ModelProblem) -> Bool {
      if case .impossible = problem.kind { false } else { true }
    }
    for run in 0..<runs {
      if let found = problems(run, isReason).first(where: isReason) { return found }
    }
    return runs > 0 ? problems(0, isReason).lazy.compactMap(\.asExact).first : nil
  }

  /// An observation that none of the runs can make: outside of the same support in all, or of
  /// density zero under the same distribution. A branch that the program seldom takes may be able
  /// to.
  @usableFromInline
  var impossibility: ModelProblem? {
    firstOfAll { $0.isSameImpossibility(as: $1) }
  }

  /// An exact observation of continuous variables, which no run with drawn numbers can make.
  @usableFromInline
  var exactness: ModelProblem? {
    firstOfAll { $0.isExact && $1.isExact && $0.site == $1.site && $0.step == $1.step }?.asExact
  }

  /// The first problem of the first run, if it is like the first of every run.
  private func firstOfAll(_ isLike: (ModelProblem, ModelProblem) -> Bool) -> ModelProblem? {
    guard runs > 0, let found = problems(0, { _ in true }).first else { return nil }
    for run in 0..<runs {
      guard let other = problems(run, { _ in true }).first, isLike(found, other) else { return nil }
    }
    return found
  }
}

extension ModelProblem {
  /// Whether both say that one observation is outside of the same support, or has density zero
  /// under the same distribution.
  @usableFromInline
  func isSameImpossibility(as other: ModelProblem) -> Bool {
    guard !isExact, other.support == support, other.site == site, other.step == step,
      case .impossible(let value, let law) = kind,
      case .impossible(value, let otherLaw) = other.kind
    else { return false }
    return support != nil || law == otherLaw
  }

  /// An impossible observation as one without noise, if it is that.
  var asExact: ModelProblem? {
    guard isExact, case .impossible(let value, _) = kind else { return nil }
    var problem = self
    problem.kind = .exact(value: value)
    return problem
  }
}

extension InferenceError {
  /// The error with the line of the program that is to blame, if there is one.
  @usableFromInline
  func explained(by diagnosis: Diagnosis) -> InferenceError {
    let problem: ModelProblem?
    switch self {
    case .invalidWeight: problem = diagnosis.flaw
    case .noSurvivors, .noStart: problem = diagnosis.impossibility
    default: problem = nil
    }
    return problem.map { .problem($0) } ?? self
  }
}

extension ProgramError {
  /// The error with the line of the observation that is to blame, if there is one.
  @usableFromInline
  func explained(by diagnosis: @autoclosure () -> Diagnosis) -> ProgramError {
    guard case .noStart = self, let problem = diagnosis().impossibility else { return self }
    return .impossible(problem)
  }
}

/// What a method does with data: refuses it if there is none, and where a weight becomes none, or
/// all particles find it impossible, names the line of the program that is to blame.
@inlinable
func explaining<M: SequentialModel, Result>(
  _ model: M, _ data: [M.Observation], _ key: RandomKey,
  _ body: () throws(InferenceError) -> Result
) throws(InferenceError) -> Result {
  if data.isEmpty { throw .noData }
  do throws(InferenceError) {
    return try body()
  } catch {
    throw error.explained(by: Diagnosis(model, data: data, key: key.child("diagnosis")))
  }
}

extension Posterior {
  /// The posterior, unless no particle has weight because of an observation that none can make.
  ///
  /// - Throws: `InferenceError.problem`, which names it.
  @usableFromInline
  func unlessImpossible(
    delays: Bool, _ diagnosis: @autoclosure () -> Diagnosis
  ) throws(InferenceError) -> Posterior {
    guard logEvidence == -.infinity else { return self }
    let diagnosis = diagnosis()
    guard let problem = diagnosis.impossibility ?? (delays ? nil : diagnosis.exactness) else {
      return self
    }
    throw .problem(problem)
  }
}
