/// What can stand for a probability.
public protocol ProbabilityConvertible: Sendable {
  var probabilityParameter: ProbabilityParameter { get }
}

/// A probability: a number, a random variable, or one of several of either by a random index.
public enum ProbabilityParameter: Sendable {
  case number(Double)
  case random(Random<Double>)
  case lookup(Lookup<Double>)
  case randomLookup(Lookup<Random<Double>>)
}

extension ProbabilityParameter {
  /// Whether an index chooses it.
  var isLookup: Bool {
    switch self {
    case .number, .random: false
    case .lookup, .randomLookup: true
    }
  }

  /// A distribution for each element that an index chooses among.
  func cases<Known: DelayedDistribution, Open: DelayedDistribution>(
    _ site: Site, known: @escaping @Sendable (Double) -> Known,
    random: @escaping @Sendable (Random<Double>) -> Open
  ) -> any DelayedDistribution<Known.Value> where Known.Value == Open.Value {
    switch self {
    case .number(let number): known(number)
    case .random(let variable): random(variable)
    case .lookup(let lookup): Switch(lookup, site, known)
    case .randomLookup(let lookup): Switch(lookup, site, random)
    }
  }
}

extension Double: ProbabilityConvertible {
  public var probabilityParameter: ProbabilityParameter { .number(self) }
}

extension Random: ProbabilityConvertible where Value == Double {
  public var probabilityParameter: ProbabilityParameter { .random(self) }
}

/// An element of an array of probabilities: a number or a random variable.
public protocol ProbabilityElement: Sendable {
  static func parameter(_ lookup: Lookup<Self>) -> ProbabilityParameter
}

extension Double: ProbabilityElement {
  public static func parameter(_ lookup: Lookup<Double>) -> ProbabilityParameter {
    .lookup(lookup)
  }
}

extension Random: ProbabilityElement where Value == Double {
  public static func parameter(_ lookup: Lookup<Random<Double>>) -> ProbabilityParameter {
    .randomLookup(lookup)
  }
}

extension Lookup: ProbabilityConvertible where Element: ProbabilityElement {
  public var probabilityParameter: ProbabilityParameter { Element.parameter(self) }
}

/// What can stand for a number of trials.
public protocol CountConvertible: Sendable {
  var randomCount: Random<Int> { get }
}

extension Int: CountConvertible {
  public var randomCount: Random<Int> { Random(self) }
}

extension Random: CountConvertible where Value == Int {
  public var randomCount: Random<Int> { self }
}

/// What can stand for the probabilities of several options.
public protocol ProbabilitiesConvertible: Sendable {
  var probabilitiesParameter: ProbabilitiesParameter { get }
}

/// Probabilities: numbers, a random vector, or one of several rows of either by a random index.
public enum ProbabilitiesParameter: Sendable {
  case numbers([Double])
  case random(Random<[Double]>)
  case lookup(Lookup<[Double]>)
  case randomLookup(Lookup<Random<[Double]>>)
}

extension Array: ProbabilitiesConvertible where Element == Double {
  public var probabilitiesParameter: ProbabilitiesParameter { .numbers(self) }
}

extension Random: ProbabilitiesConvertible where Value == [Double] {
  public var probabilitiesParameter: ProbabilitiesParameter { .random(self) }
}

/// A row of a table: known numbers or a random vector.
public protocol ProbabilityRow: Sendable {
  static func parameter(_ lookup: Lookup<Self>) -> ProbabilitiesParameter
}

extension Array: ProbabilityRow where Element == Double {
  public static func parameter(_ lookup: Lookup<[Double]>) -> ProbabilitiesParameter {
    .lookup(lookup)
  }
}

extension Random: ProbabilityRow where Value == [Double] {
  public static func parameter(_ lookup: Lookup<Random<[Double]>>) -> ProbabilitiesParameter {
    .randomLookup(lookup)
  }
}

extension Lookup: ProbabilitiesConvertible where Element: ProbabilityRow {
  public var probabilitiesParameter: ProbabilitiesParameter { Element.parameter(self) }
}

extension DelayedGraph {
  /// A parent that can stay random for `relation`, or its value.
  enum Prior {
    case conjugate(Int)
    case value(Double)
  }

  mutating func prior(
    _ variable: UInt64, _ relation: Relation, _ kinds: Node.Kind..., work: inout Workspace
  ) -> Prior {
    guard let handle = Handle(bits: variable) else {
      fatalError("known values are taken from their handle")
    }
    let member = index(handle)
    let index = head(member)
    if nodes[index].kind == .known {
      let node = nodes[index]
      let isChild = node.origin == .child && node.relation != .poisson && node.relation != .thinned
      if kinds.contains(node.origin) && !isChild { work.noteMissed(node) }
      return .value(node.a)
    }
    _ = root(index, for: relation, &work)
    if kinds.contains(nodes[index].kind) { return .conjugate(index) }
    realize(index, &work)
    // Of a component its own value, and not that of its vector's first.
    return .value(nodes[member].a)
  }

  /// A beta variable that can stay random, or a number.
  mutating func beta(
    _ variable: Random<Double>, _ relation: Relation, _ work: inout Workspace
  ) -> Prior {
    if let known = variable.known { return .value(known) }
    return prior(variable.bits, relation, .beta, work: &work)
  }

  mutating func number(
    _ parameter: ProbabilityParameter, _ work: inout Workspace
  ) -> Double {
    switch parameter {
    case .number(let number): number
    case .random(let variable): value(variable, &work)
    case .lookup(let lookup): lookup.element(chosen(lookup.index, &work), work.site)
    case .randomLookup(let lookup):
      value(lookup.element(chosen(lookup.index, &work), work.site), &work)
    }
  }

  mutating func numbers(
    _ parameter: ProbabilitiesParameter, _ work: inout Workspace
  ) -> [Double] {
    switch parameter {
    case .numbers(let numbers): numbers
    case .random(let variable): value(variable, &work)
    case .lookup(let lookup): lookup.element(chosen(lookup.index, &work), work.site)
    case .randomLookup(let lookup):
      value(lookup.element(chosen(lookup.index, &work), work.site), &work)
    }
  }
}
