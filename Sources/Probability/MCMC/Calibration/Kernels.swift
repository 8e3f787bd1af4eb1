public import Randomness

/// Metropolis–Hastings on traces, one draw's moves at a time, with data that can change.
///
/// Step sizes are not adapted: random walks start with standard deviation 1 on their scale.
public struct TraceKernel<M: Model, Data>: MarkovKernel {
  private let model: (Data) -> M
  private let program: (M, inout TraceContext) -> M.Result
  private var walker: TraceWalker<M.Result>

  /// A chain for `model(data)` at its first trace, a run with positive density.
  ///
  /// - Parameter stepScale: The standard deviation of random walks.
  /// - Throws: As `MetropolisHastings.run`.
  @inlinable
  public init(
    _ settings: MetropolisHastings, stepScale: Double = 1, data: Data, key: RandomKey,
    model: @escaping (Data) -> M
  ) throws(ProgramError) {
    try self.init(settings, stepScale, data, key, model) { model, context in
      var program = model
      return program.run(&context)
    }
  }

  @usableFromInline
  init(
    _ settings: MetropolisHastings, _ stepScale: Double, _ data: Data, _ key: RandomKey,
    _ model: @escaping (Data) -> M, _ program: @escaping (M, inout TraceContext) -> M.Result
  ) throws(ProgramError) {
    require(
      stepScale > 0 && stepScale < .infinity, "stepScale: \(stepScale) must be positive")
    var frozen = settings
    frozen.warmup = 0
    self.model = model
    self.program = program
    let first = model(data)
    walker = try TraceWalker(frozen, stepScale: stepScale, key: key) { program(first, &$0) }
  }

  public var draw: M.Result { walker.result }

  /// - Throws: `ProgramError.noStart` if the current choices are impossible with `data`.
  public mutating func move(given data: Data) throws(ProgramError) {
    let current = model(data)
    let program = program
    try walker.replaceProgram { program(current, &$0) }
    try walker.move()
  }
}

/// Hamiltonian Monte Carlo, one transition at a time, with data that can change.
///
/// Neither the step size nor the masses, all 1, are adapted.
public struct HamiltonianKernel<M: DifferentiableModel, Data>: MarkovKernel {
  private let density: (Data) -> ProgramDensity
  private var chain: HamiltonianChain
  private var current: ProgramDensity

  /// A chain for `model(data)`.
  ///
  /// - Throws: As `HamiltonianMonteCarlo.run`.
  @inlinable
  public init(
    _ settings: HamiltonianMonteCarlo, stepSize: Double, data: Data, key: RandomKey,
    model: @escaping (Data) -> M
  ) throws(ProgramError) {
    try self.init(settings, stepSize, data, key) { ProgramDensity(model($0)) }
  }

  @usableFromInline
  init(
    _ settings: HamiltonianMonteCarlo, _ stepSize: Double, _ data: Data, _ key: RandomKey,
    _ density: @escaping (Data) -> ProgramDensity
  ) throws(ProgramError) {
    require(stepSize > 0 && stepSize < .infinity, "stepSize: \(stepSize) must be positive")
    self.density = density
    current = density(data)
    chain = try HamiltonianChain(settings, current, key: key)
    chain.stepSize = stepSize
  }

  public var draw: [Double] { current.describe(chain.current.position) }

  public mutating func move(given data: Data) throws(ProgramError) {
    current = density(data)
    try chain.replaceDensity(current)
    _ = try chain.move()
  }
}
