import Glibc
public import Randomness

/// The exact posterior of a program whose choices are all finite, by running it once for every
/// combination of their values.
///
/// `logEvidence` is exact, and each particle of the result is one run, weighted by its posterior
/// probability, in lexicographic order of the choices. Runs of weight zero are left out.
///
/// - Parameter maximumRuns: How many runs are allowed.
/// - Complexity: One run of the program for each combination that is possible a priori.
/// - Throws: `ProgramError.notFinite` if a choice has infinitely many values, `.tooManyRuns`,
///   `.flawed` and `.invalidDensity` if the program is broken somewhere, `.noStart` if the data is
///   impossible.
@inlinable
public func enumerate<M: Model>(
  _ model: M, maximumRuns: Int = 1_000_000
) throws(ProgramError) -> Posterior<M.Result> {
  require(maximumRuns > 0, "enumerate(maximumRuns: \(maximumRuns)): at least one run")
  var context = EnumerationContext(maximumRuns: maximumRuns)
  var results: [(M.Result, Double)] = []
  repeat {
    if context.runs == maximumRuns { throw .tooManyRuns(cap: maximumRuns) }
    context.start()
    var program = model
    let result = program.run(&context)
    if let failure = context.failure { throw failure }
    if context.logWeight > -.infinity { results.append((result, context.logWeight)) }
  } while context.advance()
  do throws(ProgramError) {
    return try context.posterior(results)
  } catch {
    throw error.explained(by: Diagnosis(model, key: RandomKey(seed: 0)))
  }
}

/// The context of enumeration: follows one combination of choices, and knows the next.
@usableFromInline
struct EnumerationContext: WeighingContext {
  /// A choice of the current run.
  @usableFromInline
  struct Choice {
    /// Its values, their log-probabilities, and which of them it has.
    @usableFromInline let values: [TraceValue]
    @usableFromInline let logProbabilities: [Double]
    @usableFromInline var index: Int

    @usableFromInline
    init(_ values: [TraceValue], _ logProbabilities: [Double]) {
      self.values = values
      self.logProbabilities = logProbabilities
      index = logProbabilities.firstIndex { $0 > -.infinity } ?? 0
    }
  }

  @usableFromInline var choices: [Choice] = []
  @usableFromInline var position = 0
  @usableFromInline var logWeight = 0.0
  @usableFromInline var failure: ProgramError?
  @usableFromInline var runs = 0
  @usableFromInline let maximumRuns: Int
  @usableFromInline var known = KnownVariables(stream: RandomKey(seed: 0).stream())

  @usableFromInline
  init(maximumRuns: Int) {
    self.maximumRuns = maximumRuns
  }

  @usableFromInline
  mutating func start() {
    position = 0
    logWeight = 0
    runs += 1
    known.clear()
  }

  /// Turns to the next combination; false after the last.
  @usableFromInline
  mutating func advance() -> Bool {
    choices.removeLast(choices.count - position)
    while var last = choices.popLast() {
      let rest = last.logProbabilities.indices.dropFirst(last.index + 1)
      if let next = rest.first(where: { last.logProbabilities[$0] > -.infinity }) {
        last.index = next
        choices.append(last)
        return true
      }
    }
    return false
  }

  @inlinable
  mutating func choose<D: Distribution>(_ law: D, _ site: Site) -> D.Value {
    if position == choices.count && !begin(law, site) {
      // The run is void; any value serves to end it.
      return law.sample(&known.work.stream)
    }
    let choice = choices[position]
    position += 1
    logWeight += choice.logProbabilities[choice.index]
    guard let value = choice.values[choice.index].get(D.Value.self) else {
      fatalError("\(site): a program that makes other choices when run again")
    }
    return value
  }

  /// Adds a choice at its first possible value; false if it is not finite.
  @inlinable
  mutating func begin<D: Distribution>(_ law: D, _ site: Site) -> Bool {
    let isFlag = D.Value.self == Bool.self
    guard let values = finiteValues(of: law, isFlag: isFlag, limit: maximumRuns) else {
      if failure == nil { failure = refusal(law, site) }
      return false
    }
    var logProbabilities: [Double] = []
    for value in values {
      guard let value = value.get(D.Value.self) else { return false }
      logProbabilities.append(law.logDensity(value))
    }
    if failure == nil, logWeight > -.infinity,
      let wrong = logProbabilities.first(where: { !($0 < .infinity) })
    {
      failure = .invalidDensity(wrong, place: "\(site)")
      if let flaw = law.flaw { failure = .flawed(flaw, place: "\(site)") }
    }
    choices.append(Choice(values, logProbabilities))
    return true
  }

  @usableFromInline
  func refusal<D: Distribution>(_ law: D, _ site: Site) -> ProgramError {
    if let flaw = law.flaw { return .flawed(flaw, place: "\(site)") }
    if let law = law as? any DiscreteDistribution, law.support.upperBound < .max {
      return .tooManyRuns(cap: maximumRuns)
    }
    return .notFinite(place: "\(site)", distribution: "\(D.self)")
  }

  @usableFromInline var isImpossible: Bool { logWeight == -.infinity }

  @usableFromInline
  mutating func add(logWeight: Double) {
    if !isImpossible { self.logWeight += logWeight }
  }

  @usableFromInline
  func posterior<Result: Sendable>(
    _ results: [(Result, Double)]
  ) throws(ProgramError) -> Posterior<Result> {
    let logEvidence = LogWeight.sum(results.map(\.1))
    guard logEvidence > -.infinity else { throw .noStart(attempts: runs) }
    let particles = results.map { result, logWeight in
      Particle(value: result, logWeight: logWeight - logEvidence, graph: DelayedGraph())
    }
    return Posterior(
      particles: particles, logEvidence: logEvidence, effectiveSampleSizes: [], ancestry: [],
      counters: ReportCounters())
  }
}

/// All values of a finite distribution, at most `limit`; nil if there are more.
@usableFromInline
func finiteValues(of law: Any, isFlag: Bool, limit: Int) -> [TraceValue]? {
  if let law = law as? any DiscreteDistribution {
    let support = law.support
    let (width, overflows) = support.upperBound.subtractingReportingOverflow(support.lowerBound)
    guard !overflows, support.upperBound < .max, width < limit else { return nil }
    return support.map { .integer($0) }
  }
  if isFlag { return [.flag(false), .flag(true)] }
  if let law = law as? Multinomial<[Double]> {
    return compositions(law.count, parts: law.probabilities.count, limit: limit)?.map {
      .integers($0)
    }
  }
  return nil
}

/// All lists of `parts` numbers with sum `total`.
private func compositions(_ total: Int, parts: Int, limit: Int) -> [[Int]]? {
  guard total >= 0, parts > 0 else { return nil }
  // Their number, C(total + parts - 1, parts - 1), before they are listed.
  let logCount = Special.logBinomialCoefficient(Double(total + parts - 1), Double(parts - 1))
  guard logCount <= log(Double(limit)) + 1e-9 else { return nil }
  if parts == 1 { return [[total]] }
  return (0...total).flatMap { first in
    (compositions(total - first, parts: parts - 1, limit: limit) ?? []).map { [first] + $0 }
  }
}
