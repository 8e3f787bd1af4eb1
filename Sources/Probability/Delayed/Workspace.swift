import Glibc
public import Randomness

/// What a worker lends to the particle that it runs: random numbers, and the counts of the report.
@frozen
public struct Workspace: Sendable {
  /// The random numbers of the particle's step.
  public var stream: RandomStream
  @usableFromInline let ziggurat = Ziggurat.standard
  @usableFromInline var logarithms = RecentLogarithms()
  @usableFromInline var counters: ReportCounters
  /// The call that is being made.
  @usableFromInline var call: Call = .assume
  @usableFromInline var site = Site.unknown
  /// A distribution was none.
  @usableFromInline var isFlawed = false

  @usableFromInline
  init(stream: RandomStream) {
    self.stream = stream
    counters = ReportCounters()
  }

  /// A standard normal number.
  @inlinable
  @inline(__always)
  public mutating func normal() -> Double {
    ziggurat.normal(&stream)
  }

  /// −½ log(2πv) − r²/2v.
  @inlinable
  @inline(__always)
  mutating func logNormal(_ residual: Double, variance: Double) -> Double {
    -0.5 * (logarithms.ofTwoPi(times: variance) + residual * residual / variance)
  }

  /// Counts that a variable of `node` is being realized by the current call.
  mutating func noteForced(_ node: Node) {
    if node.site != .unknown { counters.forced(node.site, by: call, at: site) }
  }

  mutating func noteMissed(_ node: Node) {
    counters.missed(node.site)
  }

  /// A value of a distribution; if that is none, as `accepts`.
  @inlinable
  mutating func sample<D: Distribution>(_ law: D) -> D.Value {
    if !law.isSound { isFlawed = true }
    return law.sample(&stream)
  }

  /// Notes whether a variable is assumed of a distribution that is one. Where it is not, the
  /// particle's weight becomes NaN, and inference ends with an error that names the place.
  mutating func accepts(_ isSound: Bool) -> Bool {
    if !isSound { isFlawed = true }
    return isSound
  }
}

/// Logarithms computed a moment ago: particles mostly share their variances.
@frozen
@usableFromInline
struct RecentLogarithms: Sendable {
  @frozen
  @usableFromInline
  struct Entry: Sendable, BitwiseCopyable {
    @usableFromInline var number = Double.nan
    @usableFromInline var logarithm = Double.nan

    @usableFromInline
    init() {}
  }

  @usableFromInline var first = Entry()
  @usableFromInline var second = Entry()
  @usableFromInline var third = Entry()

  @usableFromInline
  init() {}

  /// log(2πv).
  @inlinable
  @inline(__always)
  mutating func ofTwoPi(times variance: Double) -> Double {
    if first.number == variance { return first.logarithm }
    if second.number == variance { return second.logarithm }
    if third.number == variance { return third.logarithm }
    return computed(variance)
  }

  @usableFromInline
  @inline(never)
  mutating func computed(_ variance: Double) -> Double {
    third = second
    second = first
    first.number = variance
    first.logarithm = Self.logarithm(ofTwoPiTimes: variance)
    return first.logarithm
  }

  static func logarithm(ofTwoPiTimes variance: Double) -> Double {
    log(2 * Double.pi * variance)
  }
}

/// A kind of call that a program makes.
@frozen
public enum Call: UInt8, Sendable, Comparable {
  case assume
  case draw
  case observe
  case value
  /// A call that would have let a table outgrow its cap.
  case cap

  public static func < (left: Call, right: Call) -> Bool { left.rawValue < right.rawValue }
}

/// The counts of one worker; those of several add up.
@usableFromInline
struct ReportCounters: Sendable {
  struct Place: Sendable {
    var site: Site
    var assumed = 0
    var sampled = 0
    var drawn = 0
    var missed = 0
    var forced: [Force] = []
  }

  struct Force: Sendable {
    var call: Call
    var site: Site
    var count: Int
  }

  private(set) var places: [Place] = []
  /// Where the next site is expected: programs mostly visit the same sites in the same order.
  private var cursor = 0

  @usableFromInline
  init() {}

  private mutating func index(of site: Site) -> Int {
    if cursor < places.count && places[cursor].site == site {
      let found = cursor
      cursor = found + 1 == places.count ? 0 : found + 1
      return found
    }
    let found: Int
    if let index = places.firstIndex(where: { $0.site == site }) {
      found = index
    } else {
      found = places.count
      places.append(Place(site: site))
    }
    cursor = found + 1 == places.count ? 0 : found + 1
    return found
  }

  @usableFromInline
  mutating func assumed(_ site: Site, sampled: Bool, count: Int = 1) {
    let index = index(of: site)
    places[index].assumed += count
    if sampled { places[index].sampled += count }
  }

  @usableFromInline
  mutating func drawn(_ site: Site, count: Int = 1) {
    places[index(of: site)].drawn += count
  }

  mutating func missed(_ site: Site, count: Int = 1) {
    let before = cursor
    places[index(of: site)].missed += count
    cursor = before
  }

  mutating func forced(_ site: Site, by call: Call, at cause: Site, count: Int = 1) {
    let before = cursor
    let index = index(of: site)
    cursor = before
    let known = places[index].forced.firstIndex { $0.call == call && $0.site == cause }
    if let known {
      places[index].forced[known].count += count
    } else {
      places[index].forced.append(Force(call: call, site: cause, count: count))
    }
  }

  mutating func add(_ other: ReportCounters) {
    for place in other.places {
      let index = index(of: place.site)
      places[index].assumed += place.assumed
      places[index].sampled += place.sampled
      places[index].drawn += place.drawn
      places[index].missed += place.missed
      for force in place.forced {
        forced(place.site, by: force.call, at: force.site, count: force.count)
      }
    }
  }
}
