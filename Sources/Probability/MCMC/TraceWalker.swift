import Glibc
import Randomness

/// One chain of Metropolis–Hastings on traces.
struct TraceWalker<Result: Sendable> {
  typealias Program = (inout TraceContext) -> Result

  private let settings: MetropolisHastings
  private var program: Program
  /// The current trace is `context.previous`.
  private var context: TraceContext
  private(set) var result: Result
  private var blocks: [AddressSelection?]
  private var scales: [Address: StepScale] = [:]
  /// For each move, the scale of its random walk.
  private var blockScales: [StepScale]
  private let stepScale: StepScale
  private let steps: Int
  private var isAdapting: Bool

  private var evaluations = 0
  private var acceptances: [Double]
  private var proposals: [Int]

  /// How often the program is run to find a first trace, and the addresses that it has.
  private static var attempts: Int { 1000 }
  private static var addressRuns: Int { 100 }

  /// A chain at its first trace, a run of the program with positive density.
  init(
    _ settings: MetropolisHastings, stepScale: Double = 1, key: RandomKey,
    _ program: @escaping Program
  ) throws(ProgramError) {
    self.settings = settings
    self.program = program
    self.stepScale = StepScale(stepScale)
    isAdapting = settings.warmup > 0
    context = TraceContext(stream: key.child("moves").stream())
    var start = TraceContext(stream: key.child("start").stream())
    var found: Result?
    for _ in 0..<Self.attempts where found == nil {
      start.restart()
      let result = program(&start)
      evaluations += 1
      let trace = try start.finished()
      if trace.logDensity > -.infinity { found = result }
    }
    guard let found else { throw .noStart(attempts: Self.attempts) }
    result = found
    context.previous = start.trace
    steps = max(start.trace.entries.count, 1)
    blocks = settings.moves.map { move in
      if case .block(let patterns, _) = move { AddressSelection(patterns) } else { nil }
    }
    blockScales = settings.moves.map { _ in StepScale(stepScale) }
    acceptances = settings.moves.map { _ in 0 }
    proposals = settings.moves.map { _ in 0 }
    try checkAddresses(key.child("addresses").stream())
  }

  /// A misspelt address must not silently mean nothing: each must occur in the first trace or in
  /// one of some further runs.
  private func checkAddresses(_ stream: RandomStream) throws(ProgramError) {
    var missing = blocks.compactMap { $0 }.flatMap(\.patterns)
    guard !missing.isEmpty else { return }
    var known: [String] = []
    var runs = TraceContext(stream: stream)
    var trace = context.previous
    for _ in 0...Self.addressRuns {
      for entry in trace.entries {
        missing.removeAll { $0.matches(entry.address) }
        let description = entry.address.description
        if !known.contains(description) { known.append(description) }
      }
      if missing.isEmpty { return }
      runs.restart()
      _ = program(&runs)
      trace = runs.trace
    }
    throw .unknownAddress("\(missing[0])", known: known)
  }

  /// Goes on with other data: the same choices, under another program.
  mutating func replaceProgram(_ program: @escaping Program) throws(ProgramError) {
    self.program = program
    context.restart()
    result = program(&context)
    evaluations += 1
    let trace = try context.finished()
    guard !context.isImpossible, trace.logDensity > -.infinity else { throw .noStart(attempts: 1) }
    context.accept()
  }

  mutating func run() throws(ProgramError) -> ChainRun<Result> {
    for _ in 0..<settings.warmup { try move() }
    isAdapting = false
    acceptances = acceptances.map { _ in 0 }
    proposals = proposals.map { _ in 0 }
    var (values, logDensities): ([Result], [Double]) = ([], [])
    for _ in 0..<settings.draws {
      for _ in 0..<settings.thinning { try move() }
      values.append(result)
      logDensities.append(context.previous.logDensity)
    }
    let total = proposals.reduce(0, +)
    let chain = Chain(
      logDensities: logDensities,
      acceptanceRate: total == 0 ? 1 : acceptances.reduce(0, +) / Double(total),
      moves: zip(acceptances, proposals).map { $1 == 0 ? 0 : $0 / Double($1) },
      evaluations: evaluations)
    return ChainRun(values: values, chain: chain)
  }

  /// Everything that one draw consists of.
  mutating func move() throws(ProgramError) {
    for (index, kind) in settings.moves.enumerated() {
      switch kind {
      case .singleSite(let proposal, let count):
        for _ in 0..<(count ?? steps) { try moveOneSite(proposal, move: index) }
      case .block(_, let proposal):
        try moveBlock(proposal, move: index)
      }
    }
    if isAdapting { learnScales() }
  }

  private mutating func moveOneSite(
    _ proposal: MetropolisHastings.Proposal, move: Int
  ) throws(ProgramError) {
    let count = context.previous.entries.count
    guard count > 0 else { return }
    let index = context.known.work.stream.uniform(below: count)
    let entry = context.previous.entries[index]
    var walks = false
    if proposal == .randomWalk && !entry.interval.isNone {
      walks = true
      let scale = scales[entry.address, default: stepScale].value
      context.only = (index, .walk(scale * context.known.work.stream.normal()))
    } else {
      context.only = (index, .redraw)
    }
    let acceptance = try propose(move: move, siteCount: count)
    if isAdapting && walks {
      let initial = stepScale
      scales[entry.address, default: initial].adapt(acceptance, target: 0.44)
    }
  }

  private mutating func moveBlock(
    _ proposal: MetropolisHastings.Proposal, move: Int
  ) throws(ProgramError) {
    var walking = 0
    var members = 0
    var actions: [TraceContext.Action] = []
    for entry in context.previous.entries {
      guard blocks[move]!.contains(entry.address) else {
        actions.append(.keep)
        continue
      }
      members += 1
      if proposal == .randomWalk && !entry.interval.isNone {
        walking += 1
        let scale = blockScales[move].value * scales[entry.address, default: stepScale].spread
        actions.append(.walk(scale * context.known.work.stream.normal()))
      } else {
        actions.append(.redraw)
      }
    }
    guard members > 0 else { return }
    context.actions = actions
    let acceptance = try propose(move: move, siteCount: nil)
    if isAdapting && walking > 0 {
      // Gelman, Roberts, Gilks (1996): 0.44 in one dimension, 0.234 in many.
      let target = walking == 1 ? 0.44 : walking < 5 ? 0.3 : 0.234
      blockScales[move].adapt(acceptance, target: target)
    }
  }

  /// Runs the program with the actions set; returns the probability of acceptance.
  ///
  /// What is drawn from its distribution, in either direction, cancels. So the ratio is that of the
  /// weights, times that of the densities of what was kept or moved, times that of the
  /// probabilities of picking the site.
  private mutating func propose(move: Int, siteCount: Int?) throws(ProgramError) -> Double {
    context.restart()
    let proposed = program(&context)
    context.actions = []
    context.only = nil
    evaluations += 1
    proposals[move] += 1
    _ = try context.finished()
    var logRatio = -Double.infinity
    if !context.isImpossible {
      logRatio =
        context.trace.logLikelihood - context.previous.logLikelihood + context.retained
      if let siteCount {
        logRatio += log(Double(siteCount)) - log(Double(max(context.trace.entries.count, 1)))
      }
    }
    let acceptance = LogWeight.acceptance(logRatio)
    acceptances[move] += acceptance
    if context.known.work.stream.uniform() < acceptance {
      context.accept()
      result = proposed
    }
    return acceptance
  }

  private mutating func learnScales() {
    guard blocks.contains(where: { $0 != nil }) else { return }
    for entry in context.previous.entries where !entry.interval.isNone {
      guard case .number(let value) = entry.value else { continue }
      let coordinate = entry.interval.coordinate(value)
      let initial = stepScale
      if coordinate.isFinite { scales[entry.address, default: initial].learn(coordinate) }
    }
  }
}

/// The step size of a random walk, found during warm-up.
struct StepScale {
  private var logScale: Double
  private var adaptations = 0
  private var count = 0.0
  private var center = 0.0
  private var squares = 0.0

  init(_ scale: Double) {
    logScale = log(scale)
  }

  var value: Double { exp(logScale) }

  /// The standard deviation of the coordinate so far, drawn to 1 while little is known.
  var spread: Double { ((squares + 5) / (count + 5)).squareRoot() }

  /// Robbins–Monro with decreasing steps.
  mutating func adapt(_ acceptance: Double, target: Double) {
    adaptations += 1
    logScale += (acceptance - target) / pow(Double(adaptations), 0.6)
  }

  mutating func learn(_ coordinate: Double) {
    count += 1
    let distance = coordinate - center
    center += distance / count
    squares += distance * (coordinate - center)
  }
}
