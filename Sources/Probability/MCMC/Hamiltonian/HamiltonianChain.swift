import Glibc
import Randomness

/// A point of a trajectory.
struct PhasePoint {
  var position: [Double]
  var momentum: [Double]
  var gradient: [Double]
  var logDensity: Double
}

/// One chain of Hamiltonian Monte Carlo.
struct HamiltonianChain {
  let settings: HamiltonianMonteCarlo
  private var density: ProgramDensity
  private let tape = Tape()
  var stream: RandomStream
  var current: PhasePoint
  /// Estimates of the variances of the coordinates.
  private(set) var inverseMasses: [Double]
  var stepSize = 1.0
  private var stepAdaptation: DualAveraging
  private(set) var evaluations = 0

  /// What a transition did.
  struct Outcome {
    /// The mean probability of acceptance along the trajectory.
    var acceptance: Double
    var isDivergent: Bool
    var isTruncated = false
  }

  private static var attempts: Int { 100 }

  /// A chain at its start: coordinates uniform between -2 and 2 where the density is positive.
  init(
    _ settings: HamiltonianMonteCarlo, _ density: ProgramDensity, key: RandomKey
  ) throws(ProgramError) {
    self.settings = settings
    self.density = density
    stream = key.child("trajectories").stream()
    stepAdaptation = DualAveraging(from: 1, target: settings.targetAcceptance)
    let dimension = density.count([])
    inverseMasses = [Double](repeating: 1, count: dimension)
    current = PhasePoint(
      position: inverseMasses, momentum: inverseMasses, gradient: inverseMasses,
      logDensity: -.infinity)
    var start = key.child("start").stream()
    var point = current
    for _ in 0..<Self.attempts {
      for index in 0..<dimension { point.position[index] = 4 * start.uniform() - 2 }
      try evaluate(&point)
      current = point
      if point.logDensity.isFinite && point.gradient.allSatisfy(\.isFinite) { return }
    }
    throw density.flaw(key.child("flaw")) ?? .noStart(attempts: Self.attempts)
  }

  mutating func run() throws(ProgramError) -> ChainRun<[Double]> {
    try warmUp()
    var (values, logDensities): ([[Double]], [Double]) = ([], [])
    var (acceptance, divergences, truncations) = (0.0, 0, 0)
    for _ in 0..<settings.draws {
      for _ in 0..<settings.thinning {
        let outcome = try move()
        acceptance += outcome.acceptance
        if outcome.isDivergent { divergences += 1 }
        if outcome.isTruncated { truncations += 1 }
      }
      values.append(density.describe(current.position))
      logDensities.append(current.logDensity)
    }
    let rate = acceptance / Double(settings.draws * settings.thinning)
    var chain = Chain(
      logDensities: logDensities, acceptanceRate: rate, moves: [rate], evaluations: evaluations)
    chain.divergences = divergences
    chain.truncations = truncations
    chain.stepSize = stepSize
    return ChainRun(values: values, chain: chain)
  }

  /// Density and gradient at a point's position.
  private mutating func evaluate(_ point: inout PhasePoint) throws(ProgramError) {
    evaluations += 1
    guard let value = density.evaluate(point.position, tape, &point.gradient) else {
      throw .variableDimension(
        expected: point.position.count, found: density.count(point.position))
    }
    point.logDensity = value
  }

  /// The log-density of a point with its momentum.
  func logJoint(_ point: PhasePoint) -> Double {
    var energy = 0.0
    for index in point.momentum.indices {
      energy += inverseMasses[index] * point.momentum[index] * point.momentum[index]
    }
    return point.logDensity - 0.5 * energy
  }

  /// A step of the leapfrog integrator, forward for positive sizes.
  mutating func step(_ point: inout PhasePoint, by size: Double) throws(ProgramError) {
    for index in point.position.indices {
      point.momentum[index] += 0.5 * size * point.gradient[index]
      point.position[index] += size * inverseMasses[index] * point.momentum[index]
    }
    try evaluate(&point)
    for index in point.position.indices {
      point.momentum[index] += 0.5 * size * point.gradient[index]
    }
  }

  mutating func drawMomentum() {
    for index in current.momentum.indices {
      current.momentum[index] = stream.normal() / inverseMasses[index].squareRoot()
    }
  }

  /// Goes on with another density, of as many coordinates.
  mutating func replaceDensity(_ density: ProgramDensity) throws(ProgramError) {
    self.density = density
    var point = current
    try evaluate(&point)
    current = point
  }

  mutating func move() throws(ProgramError) -> Outcome {
    drawMomentum()
    switch settings.trajectory {
    case .noUTurn(let depth): return try moveWithoutUTurn(maximumDepth: depth)
    case .fixed(let length): return try moveBy(length)
    }
  }

  private mutating func moveBy(_ length: Double) throws(ProgramError) -> Outcome {
    let varied = length * (0.8 + 0.4 * stream.uniform())
    let steps = max(1, Int(min(varied / stepSize, 1024).rounded()))
    let before = logJoint(current)
    var point = current
    for _ in 0..<steps {
      try step(&point, by: stepSize)
      if !point.logDensity.isFinite { break }
    }
    let change = logJoint(point) - before
    let acceptance = LogWeight.acceptance(change)
    if stream.uniform() < acceptance { current = point }
    return Outcome(acceptance: acceptance, isDivergent: !(change > -Self.largestError))
  }

  /// An error of the energy above which a trajectory counts as divergent.
  static var largestError: Double { 1000 }
}

extension HamiltonianChain {
  private mutating func warmUp() throws(ProgramError) {
    guard settings.warmup > 0 else {
      try findStepSize()
      return
    }
    let windows = AdaptationWindows(settings.warmup)
    var variances = RunningVariances(dimension: current.position.count)
    var window = 0
    try restartStepAdaptation()
    for iteration in 0..<settings.warmup {
      let outcome = try move()
      stepAdaptation.adapt(outcome.acceptance)
      stepSize = stepAdaptation.trial
      guard iteration >= windows.start, window < windows.ends.count else { continue }
      variances.add(current.position)
      if iteration + 1 == windows.ends[window] {
        inverseMasses = variances.regularized
        variances = RunningVariances(dimension: current.position.count)
        window += 1
        try restartStepAdaptation()
      }
    }
    stepSize = stepAdaptation.result
  }

  private mutating func restartStepAdaptation() throws(ProgramError) {
    try findStepSize()
    stepAdaptation = DualAveraging(from: stepSize, target: settings.targetAcceptance)
  }

  /// Doubles or halves the step size until the acceptance of one step crosses 0.8.
  private mutating func findStepSize() throws(ProgramError) {
    var direction = 0
    while stepSize > 1e-300 && stepSize < 1e300 {
      drawMomentum()
      let before = logJoint(current)
      var point = current
      try step(&point, by: stepSize)
      let change = logJoint(point) - before
      let wanted = change > log(0.8) ? 1 : -1
      if direction == 0 { direction = wanted }
      if wanted != direction { return }
      stepSize *= direction > 0 ? 2 : 0.5
    }
    stepSize = 1
  }
}

/// The step size for a wanted rate of acceptance.
///
/// Source: Hoffman, Gelman (JMLR 2014), section 3.2, with its constants.
struct DualAveraging {
  private let center: Double
  private let target: Double
  private var count = 0.0
  private var error = 0.0
  private var logTrial: Double
  private var logResult = 0.0

  init(from stepSize: Double, target: Double) {
    center = log(10 * stepSize)
    logTrial = log(stepSize)
    self.target = target
  }

  /// The step size to try next.
  var trial: Double { exp(logTrial) }

  /// The step size to keep.
  var result: Double { count == 0 ? trial : exp(logResult) }

  mutating func adapt(_ acceptance: Double) {
    count += 1
    let weight = 1 / (count + 10)
    error = (1 - weight) * error + weight * (target - acceptance)
    logTrial = center - error * count.squareRoot() / 0.05
    let share = pow(count, -0.75)
    logResult = share * logTrial + (1 - share) * logResult
  }
}

/// When the masses are renewed during warm-up.
struct AdaptationWindows: Equatable {
  /// The first iteration that counts.
  let start: Int
  /// For each window, the iteration after its last.
  let ends: [Int]

  /// A start of 75 iterations for the step size alone, windows that double from 25 on, and 50 more
  /// for the step size; in short warm-ups 15 %, one window, and 10 %.
  init(_ warmup: Int) {
    if warmup < 20 {
      (start, ends) = (warmup, [])
      return
    }
    var size = 25
    var last = warmup - 50
    if warmup < 150 {
      start = warmup * 15 / 100
      last = warmup - warmup / 10
      size = last - start
    } else {
      start = 75
    }
    var ends: [Int] = []
    var end = start
    while end < last {
      end += size
      size *= 2
      // A window that the next one would not fit behind reaches to the end.
      if end + size > last { end = last }
      ends.append(end)
    }
    self.ends = ends
  }
}

/// Variances of coordinates.
///
/// Source: Welford, "Note on a method for calculating corrected sums of squares" (1962).
struct RunningVariances {
  private var count = 0.0
  private var means: [Double]
  private var squares: [Double]

  init(dimension: Int) {
    means = [Double](repeating: 0, count: dimension)
    squares = means
  }

  mutating func add(_ position: [Double]) {
    count += 1
    for index in position.indices {
      let distance = position[index] - means[index]
      means[index] += distance / count
      squares[index] += distance * (position[index] - means[index])
    }
  }

  /// The variances, drawn toward a small one as if five draws had it.
  var regularized: [Double] {
    squares.map { ($0 / (count - 1)) * count / (count + 5) + 1e-3 * 5 / (count + 5) }
  }
}
