public import Randomness

/// The context that records a run's choices, each drawn when it is assumed.
///
/// It can follow an earlier trace: choices with an address of that trace keep their values, but for
/// those that are proposed anew; new addresses are drawn. What the acceptance probability of
/// Metropolis–Hastings needs is summed up on the way.
@usableFromInline
struct TraceContext: WeighingContext {
  /// What becomes of a choice of the trace that is followed.
  @usableFromInline
  enum Action {
    case keep
    /// Drawn again from its distribution.
    case redraw
    /// Moved on the unbounded scale by the given distance.
    case walk(Double)
  }

  /// The record so far.
  @usableFromInline var trace = Trace()
  @usableFromInline var known: KnownVariables

  /// The trace to follow.
  @usableFromInline var previous = Trace()
  /// What becomes of its choices; one for each, or none to keep all.
  var actions: [Action] = []
  /// Or what becomes of one of them.
  var only: (index: Int, action: Action)?
  /// Log-densities of the choices that were kept or moved: now, with the derivatives of their
  /// scales, less before.
  @usableFromInline var retained = 0.0
  @usableFromInline var given: [(pattern: AddressPattern, value: TraceValue, isUsed: Bool)] = []
  @usableFromInline var failure: ProgramError?
  /// The density is zero already: whatever happens from here on is not a flaw of the program.
  @usableFromInline var isImpossible = false

  /// Where in `previous` the next choice is expected, as long as all choices came in its order.
  private var cursor = 0
  private var isInOrder = true
  private var visits: [Address: Int] = [:]
  private var positions: [Address: Int] = [:]

  /// Where a choice is, and what is to become of it.
  @usableFromInline
  struct Place {
    @usableFromInline let address: Address
    /// Its index in the trace that is followed; -1 if it is new.
    @usableFromInline let old: Int
    @usableFromInline let action: Action
  }

  @usableFromInline
  init(stream: RandomStream) {
    known = KnownVariables(stream: stream)
  }

  /// Forgets the record, to run again with what follows of the stream.
  mutating func restart() {
    trace.entries.removeAll(keepingCapacity: true)
    trace.logPrior = 0
    trace.logLikelihood = 0
    known.clear()
    retained = 0
    isImpossible = false
    failure = nil
    cursor = 0
    isInOrder = true
    if !visits.isEmpty { visits.removeAll(keepingCapacity: true) }
    if !positions.isEmpty { positions.removeAll(keepingCapacity: true) }
  }

  @usableFromInline
  mutating func place(_ site: Site) -> Place {
    if isInOrder {
      if cursor < previous.entries.count {
        let address = previous.entries[cursor].address
        if address.site.isSamePlace(as: site) {
          cursor += 1
          return Place(address: address, old: cursor - 1, action: action(cursor - 1))
        }
      }
      leaveOrder()
    }
    let first = Address(site: site, visit: 0)
    let visit = visits[first, default: 0]
    visits[first] = visit + 1
    let address = Address(site: site, visit: visit)
    guard let old = positions[address] else {
      return Place(address: address, old: -1, action: .redraw)
    }
    return Place(address: address, old: old, action: action(old))
  }

  private func action(_ index: Int) -> Action {
    if let only { return only.index == index ? only.action : .keep }
    return actions.isEmpty ? .keep : actions[index]
  }

  private mutating func leaveOrder() {
    isInOrder = false
    for entry in trace.entries {
      visits[Address(site: entry.address.site, visit: 0)] = entry.address.visit + 1
    }
    for (index, entry) in previous.entries.enumerated() where index >= cursor {
      positions[entry.address] = index
    }
  }

  @inlinable
  mutating func choose<D: Distribution>(_ law: D, _ site: Site) -> D.Value {
    let place = place(site)
    if place.old >= 0 {
      switch place.action {
      case .keep:
        if let value = previous.entries[place.old].value.get(D.Value.self) {
          let interval = interval(of: law, place)
          let logDensity = law.logDensity(value)
          if logDensity == -.infinity { return giveUp(law) }
          retained += logDensity - previous.entries[place.old].logDensity
          record(place, TraceValue(of: value), logDensity, law, interval)
          return value
        }
      case .walk(let distance):
        let interval = interval(of: law, place)
        if let moved = walk(place, distance, onto: interval) as? D.Value {
          let logDensity = law.logDensity(moved)
          if logDensity == -.infinity { return giveUp(law) }
          retained += logDensity - previous.entries[place.old].logDensity
          record(place, TraceValue(of: moved), logDensity, law, interval)
          return moved
        }
      case .redraw: break
      }
    }
    let value = given.isEmpty ? nil : given(place.address, D.Value.self)
    let drawn = value ?? law.sample(&known.work.stream)
    record(place, TraceValue(of: drawn), law.logDensity(drawn), law, interval(of: law, place))
    return drawn
  }

  /// An old value that the new law excludes makes the run impossible. The program, which goes on
  /// to its end, must not see it: it may not be prepared for it, as for an index out of range.
  @inlinable
  mutating func giveUp<D: Distribution>(_ law: D) -> D.Value {
    isImpossible = true
    return law.sample(&known.work.stream)
  }

  /// The support of a real distribution with a density.
  @inlinable
  func interval<D: Distribution>(of law: D, _ place: Place) -> RealInterval {
    guard D.Value.self == Double.self else { return .none }
    if place.old >= 0 {
      let entry = previous.entries[place.old]
      // Whether there is a density is known from the last time, and asking is slow.
      if entry.law == ObjectIdentifier(D.self) && entry.interval.isNone { return .none }
    }
    if let law = law as? Law<Double> { return law.interval }
    guard let law = law as? any ContinuousDistribution else { return .none }
    let support = law.support
    return RealInterval(lower: support.lowerBound, upper: support.upperBound)
  }

  /// A choice's value after a step on the unbounded scale; nil if it has no such scale.
  @usableFromInline
  mutating func walk(
    _ place: Place, _ distance: Double, onto interval: RealInterval
  ) -> Double? {
    let entry = previous.entries[place.old]
    guard case .number(let value) = entry.value, !entry.interval.isNone, !interval.isNone else {
      return nil
    }
    let coordinate = entry.interval.coordinate(value)
    // A value that rounding put on the end of its interval cannot be moved.
    guard coordinate.isFinite else { return value }
    let moved = interval.value(coordinate + distance)
    retained += interval.logDerivative(coordinate + distance)
    retained -= entry.interval.logDerivative(coordinate)
    return moved
  }

  @inlinable
  mutating func record<D: Distribution>(
    _ place: Place, _ value: TraceValue, _ logDensity: Double, _ law: D, _ interval: RealInterval
  ) {
    // Also true for NaN.
    if !(logDensity < .infinity) && !isImpossible {
      note(logDensity, law.flaw, place.address.description)
    }
    if logDensity == -.infinity { isImpossible = true }
    add(
      Trace.Entry(
        address: place.address, value: value, logDensity: logDensity,
        law: ObjectIdentifier(D.self), interval: interval))
  }

  @usableFromInline
  mutating func add(_ entry: Trace.Entry) {
    trace.entries.append(entry)
    trace.logPrior += entry.logDensity
  }

  /// Keeps the first flaw. An infinite density is none: what is drawn can have it, at a pole.
  @usableFromInline
  mutating func note(_ logDensity: Double, _ flaw: DistributionFlaw?, _ place: String) {
    guard failure == nil, logDensity.isNaN || flaw != nil else { return }
    if let flaw {
      failure = .flawed(flaw, place: place)
    } else {
      failure = .invalidDensity(logDensity, place: place)
    }
  }

  @usableFromInline
  mutating func given<Value>(_ address: Address, _ type: Value.Type) -> Value? {
    guard let index = given.firstIndex(where: { $0.pattern.matches(address) }) else { return nil }
    given[index].isUsed = true
    if let value = given[index].value.converted(to: type) { return value }
    if failure == nil { failure = .wrongType("\(address)", expected: "\(type)") }
    return nil
  }

  @usableFromInline
  mutating func add(logWeight: Double) {
    if logWeight == -.infinity { isImpossible = true }
    trace.logLikelihood += logWeight
  }

  /// Makes the record the trace that is followed from now on.
  mutating func accept() {
    swap(&previous, &trace)
  }

  /// Values for choices; patterns that mean one visit come before those that mean all.
  @usableFromInline
  mutating func give(_ values: [AddressPattern: TraceValue]) {
    given = values.map { (pattern: $0.key, value: $0.value, isUsed: false) }
    given.sort {
      ($0.pattern.visit == nil ? 1 : 0, $0.pattern.description)
        < ($1.pattern.visit == nil ? 1 : 0, $1.pattern.description)
    }
  }

  /// The record, or what was wrong with the run.
  @usableFromInline
  func finished() throws(ProgramError) -> Trace {
    if let failure { throw failure }
    for value in given where !value.isUsed {
      throw .unknownAddress("\(value.pattern)", known: trace.addresses)
    }
    return trace
  }
}
