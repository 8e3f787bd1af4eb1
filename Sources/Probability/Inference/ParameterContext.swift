import Randomness

/// Which of the variables assumed in a program's start are its parameters.
@frozen
@usableFromInline
struct ParameterPlan: Sendable {
  /// Number `visit` of the assumptions at this site.
  @frozen
  @usableFromInline
  struct Address: Sendable, Equatable {
    @usableFromInline let site: Site
    @usableFromInline let visit: Int

    @inlinable
    init(site: Site, visit: Int) { (self.site, self.visit) = (site, visit) }
  }

  @usableFromInline var addresses: [Address] = []
  /// For each parameter that the caller named: whose component it is.
  @usableFromInline var components: [(address: Int, component: Int)] = []

  @usableFromInline
  init() {}

  /// Finds where the start of `model` assumes what `parameters` shows of it.
  ///
  /// - Throws: `InferenceError.noParameter` for one that the start does not assume.
  @usableFromInline
  init<M: SequentialModel>(
    _ model: M, _ parameters: (M) -> [Random<Double>]
  ) throws(InferenceError) {
    var model = model
    var context = ProbingContext()
    model.start(&context)
    for (number, parameter) in parameters(model).enumerated() {
      guard
        let found = context.assumed.firstIndex(where: {
          $0.component(of: parameter.bits) != nil
        })
      else { throw .noParameter(number: number) }
      let assumed = context.assumed[found]
      let address = addresses.firstIndex(of: assumed.address) ?? addresses.count
      if address == addresses.count { addresses.append(assumed.address) }
      components.append((address, assumed.component(of: parameter.bits)!))
    }
  }

  /// The parameters that the caller named.
  @usableFromInline
  func named(_ values: [[Double]]) -> [Double] {
    components.map { values[$0.address][$0.component] }
  }
}

/// What a start does with its parameters: leaves them random, or gives them values.
@frozen
@usableFromInline
struct ParameterContext: Sendable {
  @usableFromInline let plan: ParameterPlan
  /// For each address the numbers of its variable; nil if they stay random.
  @usableFromInline let values: [[Double]]?
  /// For each address the variable, once it was assumed.
  @usableFromInline var variables: [UInt64]
  /// Of the values given.
  @usableFromInline var logPrior = 0.0
  @usableFromInline var visited: [Site] = []

  @inlinable
  init(_ plan: ParameterPlan, values: [[Double]]? = nil) {
    self.plan = plan
    self.values = values
    variables = [UInt64](repeating: Handle.unassigned.bits, count: plan.addresses.count)
  }

  /// Which parameter is assumed at `site` now, and its value.
  @usableFromInline
  mutating func parameter(at site: Site) -> (index: Int?, value: [Double]?) {
    if plan.addresses.isEmpty { return (nil, nil) }
    let visit = visited.reduce(0) { $0 + ($1 == site ? 1 : 0) }
    visited.append(site)
    let address = ParameterPlan.Address(site: site, visit: visit)
    guard let index = plan.addresses.firstIndex(of: address) else { return (nil, nil) }
    return (index, values?[index])
  }

  @inlinable
  mutating func found(_ index: Int, _ bits: UInt64) {
    variables[index] = bits
  }

  /// Draws the parameters that are still random, jointly.
  @usableFromInline
  func drawn(_ graph: inout DelayedGraph, _ work: inout Workspace) -> [[Double]] {
    variables.map { bits in
      guard let handle = Handle(bits: bits) else { return [Double(bitPattern: bits)] }
      return graph.numbers(handle, &work)
    }
  }
}

extension ParameterPlan {
  /// The first parameter that needed a value where the program went: it is not marginal.
  @usableFromInline
  func firstForced(_ counters: ReportCounters) -> InferenceError? {
    for entry in MarginalizationReport(counters).entries
    where addresses.contains(where: { $0.site == entry.site }) {
      if let cause = entry.forced.first {
        return .parameterNotMarginal(site: entry.site, cause: cause.site)
      }
      if entry.sampled > 0 { return .parameterNotMarginal(site: entry.site, cause: entry.site) }
    }
    return nil
  }
}

/// Runs a start to see what it assumes.
private struct ProbingContext: ProbabilisticContext {
  struct Assumed {
    let address: ParameterPlan.Address
    let bits: UInt64

    /// Which component of this variable `bits` stands for.
    func component(of bits: UInt64) -> Int? {
      if bits == self.bits { return 0 }
      guard let part = Handle(bits: bits), let whole = Handle(bits: self.bits),
        part.count == 1, part.index >= whole.index, part.index < whole.index + whole.count
      else { return nil }
      return part.index - whole.index
    }
  }

  var base = DelayedContext(key: RandomKey(seed: 0))
  var assumed: [Assumed] = []

  mutating func assume<D: DelayedDistribution>(
    _ distribution: D, site: Site
  ) -> Random<D.Value> {
    let variable = base.assume(distribution, site: site)
    let visit = assumed.reduce(0) { $0 + ($1.address.site == site ? 1 : 0) }
    assumed.append(
      Assumed(address: ParameterPlan.Address(site: site, visit: visit), bits: variable.bits))
    return variable
  }

  mutating func draw<D: DelayedDistribution>(_ distribution: D, site: Site) -> D.Value {
    base.draw(distribution, site: site)
  }

  mutating func draw<D: Distribution>(plain distribution: D, site: Site) -> D.Value {
    base.draw(plain: distribution, site: site)
  }

  mutating func observe<D: DelayedDistribution>(
    _ value: D.Value, _ distribution: D, site: Site
  ) {
    base.observe(value, distribution, site: site)
  }

  mutating func factor(_ logWeight: Double, site: Site) {}

  mutating func value<Value: RandomValue>(_ variable: Random<Value>, site: Site) -> Value {
    base.value(variable, site: site)
  }

  mutating func value(_ expression: Affine, site: Site) -> Double {
    base.value(expression, site: site)
  }
}
