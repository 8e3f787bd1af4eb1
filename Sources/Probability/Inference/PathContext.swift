/// The context in which a path is recorded or replayed, value by value.
///
/// All variables but the parameters are drawn when they are assumed, so that a path has the same
/// variables whatever is marginalized. Parameters either stay in the graph or are given, and what
/// follows from others is no value of the path. A path that is `isDelayed` has no values: there,
/// all is left to the graph.
@frozen
@usableFromInline
struct PathContext: ProbabilisticContext {
  @usableFromInline var base: DelayedContext
  @usableFromInline var values: [Double]
  @usableFromInline var cursor = 0
  @usableFromInline let isReplaying: Bool
  @usableFromInline let isDelayed: Bool
  /// Of the values replayed, random parameters integrated out; -infinity also if the program asks
  /// for other values than there are.
  @usableFromInline var logDensity = 0.0
  /// Not nil while the program's start runs, where its parameters are assumed.
  @usableFromInline var start: ParameterContext?

  @inlinable
  init(
    base: DelayedContext, replaying values: [Double]? = nil, isDelayed: Bool = false,
    start: ParameterContext? = nil
  ) {
    self.base = base
    self.isDelayed = isDelayed
    self.values = values ?? []
    isReplaying = values != nil
    self.start = start
  }

  @inlinable
  mutating func assume<D: DelayedDistribution>(
    _ distribution: D, site: Site
  ) -> Random<D.Value> {
    if start != nil {
      let (index, value) = start!.parameter(at: site)
      if let index {
        if let value {
          start!.logPrior += distribution.observe(
            Self.decoded(value), &base.graph, &base.work)
          return base.graph.known(Self.decoded(value))
        }
        let variable = base.assume(distribution, site: site)
        start!.found(index, variable.bits)
        return variable
      }
    }
    if isDelayed || D.Plain.isDeterministic { return base.assume(distribution, site: site) }
    return base.graph.known(draw(distribution, site: site))
  }

  @inlinable
  mutating func draw<D: DelayedDistribution>(_ distribution: D, site: Site) -> D.Value {
    if D.Plain.isDeterministic { return base.draw(distribution, site: site) }
    if isReplaying, let value: D.Value = next() {
      base.enter(.draw, site)
      logDensity += distribution.observe(value, &base.graph, &base.work)
      return value
    }
    let value = base.draw(distribution, site: site)
    if !isReplaying && !isDelayed { Self.encode(value, into: &values) }
    return value
  }

  @inlinable
  mutating func draw<D: Distribution>(plain distribution: D, site: Site) -> D.Value {
    if D.isDeterministic { return base.draw(plain: distribution, site: site) }
    if isReplaying, let kind = D.Value.self as? any RandomValue.Type,
      let value = next(kind) as? D.Value
    {
      logDensity += distribution.logDensity(value)
      return value
    }
    let value = base.draw(plain: distribution, site: site)
    if !isReplaying && !isDelayed {
      guard let known = value as? any RandomValue else {
        fatalError("\(site): a path keeps numbers and vectors, not \(D.Value.self)")
      }
      Self.encode(known, into: &values)
    }
    return value
  }

  @inlinable
  mutating func observe<D: DelayedDistribution>(
    _ value: D.Value, _ distribution: D, site: Site
  ) {
    base.observe(value, distribution, site: site)
  }

  @inlinable
  mutating func factor(_ logWeight: Double, site: Site) {
    base.factor(logWeight, site: site)
  }

  @inlinable
  mutating func value<Value: RandomValue>(_ variable: Random<Value>, site: Site) -> Value {
    base.value(variable, site: site)
  }

  @inlinable
  mutating func value(_ expression: Affine, site: Site) -> Double {
    base.value(expression, site: site)
  }

  /// Runs `body` in a path context around `context`; returns that without it.
  @inlinable
  static func run(
    around context: inout DelayedContext, replaying values: [Double]? = nil,
    isDelayed: Bool = false, start: ParameterContext? = nil, _ body: (inout PathContext) -> Void
  ) -> PathContext {
    let empty = DelayedContext(
      graph: DelayedGraph(), work: Workspace(stream: context.work.stream), delays: context.delays)
    var path = PathContext(base: empty, replaying: values, isDelayed: isDelayed, start: start)
    swap(&path.base, &context)
    body(&path)
    swap(&path.base, &context)
    return path
  }

  /// The log-density of the values replayed and of what was observed, when the program is through;
  /// -infinity if any of it was impossible.
  @inlinable
  var finalLogDensity: Double {
    let total = logDensity + base.logWeight
    return total > -.infinity && cursor == values.count ? total : -.infinity
  }
}

extension PathContext {
  @inlinable
  static func encode<Value: RandomValue>(_ value: Value, into values: inout [Double]) {
    if Value.bits(of: value) != nil {
      values.append(Value.number(of: value))
    } else {
      let numbers = Value.numbers(of: value)
      values.append(Double(numbers.count))
      values += numbers
    }
  }

  /// A value from the numbers of a parameter, which are those of its nodes.
  @inlinable
  static func decoded<Value: RandomValue>(_ numbers: [Double]) -> Value {
    Value.value(ofNumber: numbers[0]) ?? Value.value(ofNumbers: numbers)
  }

  /// The next value to replay; nil, and a log-density of -infinity, if there is none of this kind.
  @inlinable
  mutating func next<Value: RandomValue>(_ kind: Value.Type = Value.self) -> Value? {
    if cursor < values.count {
      let number = values[cursor]
      if let value = Value.value(ofNumber: number) {
        cursor += 1
        return value
      }
      let count = Int(number)
      if cursor + count < values.count {
        let start = cursor + 1
        cursor = start + count
        return Value.value(ofNumbers: Array(values[start..<cursor]))
      }
    }
    logDensity = -.infinity
    return nil
  }
}
